import assert from "node:assert/strict";
import { describe, test } from "node:test";
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

test("the package's modules load on a server, both of them", async () => {
  const names = (it) => Object.keys(it).filter((name) => !["default", "__esModule", "module.exports"].includes(name)).sort();
  const expected = "SecureFlowsProvider SignedIn SignedOut createHooks useClient useIdentity useSession useValue";
  const module = await packed.load("react");
  const required = packed.need("react");
  assert.equal(names(module).join(" "), expected);
  assert.equal(names(required).join(" "), expected);
});

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
