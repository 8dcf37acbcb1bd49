// Where the program comes from, and that it never outlives whoever started it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { load, need, workshop } from "../kit/package.js";
import { program } from "./program.js";

describe("starting and attaching", () => {
  let testing;
  let folder;
  const variables = ["SECUREFLOWS_MOCK_BIN", "SECUREFLOWS_CONTROL_URL", "SECUREFLOWS_WORKSPACE", "SECUREFLOWS_APP_ID"];
  const environment = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

  before(async () => {
    testing = await load("testing");
    folder = await mkdtemp(join(tmpdir(), "mock-"));
  });
  after(() => rm(folder, { recursive: true }));
  const setEnvironment = (values) => {
    for (const name of variables) {
      if (values[name] === undefined) delete process.env[name];
      else process.env[name] = values[name];
    }
  };
  const within = async (values, task) => {
    setEnvironment(values);
    try {
      return await task();
    } finally {
      setEnvironment(environment);
    }
  };

  it("takes the program that is given, or that the environment names", async () => {
    for (const [variable, options] of [[undefined, { bin: program }], [program, {}]]) {
      const world = await within({ SECUREFLOWS_MOCK_BIN: variable }, () => testing.startMock(options));
      assert.match(world.origin, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal(world.clientOptions().appId, "acme-notes");
      await world.close();
      await assert.rejects(fetch(world.origin));
    }
  });

  it("says how to get it where there is none", async () => {
    const none = await within({}, () => testing.startMock().catch((error) => error));
    assert.ok(testing.isMockError(none));
    assert.match(none.message, /cargo install secureflows-mock/);
    assert.match(none.message, /SECUREFLOWS_MOCK_BIN/);
    await assert.rejects(testing.startMock({ bin: "/nowhere/mock" }), /`bin` names \/nowhere\/mock.*cargo install/);
    const wrong = within({ SECUREFLOWS_MOCK_BIN: "/nowhere/mock" }, () => testing.startMock());
    await assert.rejects(wrong, /SECUREFLOWS_MOCK_BIN names/);
  });

  it("says why a program did not start", async () => {
    const seed = join(folder, "bad.toml");
    await writeFile(seed, "[[workspace]]\nnam = 1\n");
    await assert.rejects(testing.startMock({ bin: program, seed }), /ended before it was ready: .*bad\.toml/s);
    const other = join(folder, "other");
    await writeFile(other, "#!/bin/sh\necho hello\nsleep 60\n");
    await chmod(other, 0o755);
    await assert.rejects(testing.startMock({ bin: other }), /is no mock platform.*hello/);
  });

  it("begins with a seed file, in a profile", async () => {
    const seed = join(folder, "seed.toml");
    const toml = ['[[workspace]]', 'name = "w"', '[[workspace.application]]', 'app_id = "seeded"', '[[workspace.user]]', 'email = "u@example.com"'];
    await writeFile(seed, toml.join("\n"));
    const world = await testing.startMock({ bin: program, seed, profile: "legacy" });
    assert.deepEqual([world.clientOptions().workspace, world.clientOptions().appId], ["w", "seeded"]);
    const { sessionToken } = await world.signIn("u@example.com");
    await world.clock.advance({ days: 8 });
    const headers = { authorization: `Bearer ${sessionToken}` };
    assert.equal((await fetch(`${world.origin}/api/v1/sessions`, { headers })).status, 403);
    await world.close();
  });

  it("attaches to one that is running, and lets it go on", async () => {
    const world = await testing.startMock({ bin: program });
    for (const options of [{ url: world.origin }, { url: `${world.origin}/` }, { controlUrl: world.controlUrl }]) {
      const attached = await testing.attachMock(options);
      assert.deepEqual([attached.id, attached.origin], [world.id, world.origin]);
      assert.throws(() => attached.clientOptions(), /`workspace` and `appId`/);
      await assert.rejects(attached.signIn("ada@example.com"), /`application` is missing/);
      await attached.signIn("ada@example.com", { application: "acme-notes" });
      await attached.close();
    }
    const exec = { SECUREFLOWS_CONTROL_URL: world.controlUrl, SECUREFLOWS_WORKSPACE: "acme", SECUREFLOWS_APP_ID: "acme-notes" };
    const beside = await within(exec, () => testing.attachMock());
    assert.equal(beside.clientOptions().workspace, "acme");
    await beside.clock.now();
    await world.close();
    await assert.rejects(testing.attachMock({ url: world.origin }), /no mock platform answers/);
    await assert.rejects(within({}, () => testing.attachMock()), /`url` is missing/);
  });

  it("loads as CommonJS, and starts there", async () => {
    const world = await need("testing").startMock({ bin: program });
    await world.close();
  });
});

describe("whoever starts the mock", () => {
  let bench;
  before(async () => (bench = await workshop()));
  after(() => bench.remove());

  for (const [end, last] of [
    ["comes to its end", ""],
    ["throws", "throw new Error('an accident');"],
    ["is killed", "process.kill(process.pid, 'SIGKILL');"],
    ["is told to end", "process.kill(process.pid, 'SIGTERM');"],
  ]) {
    it(`takes it along when it ${end}`, { timeout: 30_000 }, async () => {
      const script = join(bench.folder, "end.mjs");
      const code = `import { startMock } from "@secureflows/web/testing";
        const world = await startMock();
        await world.clock.now();
        console.log(world.origin);
        ${last}`;
      await writeFile(script, code);
      const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
      const child = spawn(process.execPath, [script], { env: { ...rest, SECUREFLOWS_MOCK_BIN: program }, stdio: ["ignore", "pipe", "ignore"] });
      let origin = "";
      child.stdout.on("data", (text) => (origin += text));
      await once(child, "close");
      assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+\n$/, "it did start");
      await until(() => fetch(origin.trim()).then(() => false, () => true));
    });
  }
});

async function until(done) {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}
