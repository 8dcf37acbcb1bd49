// The published surface on the platform: a page in Node, and a person who fills in hosted login.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it, mock } from "node:test";

import { ADA, APP, PASSWORD, WORKSPACE, startMock } from "../kit/mock.js";
import { load } from "../kit/package.js";
import { Visitor } from "../kit/visitor.js";
import { Tab } from "./tab.js";

const HOME = "https://app.example/";
const CALLBACK = "https://app.example/callback";
const WEEK = 604_800;

describe("compat on the platform", () => {
  let compat;
  let platform;
  let world;
  let tab;
  let visitor;
  let sf;

  before(async () => {
    mock.method(console, "warn", () => {});
    [compat, platform] = await Promise.all([load("compat"), startMock()]);
  });
  after(() => platform.close());
  beforeEach(() => start());
  afterEach(() => tab.close());

  async function start(asked = {}, options = {}) {
    world = await platform.world({ redirectUris: [CALLBACK, HOME], ...asked });
    tab = new Tab();
    visitor = new Visitor();
    tab.open(HOME);
    sf = new compat.SecureFlows({ origin: world.baseUrl, appId: APP, workspace: WORKSPACE, ...options });
  }

  async function signIn(asked = {}) {
    await sf.login({ redirectUri: CALLBACK, ...asked });
    tab.open(await visitor.signIn(tab.left, ADA, PASSWORD));
    return sf.ensureSession();
  }

  it("signs in, reads, and is still signed in after a reload", async () => {
    const token = await signIn({ payload: { theme: "dark" }, ttlSeconds: 3600 });
    assert.equal(location.href, CALLBACK);
    assert.deepEqual(await sf.fetchSession(token), { theme: "dark" });
    const { userId, email } = await sf.fetchSessionIdentity(token);
    assert.deepEqual([typeof userId, email], ["number", ADA]);
    tab.open(HOME);
    assert.equal(await sf.ensureSession(), token);
    await world.control("/clock/advance", { seconds: 3601 });
    assert.equal(await sf.ensureSession(), null, "the data's own lifetime is over");
  });

  it("takes no for an answer", async () => {
    await sf.login({ redirectUri: CALLBACK });
    tab.open(await visitor.cancel(tab.left));
    await assert.rejects(sf.ensureSession(), { name: "HostedLoginCallbackError", reason: "refused" });
  });

  for (const profile of [undefined, "published", "legacy"]) {
    it(`knows a dead token from a failing platform, in profile ${profile ?? "default"}`, async () => {
      await start({ profile });
      const token = await signIn();
      await world.control("/faults", { operation: "sessions.identity", effect: { kind: "status", status: 503 } });
      assert.equal(await sf.ensureSession(), token);
      await world.control("/faults", { operation: "sessions.identity", effect: { kind: "cut" } });
      assert.equal(await sf.ensureSession(), token);
      await world.control(`/workspaces/${WORKSPACE}/lock`, {});
      const locked = await sf.fetchSession(token).catch((error) => error);
      assert.deepEqual([locked.status, compat.isSessionSignedOutError(locked)], [403, false]);
      assert.equal(await sf.ensureSession(), token);
      await world.control(`/workspaces/${WORKSPACE}/unlock`, {});
      await world.control("/clock/advance", { seconds: WEEK + 1 });
      const dead = await sf.fetchSession(token).catch((error) => error);
      assert.equal(compat.isSessionSignedOutError(dead), true, `${dead.status}`);
      assert.deepEqual([await sf.ensureSession(), sf.getToken()], [null, null]);
      await sf.login({ redirectUri: CALLBACK });
      tab.open(await visitor.continueAsBefore(tab.left));
      assert.notEqual(await sf.ensureSession(), null);
    });
  }

  it("logs out: the token is dead everywhere, and the data is still there", async () => {
    const token = await signIn({ payload: { theme: "dark" } });
    await sf.logout();
    assert.equal(sf.getToken(), null);
    const dead = await sf.fetchSession(token).catch((error) => error);
    assert.equal(compat.isSessionSignedOutError(dead), true);
    assert.deepEqual(await sf.fetchSession(await signIn()), { theme: "dark" });
  });

  it("logs the browser out of the platform as well, with a dead token, too", async () => {
    for (const seconds of [0, WEEK + 1]) {
      await signIn();
      await world.control("/clock/advance", { seconds });
      await sf.logoutWithRedirect({ redirectUri: HOME });
      const { elsewhere } = await visitor.open(tab.left);
      assert.equal(elsewhere, HOME);
      tab.open(elsewhere);
      assert.equal(await sf.ensureSession(), null);
      await sf.login({ redirectUri: CALLBACK });
      await assert.rejects(visitor.continueAsBefore(tab.left), /no “Continue”/);
    }
  });
});
