// Whose is this token? A backend's question, with its cache.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { ADA, APP, BOB, startMock } from "../kit/mock.js";
import { load, need } from "../kit/package.js";
import { startScript } from "../kit/script.js";

const IDENTITY = "/api/v1/sessions/identity";

for (const [form, entry] of [["ESM", load], ["CommonJS", need]]) {
  describe(`the verifier, as ${form}`, () => {
    let mock;
    let world;
    let server;
    let verify;

    before(async () => {
      server = await entry("server");
      mock = await startMock();
      world = await mock.world({ redirectUris: ["http://localhost/callback"] });
      verify = server.createVerifier({ origin: world.baseUrl });
    });
    after(() => mock.close());

    const token = async (user) => (await world.control("/sign-in", { user, application: APP })).sessionToken;
    const asked = async () => {
      const { entries } = await world.control("/journal", undefined, "GET");
      return entries.filter(({ operation }) => operation === "sessions.identity").length;
    };

    it("has the platform say whose it is", async () => {
      const [ada, bob] = await Promise.all([ADA, BOB].map(async (user) => verify(`Bearer ${await token(user)}`)));
      assert.equal(ada.email, ADA);
      assert.equal(bob.email, BOB);
      assert.match(ada.userId, /^\d+$/);
      assert.notEqual(ada.userId, bob.userId);
    });

    it("takes requests of every kind", async () => {
      const authorization = `bearer ${await token(ADA)}`;
      const headers = { authorization };
      for (const request of [new Request("http://a", { headers }), new Headers(headers), { headers }, authorization]) {
        assert.equal((await verify(request)).email, ADA);
      }
    });

    it("does not even ask about what can be no token", async () => {
      const before = await asked();
      for (const none of [undefined, null, "", "Basic YTpi", "eyJ", { headers: {} }, new Headers(), "Bearer a, Bearer b"]) {
        assert.equal((await refusal(verify, none)).failure, "missing", String(none));
      }
      for (const bad of ["Bearer ", "Bearer two words", "Bearer tö", `Bearer ${"x".repeat(8193)}`]) {
        assert.equal((await refusal(verify, bad)).failure, "refused", bad.slice(0, 20));
      }
      assert.equal(await asked(), before);
    });

    it("asks once for many at once", async () => {
      const before = await asked();
      const authorization = `Bearer ${await token(ADA)}`;
      const fresh = server.createVerifier({ origin: world.baseUrl });
      const users = await Promise.all(Array.from({ length: 200 }, () => fresh(authorization)));
      assert.ok(users.every(({ email }) => email === ADA));
      assert.equal((await asked()) - before, 1);
    });

    it("keeps an answer for its time, and a revoked token is good no longer than that", async (t) => {
      t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
      const authorization = `Bearer ${await token(BOB)}`;
      const fresh = server.createVerifier({ origin: world.baseUrl });
      const step = async (seconds, questions) => {
        t.mock.timers.setTime(Date.now() + seconds * 1000);
        const before = await asked();
        const outcome = await fresh(authorization).then(() => "in", ({ failure }) => failure);
        assert.equal((await asked()) - before, questions);
        return outcome;
      };
      assert.equal(await step(0, 1), "in");
      await world.control("/sessions/revoke", { user: BOB });
      assert.equal(await step(29, 0), "in");
      assert.equal(await step(1, 1), "refused");
      assert.equal(await step(4, 0), "refused");
      assert.equal(await step(1, 1), "refused");
      assert.equal(await step(-3600, 1), "refused", "a clock that was turned back makes nothing last longer");
    });

    it("lets nobody in while the platform cannot be asked, and keeps nothing of that", async () => {
      const authorization = `Bearer ${await token(ADA)}`;
      const fresh = server.createVerifier({ origin: world.baseUrl, attempts: 1 });
      const faults = { server_503: { kind: "status", status: 503 }, interrupted: { kind: "cut" }, not_the_platform_200: { kind: "html", status: 200 } };
      for (const [reason, effect] of Object.entries(faults)) {
        await world.control("/faults", { operation: "sessions.identity", effect });
        const error = await refusal(fresh, authorization);
        assert.deepEqual([error.failure, error.code, error.reason, error.retryable], ["unavailable", "unavailable", reason, true]);
      }
      assert.equal((await fresh(authorization)).email, ADA);
    });

    it("does not multiply an outage: all who wait are told the same", async () => {
      const authorization = `Bearer ${await token(ADA)}`;
      const fresh = server.createVerifier({ origin: world.baseUrl, attempts: 1 });
      const before = await asked();
      await world.control("/faults", { operation: "sessions.identity", delayMs: 300, effect: { kind: "status", status: 503 } });
      const errors = await Promise.all(Array.from({ length: 50 }, () => refusal(fresh, authorization)));
      assert.ok(errors.every(({ reason }) => reason === "server_503"));
      assert.equal((await asked()) - before, 1);
    });

    it("asks again when a question fails in passing", async () => {
      const authorization = `Bearer ${await token(ADA)}`;
      const fresh = server.createVerifier({ origin: world.baseUrl });
      await world.control("/faults", { operation: "sessions.identity", times: 2, effect: { kind: "status", status: 503 } });
      assert.equal((await fresh(authorization)).email, ADA);
    });
  });
}

describe("the verifier", () => {
  let server;
  const open = [];
  before(async () => (server = await load("server")));
  after(() => open.forEach((script) => script.close()));

  const scripted = async (rule, options) => {
    const script = await startScript([{ path: IDENTITY, ...rule }]);
    open.push(script);
    return { ...script, verify: server.createVerifier({ origin: script.origin, attempts: 1, ...options }) };
  };

  it("reads every digit of a user's id", async () => {
    const { verify } = await scripted({ status: 200, body: '{"email":"a\\"userId\\":1@b","userId": 9223372036854775807}' });
    assert.deepEqual(await verify("Bearer t"), { userId: "9223372036854775807", email: 'a"userId":1@b' });
  });

  it("tells what an answer means", async () => {
    const error = (text, code) => JSON.stringify({ status: 0, error: text, code });
    for (const [status, body, failure, data] of [
      [200, '{"userId":null,"email":null}', "refused", "unknown"],
      [200, '{"userId":true,"email":null}', "unavailable", "unknown"],
      [200, "{}", "unavailable", "unknown"],
      [401, "", "refused", "intact"],
      [401, error("Session revoked"), "refused", "unknown"],
      [403, "", "refused", "intact"],
      [403, error("Access denied"), "refused", "intact"],
      [403, error("Not for you"), "forbidden", "intact"],
      [403, error("locked", "BILLING_GRACE_LOCK"), "unavailable", "unknown"],
      [404, error("no session"), "refused", "unknown"],
      [404, "<html>", "unavailable", "unknown"],
      [410, error("Session token expired"), "refused", "intact"],
      [410, error("Session revoked"), "refused", "unknown"],
      [400, error("bad"), "refused", "intact"],
      [302, "", "unavailable", "unknown"],
      [500, "", "unavailable", "unknown"],
      [200, "x".repeat(70_000), "unavailable", "unknown"],
    ]) {
      const { verify } = await scripted({ status, body });
      const told = await refusal(verify, "Bearer t");
      assert.deepEqual([told.failure, told.data], [failure, data], `${status} ${body.slice(0, 60)}`);
    }
  });

  it("never follows a redirect", async () => {
    const elsewhere = await scripted({ status: 200, body: '{"userId":1,"email":null}' });
    const { verify } = await scripted({ status: 302, headers: { location: `${elsewhere.origin}${IDENTITY}` } });
    assert.equal((await refusal(verify, "Bearer t")).reason, "not_the_platform_302");
    assert.deepEqual(elsewhere.requests, []);
  });

  it("passes on how long the platform asks to wait, and gives up where that is too long", async () => {
    const { verify, requests } = await scripted({ status: 429, headers: { "retry-after": "60" } }, { attempts: 3 });
    const error = await refusal(verify, "Bearer t");
    assert.deepEqual([error.reason, error.retryAfter, error.headers["retry-after"]], ["rate_limited", 60_000, "60"]);
    assert.equal(requests.length, 1);
  });

  it("gives up after its time, and another question is asked then", { timeout: 20_000 }, async () => {
    let silent = 0;
    const hang = () => (silent++, new Promise(() => {}));
    const verify = server.createVerifier({ timeout: 100, attemptTimeout: 60, fetch: hang });
    assert.equal((await refusal(verify, "Bearer t")).reason, "timed_out");
    assert.equal((await refusal(verify, "Bearer t")).reason, "timed_out");
    assert.equal(silent, 2);
  });

  it("keeps no more than it may, and forged tokens drive out no good one", async () => {
    let questions = 0;
    const answer = (_, { headers }) => {
      questions++;
      const good = headers.authorization.startsWith("Bearer good");
      return Promise.resolve(good ? Response.json({ userId: 1, email: null }) : new Response("", { status: 401 }));
    };
    const verify = server.createVerifier({ maxTokens: 10, fetch: answer });
    await verify("Bearer good");
    for (let number = 0; number < 100; number++) await refusal(verify, `Bearer forged-${number}`);
    assert.equal(questions, 101);
    await verify("Bearer good");
    assert.equal(questions, 101, "the good one is there still");
    for (let number = 0; number < 90; number++) await refusal(verify, `Bearer forged-${number}`);
    assert.equal(questions, 191, "the forged ones are forgotten");
    for (let number = 0; number < 100; number++) await verify(`Bearer good-${number}`);
    await verify("Bearer good");
    assert.equal(questions, 292, "the oldest of the good ones gives way");
  });

  it("answers in the platform's form, with constant statuses", async () => {
    const failures = { missing: [undefined, 401, "Bearer"], refused: ["Bearer ", 401, 'Bearer error="invalid_token"'] };
    for (const [failure, [credentials, status, challenge]] of Object.entries(failures)) {
      const error = await refusal(server.createVerifier(), credentials);
      const response = error.toResponse({ "access-control-allow-origin": "https://app.example" });
      assert.equal(error.failure, failure);
      assert.equal(error.code, "signed_out");
      assert.equal(error.status, status);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("www-authenticate"), challenge);
      assert.equal(response.headers.get("access-control-allow-origin"), "https://app.example");
      assert.deepEqual(await response.json(), { status, error: error.message });
    }
    const down = await scripted({ status: 500 });
    const away = (await refusal(down.verify, "Bearer t")).toResponse();
    assert.deepEqual([away.status, away.headers.get("retry-after"), away.headers.get("www-authenticate")], [503, "5", null]);
    const denied = await scripted({ status: 403, body: '{"error":"no"}' });
    assert.equal((await refusal(denied.verify, "Bearer t")).toResponse().status, 403);
  });

  it("is told apart by guards of every entry, and holds no token", async () => {
    const { isSecureFlowsError, isSignedOut } = await load();
    const { verify } = await scripted({ status: 401, body: '{"error":"s3cret"}' });
    const error = await refusal(verify, "Bearer s3cret");
    assert.ok(isSecureFlowsError(error) && isSignedOut(error) && server.isVerifyError(error));
    assert.doesNotMatch(JSON.stringify(error) + error.stack + String(error), /s3cret/);
    assert.equal(server.isVerifyError(new Error("x")), false);
  });

  it("checks its settings", () => {
    for (const [options, field] of [
      [{ origin: "http://a.example" }, "origin"],
      [{ origin: "https://a.example/" }, "origin"],
      [{ origin: "https://A.example" }, "origin"],
      [{ origin: "https://me@a.example" }, "origin"],
      [{ origin: "ftp://a.example" }, "origin"],
      [{ maxTokens: 0 }, "maxTokens"],
      [{ attempts: 0 }, "attempts"],
      [{ timeout: 0 }, "timeout"],
      [{ attemptTimeout: NaN }, "attemptTimeout"],
      [{ keepAccepted: -1 }, "keepAccepted"],
    ]) {
      const expected = (error) => error.code === "invalid" && error.reason === field && error.message.includes(field);
      assert.throws(() => server.createVerifier(options), expected, JSON.stringify(options));
    }
    for (const origin of ["https://a.example:443", "http://127.0.0.1:80", "http://[::1]:9", "http://localhost", undefined]) {
      assert.ok(server.createVerifier({ origin }));
    }
  });

  it("touches nothing of Node's: it is plain fetch and Web Crypto", async () => {
    const { readFile } = await import("node:fs/promises");
    const { home } = await import("../kit/package.js");
    const code = await readFile(`${home}/dist/cjs/server.js`, "utf8");
    assert.doesNotMatch(code, /node:|require\(|\bprocess\b|\bBuffer\b|WebAssembly/);
  });
});

async function refusal(verify, credentials) {
  const error = await verify(credentials).then(() => assert.fail("somebody was let in"), (error) => error);
  assert.equal(error.name, "SecureFlowsError", error.stack);
  return error;
}
