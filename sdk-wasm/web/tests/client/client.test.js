// What the client does beside the scenarios: giving up, conflicts, backends, snapshots, closing.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { startHelper } from "../kit/helper.js";
import { load } from "../kit/package.js";
import { startScript } from "../kit/script.js";
import { helperBy } from "../scenarios/remote.js";
import { answering, failure, scripted, setStage, until, withAda } from "../scenarios/stage.js";

const who = { path: "/api/v1/sessions/identity", status: 200, body: '{"userId":1,"email":null}' };

describe("the client", { concurrency: 4 }, () => {
  const environment = { redirectUri: "http://127.0.0.1:7999/callback" };
  let helper;
  let guards;

  before(async () => {
    helper = await startHelper();
    environment.helper = helperBy(async (name, ...given) => helper[name](...given));
    guards = await load();
    environment.createClient = guards.createClient;
  });
  after(() => helper.close());

  it("rejects a given-up read with the reason, and sends nothing for a signal that was given up before", async () => {
    const { client, wire } = await withAda(environment);
    const release = wire.holdNext();
    const controller = new AbortController();
    const read = client.get("k", { signal: controller.signal });
    await until(() => wire.held === 1);
    const reason = new Error("the user turned away");
    controller.abort(reason);
    assert.equal(await failure(read), reason);
    release();
    const { sent } = wire;
    assert.equal(await failure(client.set("k", 1, { signal: controller.signal })), reason);
    assert.equal(wire.sent, sent);
    assert.equal(await client.get("k"), undefined, "others go on");
  });

  it("says of a given-up write that nobody knows, and why it was given up", async () => {
    const events = [];
    const { client, wire } = await withAda(environment, { client: { onEvent: (event) => events.push(event) } });
    const release = wire.holdNext();
    const controller = new AbortController();
    const write = client.set("k", 1, { signal: controller.signal });
    await until(() => wire.held === 1);
    controller.abort();
    const error = await failure(write);
    assert.deepEqual([error.code, error.outcome, error.data], ["outcome_unknown", "unknown", "intact"]);
    assert.equal(error.cause, controller.signal.reason);
    release();
    await until(() => events.some(({ type, key }) => type === "outcomeUnknown" && key === "k"));
  });

  it("ends a call when its own time is up", async () => {
    const { client, wire } = await withAda(environment);
    wire.holdNext();
    const error = await failure(client.get("k", { timeout: 50 }));
    assert.deepEqual([error.code, error.reason, error.retryable], ["unavailable", "timed_out", true]);
    wire.holdNext();
    assert.equal((await failure(client.set("k", 1, { timeout: 50 }))).code, "outcome_unknown");
  });

  it("updates what is there, and tells of a conflict with both values", async () => {
    const stage = await withAda(environment);
    const { client } = stage;
    assert.deepEqual(await client.update("cart", (cart = []) => [...cart, "milk"]), ["milk"]);
    assert.deepEqual(await client.update("cart", (cart = []) => [...cart, "bread"]), ["milk", "bread"]);
    const { sessionToken } = await stage.control("/sign-in", { user: "ada@example.com", application: "acme-notes" });
    const elsewhere = async (value) => {
      const headers = { authorization: `Bearer ${sessionToken}`, "content-type": "application/json" };
      const body = JSON.stringify({ value });
      await fetch(`${stage.world.baseUrl}/api/v1/sessions/set/cart`, { method: "POST", headers, body });
    };
    // Somebody else writes between the client's two reads.
    let reads = 0;
    const options = { fetch: async (url, init) => (reads++ === 1 && (await elsewhere(["tea"])), fetch(url, init)) };
    const slow = stage.another(options);
    await stage.signIn(slow);
    reads = 0;
    const error = await failure(slow.client.update("cart", (cart) => [...cart, "jam"], { attempts: 1 }));
    assert.ok(guards.isConflict(error) && guards.isSecureFlowsError(error));
    assert.deepEqual([error.ours, error.theirs], [["milk", "bread", "jam"], ["tea"]]);
    assert.deepEqual(await client.get("cart"), ["tea"], "nothing was written");
  });

  it("gives the token to its own backends only, and never across a redirect", async () => {
    const backend = await startScript([
      { path: "/away", status: 302, headers: { location: "/taken" } },
      { path: "/notes", status: 201, body: "made", headers: { "x-made": "1" } },
    ]);
    const { client } = await answering({ ...environment, createClient: (options) => environment.createClient({ ...options, backends: [backend.origin] }) }, 200, "{}");
    const made = await client.fetch(`${backend.origin}/notes`, { method: "POST", body: "text", headers: { "x-mine": "1" } });
    assert.deepEqual([made.status, await made.text(), made.headers.get("x-made")], [201, "made", "1"]);
    assert.equal((await client.fetch(`${backend.origin}/notes`, { method: "patch" })).status, 201);
    const away = await client.fetch(`${backend.origin}/away`);
    assert.equal(away.status, 302);
    assert.deepEqual(backend.requests, ["POST /notes", "PATCH /notes", "GET /away"], "it was not followed");
    for (const url of ["https://elsewhere.example/", `${backend.origin.replace("127.0.0.1", "localhost")}/notes`, "notes"]) {
      const error = await failure(client.fetch(url));
      assert.deepEqual([error.code, error.reason, error.outcome], ["invalid", "url", "not_sent"], url);
    }
    assert.equal((await failure(client.fetch(backend.origin, { method: "TRACE" }))).reason, "method");
    backend.close();
  });

  it("signs out when a backend refuses a token that the platform says is dead", async () => {
    const backend = await startScript([{ status: 401 }]);
    const { client } = await scripted(
      environment,
      [{ ...who, times: 1 }, { status: 410, body: '{"error":"Session token expired"}' }],
      { backends: [backend.origin] },
    );
    const error = await failure(client.fetch(`${backend.origin}/notes`));
    assert.ok(guards.isSignedOut(error));
    assert.equal(client.state.status, "signedOut");
    backend.close();
  });

  it("has one snapshot of its state until something changes, and tells of each change once", async () => {
    const stage = await setStage(environment);
    const { client } = stage;
    const seen = [];
    const stop = client.subscribe(() => seen.push(client.state.status));
    const before = client.state;
    assert.equal(client.state, before);
    await stage.signIn();
    assert.notEqual(client.state, before);
    assert.equal(client.state, client.state);
    await client.signOut({ redirect: false });
    await until(() => seen.length === 3);
    assert.deepEqual(seen, ["signingIn", "signedIn", "signedOut"]);
    stop();
    await stage.signIn();
    assert.equal(seen.length, 3);
  });

  it("has another snapshot when somebody else comes in, though the words are the same", async () => {
    const stage = await withAda(environment);
    const { client } = stage;
    await client.get("k");
    const [before, seen] = [client.state, []];
    client.subscribe(() => seen.push(client.state));
    await stage.signIn(stage, "bob@example.com");
    await until(() => seen.some((state) => state.status === "signedIn" && state !== before));
    assert.deepEqual(client.state, before);
    assert.notEqual(client.state, before);
  });

  it("keeps telling others when one who listens throws, and reports that", async () => {
    const told = [];
    const thrown = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => thrown.push(error.message));
    const onEvent = () => {
      throw new Error("of the app");
    };
    const stage = await setStage(environment, { client: { onEvent } });
    stage.client.subscribe(() => told.push(stage.client.state.status));
    await stage.signIn();
    await until(() => told.includes("signedIn") && thrown.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
    assert.ok(thrown.every((message) => message === "of the app"), `${thrown}`);
  });

  it("watches a key as far as answers show it", async () => {
    const { client } = await withAda(environment);
    const seen = [];
    const stop = client.watch("k", (value) => seen.push(value));
    await client.set("k", 1);
    await client.set("other", 2);
    await client.delete("k");
    await until(() => seen.length === 2);
    assert.deepEqual(seen, [1, undefined]);
    stop();
    await client.set("k", 3);
    assert.equal(seen.length, 2);
    await assert.rejects(async () => client.watch("", () => {}), { code: "invalid", reason: "key" });
  });

  it("lets go of everything when it is closed", async () => {
    const { client, wire } = await withAda(environment);
    wire.holdNext();
    const read = client.get("k");
    await until(() => wire.held === 1);
    client.close();
    assert.equal((await failure(read)).reason, "client");
    assert.equal((await failure(client.get("k"))).code, "invalid");
  });

  it("names each option that cannot be used, and what to do", () => {
    const good = { workspace: "acme", appId: "web", redirectUri: "https://app.example/" };
    for (const [options, field, mend] of [
      [{ ...good, workspace: undefined }, "workspace", /registered/],
      [{ ...good, appId: "" }, "appId", /registered/],
      [{ ...good, redirectUri: "/callback" }, "redirectUri", /use https/],
      [{ ...good, origin: "http://platform.example" }, "origin", /use https/],
      [{ ...good, backends: ["https://api.example/"] }, "backends", /leave out/],
    ]) {
      assert.throws(() => environment.createClient(options), (error) => {
        assert.deepEqual([error.code, error.reason], ["invalid", field]);
        assert.match(error.message, mend);
        assert.ok(error.message.includes(`\`${field}\``), error.message);
        return true;
      });
    }
  });

  it("leads back into the app, and nowhere else", async () => {
    const stage = await setStage(environment);
    for (const [asked, led] of [
      ["/notes?x=1#y", "/notes?x=1#y"],
      ["https://evil.example/notes", "/"],
      ["//evil.example", "/"],
      ["\\\\evil.example", "/"],
      ["/.//evil.example", "/evil.example"],
      ["/x/..//evil.example", "/evil.example"],
      ["javascript:alert(1)", "/"],
      ["http://[", "/"],
      [undefined, "/"],
    ]) {
      const page = await stage.loginPage({ returnTo: asked });
      const state = new URL(page).searchParams.get("state");
      const user = { user: "ada@example.com", application: "acme-notes", state, redirectUri: stage.redirectUri };
      const { callbackUrl } = await stage.control("/sign-in", user);
      assert.equal((await stage.client.handleRedirect(callbackUrl)).returnTo, led, String(asked));
      await stage.client.payload();
    }
  });

  it("takes no login for a loop that could not begin", async () => {
    const { loginPage } = await setStage(environment);
    for (let n = 0; n < 3; n++) {
      assert.equal((await failure(loginPage({ ttlSeconds: 1 }))).reason, "ttlSeconds");
    }
    assert.match(await loginPage(), /sessions\/login/);
    assert.match(await loginPage(), /sessions\/login/);
    assert.equal((await failure(loginPage())).reason, "redirect_loop");
  });
});
