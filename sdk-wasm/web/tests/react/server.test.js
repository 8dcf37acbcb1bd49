import assert from "node:assert/strict";
import { cpSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openPage } from "./kit/dom.js";
import { fakeClient } from "./kit/fake.js";
import { load, versions } from "./kit/load.js";
import * as packed from "../kit/package.js";

/** A client that nobody may ask for anything: a server may not be able to make more of it. */
const untouchable = new Proxy({}, { get: (_, name) => assert.fail(`a server asked for client.${String(name)}`) });

function app({ createElement, SecureFlowsProvider, SignedIn, SignedOut, StrictMode, useIdentity, useValue }, client) {
  const Theme = () => {
    const [theme, , { pending }] = useValue("theme");
    const [who] = useIdentity();
    return createElement("p", null, pending ? "…" : `${theme} of ${who?.email}`);
  };
  const parts = [Theme, SignedIn, SignedOut].map((part) => createElement(part, { key: part.name }, "shown"));
  return createElement(StrictMode, null, createElement(SecureFlowsProvider, { client }, parts));
}

const rendered = new Map();

for (const version of versions) {
  test(`a server renders without asking, React ${version}`, async () => {
    const kit = await load("server", version);
    const errors = [];
    console.error = ((old) => (...told) => errors.push(told) && old(...told))(console.error);
    rendered.set(version, kit.renderToString(app(kit, untouchable)));
    assert.equal(rendered.get(version), "<p>…</p>", "whether somebody is signed in is not known there");
    assert.deepEqual(errors, [], "and React has nothing to warn of");
  });
}

test("both of the package's modules load in Node, beside an app's React", async () => {
  const names = (it) => Object.keys(it).filter((name) => !["default", "__esModule", "module.exports"].includes(name)).sort();
  const expected = "SecureFlowsProvider SignedIn SignedOut createHooks useClient useIdentity useSession useValue";
  const app = appBesideReact();
  try {
    assert.equal(names(await import(pathToFileURL(join(app, "app.mjs")).href)).join(" "), expected);
    assert.equal(names(createRequire(join(app, "app.mjs"))("@secureflows/web/react")).join(" "), expected);
  } finally {
    rmSync(app, { recursive: true });
  }
});

/** A folder with the package and React installed beside each other, as an app has them. */
function appBesideReact() {
  const web = join(import.meta.dirname, "../..");
  const app = join(web, `../../target/web/react/app-${process.pid}`);
  const installed = join(app, "node_modules/@secureflows/web");
  for (const file of ["package.json", "dist/esm/react.js", "dist/cjs/react.js", "dist/cjs/package.json"]) {
    cpSync(join(packed.home, file), join(installed, file));
  }
  symlinkSync(join(web, "node_modules/react"), join(app, "node_modules/react"));
  writeFileSync(join(app, "app.mjs"), 'export * from "@secureflows/web/react";');
  return app;
}

describe("a page that takes over what a server rendered", () => {
  for (const version of versions) {
    test(`matches it, then shows who is there, React ${version}`, async () => {
      openPage();
      const kit = await load("page", version);
      const client = fakeClient({ data: { theme: "dark" } });
      const place = document.body.appendChild(document.createElement("div"));
      place.innerHTML = rendered.get(version);
      const errors = [];
      const told = console.error;
      console.error = (...error) => errors.push(error.join(" "));
      let root;
      await kit.act(async () => {
        root = kit.hydrateRoot(place, app(kit, client), { onRecoverableError: (error) => errors.push(error.message) });
      });
      await kit.act(() => new Promise((resolve) => setTimeout(resolve)));
      console.error = told;
      assert.deepEqual(errors, []);
      assert.equal(place.textContent, "dark of ada@example.comshown");
      await kit.act(async () => root.unmount());
    });
  }
});
