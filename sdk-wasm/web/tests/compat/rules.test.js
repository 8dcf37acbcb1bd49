// What the published surface promises, told by a page in Node: names, callbacks, statuses, bad input.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { promisify } from "node:util";

import { home, load, need } from "../kit/package.js";
import { Tab } from "./tab.js";

const run = promisify(execFile);
const GIVEN = { origin: "https://p.example", workspace: "acme", appId: "web" };
const CALLBACK = "https://app.example/callback";
const KEY = "sf.token.v2.acme.web";

for (const [form, entry] of [["ESM", load], ["CommonJS", need]]) {
  describe(`compat, as ${form}`, () => {
    let compat;
    let tab;
    let answer;
    let requests;

    beforeEach(async () => {
      compat = await entry("compat");
      tab = new Tab();
      tab.open("https://app.example/");
      answer = () => Response.json({ userId: 1, email: "ada@example.com" });
      requests = [];
      mock.method(console, "warn", () => {});
      mock.method(globalThis, "fetch", async (url, init) => (requests.push({ url, ...init }), answer()));
    });
    afterEach(() => {
      tab.close();
      mock.restoreAll();
    });

    const make = (more) => new compat.SecureFlows({ ...GIVEN, ...more });
    const refusal = (promise) => promise.then(() => assert.fail("it went well"), (error) => error);
    /** Begins a login, and comes back to `url` with what hosted login adds. */
    async function comeBack(sf, added, { url = CALLBACK, state } = {}) {
      await sf.login({ redirectUri: url });
      const asked = new URL(tab.left).searchParams.get("state");
      return tab.open(`${url}${url.includes("?") ? "&" : "?"}${added(asked)}`, state);
    }

    it("exports what it is known for, and imports nothing of the main entry", async () => {
      const classes = ["SecureFlows", "SecureFlowsHttpError", "HostedLoginNavigationError"];
      const functions = ["isSessionSignedOutError", "isSessionSignedOutStatus", "defaultCallbackRedirectUri", "sessionStorageKeys"];
      for (const name of [...classes, ...functions]) assert.equal(typeof compat[name], "function", name);
      assert.doesNotMatch(await readFile(join(home, "dist/esm/compat.js"), "utf8"), /\b(import|from)\s*["']/);
      const all = await readdir(join(home, "dist/esm"), { recursive: true });
      const others = all.filter((file) => file.endsWith(".js") && file !== "compat.js");
      assert.ok(others.includes("index.js"));
      for (const file of others) {
        assert.doesNotMatch(await readFile(join(home, "dist/esm", file), "utf8"), /sf\.token/, file);
      }
    });

    it("warns developers, once, and users never", async () => {
      const file = join(home, `dist/${form === "ESM" ? "esm" : "cjs"}/compat.js`);
      const script = `
        const { default: all, ...named } = await import(${JSON.stringify(file)});
        const { SecureFlows } = all ?? named;
        for (let n = 0; n < 2; n++) new SecureFlows(${JSON.stringify(GIVEN)});`;
      const said = async (NODE_ENV) => {
        const env = { ...process.env, NODE_ENV };
        return (await run(process.execPath, ["--input-type=module", "--eval", script], { env })).stderr;
      };
      assert.equal((await said("development")).match(/sessionStorage/g)?.length, 1);
      assert.equal(await said("production"), "");
    });

    it("has names that no other pair of names has", () => {
      assert.deepEqual(compat.sessionStorageKeys("web", "acme"), { token: KEY, state: "sf.state.v2.acme.web" });
      assert.deepEqual(compat.sessionStorageKeys("web"), { token: "sf.token.web", state: "sf.state.web" });
      const parts = ["a", "b", ".", "a.b", "b.a", "..", "a.", "%2E", "a%2Eb", "v2", "v2.a", "ä ", "/"];
      const keys = parts.flatMap((workspace) => parts.map((appId) => compat.sessionStorageKeys(appId, workspace).token));
      assert.equal(new Set(keys).size, parts.length ** 2);
    });

    it("asks hosted login for what it is told to, in the same tick", async () => {
      const sf = make({ ttlSeconds: 3600, payload: { theme: "dark & light" } });
      const left = sf.login({ redirectUri: "https://app.example/callback?a=1&b=ä" });
      const url = new URL(tab.left);
      await left;
      assert.equal(url.origin + url.pathname, "https://p.example/app/sessions/login");
      const { state, ...asked } = Object.fromEntries(url.searchParams);
      assert.deepEqual(asked, {
        app_id: "web",
        workspace_name: "acme",
        redirect_uri: "https://app.example/callback?a=1&b=ä",
        ttl_seconds: "3600",
        payload: '{"theme":"dark & light"}',
      });
      assert.match(state, /^sfc\.[0-9a-f]{32}$/);
      await sf.login({ redirectUri: CALLBACK, ttlSeconds: 0, payload: {} });
      const again = new URL(tab.left).searchParams;
      assert.deepEqual([again.get("ttl_seconds"), again.get("payload")], ["0", "{}"]);
      assert.notEqual(again.get("state"), state);
    });

    it("takes the token of the login that it began, and leaves all else of the address as it is", async () => {
      const sf = make();
      const mine = { mine: 1 };
      const back = (state) => `sessionToken=t.1-_&state=${state}&lang=de%20CH#part`;
      const { location, history } = await comeBack(sf, back, { state: mine });
      assert.equal(sf.getToken(), null);
      const both = [sf.ensureSession(), sf.ensureSession()];
      assert.equal(location.href, `${CALLBACK}?lang=de%20CH#part`);
      assert.equal(history.state, mine);
      assert.deepEqual(await Promise.all(both), ["t.1-_", "t.1-_"]);
      tab.open("https://app.example/");
      assert.equal(make().getToken(), "t.1-_");
    });

    it("refuses a callback that is of no login of this tab, whatever else it brings", async () => {
      const known = (more) => (state) => `state=${state}&${more}`;
      const bad = {
        state_missing: [() => "sessionToken=evil"],
        state_unknown: [() => "sessionToken=evil&state=sfc.0", () => "sessionToken=evil&state=", () => "sessionToken=evil&state=x&error=y"],
        malformed: [
          known("sessionToken=a&sessionToken=b"),
          known("sessionToken=a&state=x"),
          known("sessionToken=a&error=x"),
          known("sessionToken="),
          known("sessionToken=a%20b"),
          known("sessionToken=a%0Ab"),
        ],
      };
      for (const [reason, all] of Object.entries(bad)) {
        for (const added of all) {
          const sf = make();
          const { location } = await comeBack(sf, added);
          const said = await Promise.all([refusal(sf.ensureSession()), refusal(sf.ensureSession())]);
          for (const error of said) assert.deepEqual([error.name, error.reason], ["HostedLoginCallbackError", reason], added("…"));
          assert.equal(location.href, CALLBACK);
          assert.equal(sf.getToken(), null);
        }
      }
    });

    it("takes a state once, for ten minutes, and a forged callback does not use it up", async (t) => {
      t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
      const sf = make();
      let asked;
      await comeBack(sf, (state) => ((asked = state), "sessionToken=evil&state=sfc.1"));
      assert.equal((await refusal(sf.ensureSession())).reason, "state_unknown");
      t.mock.timers.setTime(1_000_000 + 599_999);
      tab.open(`${CALLBACK}?sessionToken=t&state=${asked}`);
      assert.equal(await make().ensureSession(), "t");
      sf.logout();
      tab.open(`${CALLBACK}?sessionToken=t&state=${asked}`);
      assert.equal((await refusal(make().ensureSession())).reason, "state_unknown");
      await comeBack(sf, (state) => `sessionToken=t&state=${state}`);
      t.mock.timers.setTime(1_000_000 + 599_999 + 600_000);
      assert.equal((await refusal(make().ensureSession())).reason, "state_unknown");
    });

    it("takes a callback without a state only where that is asked for", async () => {
      tab.open(`${CALLBACK}?sessionToken=t`);
      assert.equal(await make({ unsafeLegacy: true }).ensureSession(), "t");
      tab.open(`${CALLBACK}?sessionToken=evil&state=x`);
      assert.equal(await make({ unsafeLegacy: true }).ensureSession(), "t");
    });

    it("tells of a login that was refused, and keeps who is signed in", async () => {
      const sf = make();
      const added = (state) => `error=access_denied%0A&error_description=no&state=${state}`;
      await comeBack(sf, added);
      const error = await refusal(sf.ensureSession());
      assert.deepEqual([error.reason, error.error], ["refused", "access_denied"]);
      tab.kept.set(KEY, "t");
      const { location } = await comeBack(sf, added);
      assert.equal(await sf.ensureSession(), "t");
      assert.equal(location.href, CALLBACK);
    });

    it("never lets a forged callback replace a token", async () => {
      tab.kept.set(KEY, "t");
      tab.open(`${CALLBACK}?sessionToken=evil`);
      assert.equal(await make().ensureSession(), "t");
    });

    it("leaves other libraries' callbacks alone", async () => {
      for (const query of ["code=1&state=xyz", "error=x&state=xyz", "error=x"]) {
        const { location } = tab.open(`${CALLBACK}?${query}`);
        assert.equal(await make().ensureSession(), null);
        assert.equal(location.href, `${CALLBACK}?${query}`);
      }
    });

    it("moves the token of an older version, once, and a user who signed out does not come back by it", async () => {
      for (const older of ["sf.token.web", "sf.token"]) {
        tab.kept.clear();
        tab.kept.set(older, "old");
        const sf = make();
        assert.equal(sf.getToken(), "old");
        assert.deepEqual([tab.kept.has(older), tab.kept.get(KEY)], [false, "old"]);
        tab.kept.set(older, "older still");
        assert.equal(sf.getToken(), "old");
        tab.kept.set(older, "older still");
        await sf.logout();
        assert.equal(sf.getToken(), null);
        assert.equal(make().getToken(), null);
      }
      tab.kept.set("sf.token", "general").set("sf.token.web", "own");
      assert.equal(make().getToken(), "own");
      assert.equal(tab.kept.has("sf.token"), false);
    });

    it("takes nothing that is another application's, or another platform's", async () => {
      await comeBack(make(), (state) => `sessionToken=t&state=${state}`);
      await make().ensureSession();
      assert.equal(make({ workspace: "other" }).getToken(), null);
      assert.equal(make({ appId: "v2.acme.web" }).getToken(), null);
      assert.equal(make({ origin: "http://127.0.0.1:8787" }).getToken(), null);
      assert.equal(make({ origin: "https://p.example/" }).getToken(), "t");
    });

    it("knows which answers sign out", () => {
      const { isSessionSignedOutStatus: is } = compat;
      const yes = [[401, ""], [410, '{"error":"Session revoked"}'], [401, "<html>"], [403, ""], [403, " \n"]];
      yes.push([403, '{"status":403,"error":"Access denied"}'], [403, { message: "Access denied" }]);
      for (const [status, body] of yes) assert.equal(is(status, body), true, `${status} ${body}`);
      const lock = { status: 403, error: "Workspace is locked", code: "BILLING_GRACE_LOCK" };
      const no = [[403, lock], [403, JSON.stringify(lock)], [403, { ...lock, error: "Access denied" }], [403], [403, "<html>"]];
      no.push([403, '{"error":"Forbidden"}'], [404, ""], [200, ""], [400, ""], [409, ""], [429, ""], [500, ""], [501, ""], [503, "Access denied"]);
      for (const [status, body] of no) assert.equal(is(status, body), false, `${status} ${JSON.stringify(body)}`);
    });

    it("forgets a token that is dead, and keeps one that nothing is known of", async () => {
      const sf = make();
      const keeps = async (kept, how) => {
        tab.kept.set(KEY, "t");
        answer = how;
        assert.equal(await sf.ensureSession(), kept ? "t" : null, String(how));
        assert.equal(sf.getToken(), kept ? "t" : null);
      };
      const status = (code, body = "") => () => new Response(body, { status: code });
      for (const code of [401, 403, 404, 410]) await keeps(false, status(code));
      for (const code of [429, 500, 501, 502, 503, 504]) await keeps(true, status(code));
      await keeps(true, status(403, '{"error":"locked","code":"BILLING_GRACE_LOCK"}'));
      await keeps(true, status(404, "<html>not here"));
      await keeps(true, status(200, "<html>a hotel's network"));
      await keeps(true, () => { throw new TypeError("Failed to fetch"); });
      await keeps(true, () => { throw new DOMException("", "TimeoutError"); });
    });

    it("asks once for all who ask at once, and what is said of one token is not said of the next", async () => {
      tab.kept.set(KEY, "old");
      const sf = make();
      let say;
      answer = () => new Promise((resolve) => (say = resolve));
      const both = [sf.ensureSession(), sf.ensureSession()];
      assert.equal(requests.length, 1);
      tab.kept.set(KEY, "new");
      say(new Response("", { status: 410 }));
      assert.deepEqual(await Promise.all(both), ["new", "new"]);
    });

    it("fetches with the token that it is given, to the platform only", async () => {
      const sf = make();
      answer = () => Response.json({ theme: "dark" });
      assert.deepEqual(await sf.fetchSession("t"), { theme: "dark" });
      const [{ url, headers, redirect, credentials }] = requests;
      assert.equal(url, "https://p.example/api/v1/sessions");
      assert.deepEqual([headers, redirect, credentials], [{ authorization: "Bearer t" }, "error", "omit"]);
      for (const none of ["", "a b", null, undefined]) await assert.rejects(sf.fetchSession(none), TypeError);
      assert.equal(requests.length, 1);
    });

    it("tells of an answer that is no success", async () => {
      const sf = make();
      tab.kept.set(KEY, "t");
      const revoked = '{"status":410,"error":"Session revoked"}';
      for (const [status, body, signedOut] of [[410, revoked, true], [404, "{}", true], [503, "<html>", false], [200, "<html>", false]]) {
        answer = () => new Response(body, { status });
        const error = await refusal(sf.fetchSession("t"));
        assert.ok(error instanceof compat.SecureFlowsHttpError);
        assert.deepEqual([error.status, error.body, compat.isSessionSignedOutError(error)], [status, body, signedOut]);
        assert.equal(sf.getToken(), "t", "the app decides");
      }
      const own = new compat.SecureFlowsHttpError(401, "");
      const copy = Object.assign(new Error(), { name: "SecureFlowsHttpError", status: 410, body: "" });
      for (const error of [own, copy]) assert.equal(compat.isSessionSignedOutError(error), true);
      const none = [new TypeError("Failed to fetch"), { status: 401, body: "" }, undefined, new compat.SecureFlowsHttpError(500, "")];
      for (const error of none) assert.equal(compat.isSessionSignedOutError(error), false);
    });

    it("never makes another user's id of one that is too large", async () => {
      const sf = make();
      assert.deepEqual(await sf.fetchSessionIdentity("t"), { userId: 1, email: "ada@example.com" });
      answer = () => new Response('{"email":"\\"userId\\":5", "userId" : 9007199254740993}');
      assert.equal((await sf.fetchSessionIdentity("t")).userId, "9007199254740993");
      answer = () => new Response('{"userId":null,"email":null}');
      assert.deepEqual(await sf.fetchSessionIdentity("t"), { userId: null, email: null });
    });

    it("forgets at once on logout, and tells the platform as far as it can", async () => {
      tab.kept.set(KEY, "t");
      answer = () => { throw new TypeError("Failed to fetch"); };
      const sf = make();
      const out = sf.logout();
      assert.equal(sf.getToken(), null);
      await out;
      const [{ url, method, headers }] = requests;
      assert.deepEqual([url, method, headers.authorization], ["https://p.example/api/v1/auth/logout", "POST", "Bearer t"]);
      await sf.logout();
      assert.equal(requests.length, 1);
    });

    it("leaves the page to log out, then forgets", async () => {
      tab.kept.set(KEY, "t");
      const sf = make();
      await sf.logoutWithRedirect({ redirectUri: "https://app.example/bye?x=1" });
      assert.equal(tab.left, "https://p.example/api/v1/auth/logout?session_token=t&redirect_uri=https%3A%2F%2Fapp.example%2Fbye%3Fx%3D1");
      assert.equal(sf.getToken(), null);
      await sf.logoutWithRedirect({ redirectUri: "https://app.example/" });
      assert.equal(tab.left, "https://app.example/");
    });

    it("keeps the token when the page cannot be left, and says so", async (t) => {
      t.mock.timers.enable({ apis: ["setTimeout"] });
      tab.kept.set(KEY, "t");
      tab.stuck = true;
      const sf = make();
      for (const going of [sf.logoutWithRedirect({ redirectUri: "https://app.example/" }), sf.login({ redirectUri: CALLBACK })]) {
        t.mock.timers.tick(2000);
        const error = await refusal(going);
        assert.ok(error instanceof compat.HostedLoginNavigationError);
        assert.equal(error.name, "HostedLoginNavigationError");
      }
      assert.equal(sf.getToken(), "t");
    });

    it("keeps the token when the user is asked whether to leave, and stays", async (t) => {
      t.mock.timers.enable({ apis: ["setTimeout"] });
      tab.kept.set(KEY, "t");
      addEventListener("beforeunload", (event) => event.preventDefault());
      const going = make().logoutWithRedirect({ redirectUri: "https://app.example/" });
      await Promise.resolve();
      t.mock.timers.tick(2000);
      assert.equal((await refusal(going)).name, "HostedLoginNavigationError");
      assert.equal(make().getToken(), "t");
    });

    it("does not begin a login that could not come back, nor look into blocked storage", async () => {
      tab.storage = "blocked";
      const sf = make();
      const error = await refusal(sf.login({ redirectUri: CALLBACK }));
      assert.equal(error.name, "HostedLoginNavigationError");
      assert.match(error.message, /sessionStorage/);
      assert.deepEqual([tab.left, sf.getToken(), await sf.ensureSession()], [undefined, null, null]);
    });

    it("names the argument that cannot be used", async () => {
      const bad = {
        origin: ["", undefined, "p.example", "https://p.example/app", "https://u@p.example", "http://p.example", "ftp://p.example"],
        appId: ["", undefined, 7, "\ud800"],
        workspace: ["", undefined, "a\udfff"],
        ttlSeconds: [-1, 59, 604_801, 60.5, NaN, "60"],
        payload: ["text", [1], () => {}],
      };
      for (const [field, values] of Object.entries(bad)) {
        const named = (error) => error instanceof TypeError && error.message.includes(`\`${field}\``);
        for (const value of values) assert.throws(() => make({ [field]: value }), named, `${field}: ${String(value)}`);
      }
      const sf = make();
      for (const redirectUri of ["", undefined, "/callback", "https://app.example/#x", "javascript:alert(1)"]) {
        await assert.rejects(sf.login({ redirectUri }), { message: /`redirectUri`/ });
        await assert.rejects(sf.logoutWithRedirect({ redirectUri }), { message: /`redirectUri`/ });
      }
      for (const redirectUri of [CALLBACK, "https://app.example/?session_token=t"]) {
        await assert.rejects(sf.logoutWithRedirect({ redirectUri }), { message: /`redirectUri`/ });
      }
      assert.equal(tab.left, undefined);
    });

    it("is quiet where there is no page", async () => {
      assert.equal(compat.defaultCallbackRedirectUri(), CALLBACK);
      tab.close();
      const sf = make();
      assert.deepEqual([sf.getToken(), await sf.ensureSession()], [null, null]);
      assert.equal((await refusal(sf.login({ redirectUri: CALLBACK }))).name, "HostedLoginNavigationError");
      assert.equal(compat.defaultCallbackRedirectUri("https://app.example/"), CALLBACK);
      assert.throws(() => compat.defaultCallbackRedirectUri(), TypeError);
    });
  });
}
