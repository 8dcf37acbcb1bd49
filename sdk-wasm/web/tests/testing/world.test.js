// The mock platform from JavaScript, as an app's own tests have it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { load, need } from "../kit/package.js";
import { program } from "./program.js";

const REDIRECT = "http://127.0.0.1:7878/callback";
const ADA = "ada@example.com";
const GRACE = "grace@example.com";

for (const [form, entry] of [["ESM", load], ["CommonJS", need]]) {
  describe(`worlds, as ${form}`, { concurrency: 4 }, () => {
    let createClient;
    let first;

    before(async () => {
      ({ createClient } = await entry("index"));
      first = await (await entry("testing")).startMock({ bin: program });
    });
    after(() => first.close());

    const clientOf = (world, more) => createClient({ ...world.clientOptions(), redirectUri: REDIRECT, ...more });
    const signedIn = async (world, user = ADA) => {
      const client = clientOf(world);
      await world.signIn(user, client);
      return client;
    };

    it("sign a client in without pages, by its own login", async () => {
      const world = await first.startWorld();
      const client = clientOf(world);
      const result = await world.signIn(ADA, client);
      assert.equal(result.signedIn, true);
      assert.equal(client.state.status, "signedIn");
      assert.equal((await client.identity()).email, ADA);
      assert.deepEqual(await client.set("theme", "dark"), { theme: "dark" });
    });

    it("sign several clients in at once, each as its own user", async () => {
      const world = await first.startWorld();
      const users = [ADA, GRACE, ADA, GRACE];
      const clients = await Promise.all(users.map((user) => signedIn(world, user)));
      const emails = await Promise.all(clients.map(async (client) => (await client.identity()).email));
      assert.deepEqual(emails, users);
    });

    it("take anything that signs in and handles its callback", async () => {
      const world = await first.startWorld();
      const standIn = {
        async signIn() {
          await Promise.resolve();
          const query = new URLSearchParams({ workspace_name: "acme", app_id: "acme-notes", redirect_uri: REDIRECT, state: "a b&c" });
          await world.navigate(`${world.origin}/app/sessions/login?${query}`);
        },
        handleRedirect: async (url) => url,
      };
      const callback = new URL(await world.signIn(ADA, standIn));
      assert.equal(callback.origin + callback.pathname, REDIRECT);
      assert.equal(callback.searchParams.get("state"), "a b&c");
      assert.ok(callback.searchParams.get("sessionToken"));
    });

    it("say what is missing of a client that goes elsewhere", async () => {
      const world = await first.startWorld();
      const elsewhere = clientOf(world, { navigate: () => {} });
      await assert.rejects(world.signIn(ADA, elsewhere), /navigate: world\.navigate/);
      const another = clientOf(await first.startWorld(), { navigate: world.navigate });
      await assert.rejects(world.signIn(ADA, another), /this world's `origin`/);
    });

    it("do a client's logout on the platform", async () => {
      const world = await first.startWorld();
      const client = await signedIn(world);
      await client.set("k", 1);
      await client.signOut();
      assert.equal(client.state.reason, "by_user");
      await world.journal.waitFor({ operation: "auth.logout_browser", status: 302 }, { timeout: 1 });
      await world.signIn(ADA, client);
      assert.equal(await client.get("k"), 1, "the data is there still");
    });

    it("give tokens without a client", async () => {
      const world = await first.startWorld();
      const ada = await world.signIn(ADA, { state: "s", userToken: true, support: true });
      assert.match(ada.callbackUrl, /sessionToken=.*&state=s$/);
      assert.equal(ada.userId, "1");
      const authorization = `Bearer ${ada.sessionToken}`;
      const who = await (await fetch(`${world.origin}/api/v1/sessions/identity`, { headers: { authorization } })).json();
      assert.equal(who.email, ADA);
      assert.ok(ada.userToken && ada.supportToken && ada.identityToken);
      assert.equal((await world.signIn(GRACE)).supportToken, undefined);
    });

    it("have a clock of their own", async () => {
      const world = await first.startWorld({ startsAt: new Date("2027-05-01T12:00:00Z") });
      assert.equal((await world.clock.now()).toISOString(), "2027-05-01T12:00:00.000Z");
      const client = await signedIn(world);
      const { now } = await world.clock.advance({ days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 });
      assert.equal(now.toISOString(), "2027-05-02T14:03:04.005Z");
      const [deadline] = await world.clock.deadlines();
      assert.equal(deadline.kind, "sessionToken");
      const { fired } = await world.clock.advanceToNext();
      assert.deepEqual(fired, [deadline]);
      await assert.rejects(client.get("k"), { code: "signed_out", data: "intact" });
      await assert.rejects(world.clock.set("2027-01-01T00:00:00Z"), { name: "MockError", status: 409 });
      await world.clock.set("2027-01-01T00:00:00Z", { back: true });
      assert.equal((await world.clock.now()).getUTCMonth(), 0);
    });

    it("fail as told, and tell what was asked", async () => {
      const world = await first.startWorld();
      const client = await signedIn(world);
      const fault = { operation: "sessions.set", times: 2, effect: { kind: "cutAfterCommit" } };
      const id = await world.faults.add(fault);
      const never = await world.faults.add({ operation: "sessions.get", user: GRACE, effect: { kind: "status", status: 503 } });
      await client.set("k", 1);
      const [{ fault: laid, fired }] = await world.faults.list();
      assert.deepEqual([laid.operation, laid.effect.kind, fired], ["sessions.set", "cutAfterCommit", 2]);
      assert.deepEqual((await world.faults.unfired()).map((report) => report.id), [never]);
      const struck = await world.journal.waitFor({ operation: "sessions.set", user: ADA });
      assert.equal(struck.fault, id);
      const written = await world.journal.entries({ operation: "sessions.set", after: struck.id, status: 200 });
      assert.equal(written.length, 1);
      await world.faults.remove(never);
      await world.faults.clear();
      assert.deepEqual(await world.faults.list(), []);
      await assert.rejects(world.faults.add({ ...fault, operation: "sessions.sit" }), /sessions\.set/);
    });

    it("say what came when a request did not", async () => {
      const world = await first.startWorld();
      await assert.rejects(world.journal.waitFor({ operation: "sessions.set" }, { timeout: 1 }), /within 1 ms.*none came/);
      await (await signedIn(world)).get("k");
      await assert.rejects(world.journal.waitFor({ operation: "sessions.set" }, { timeout: 1 }), /sessions\.get/);
    });

    it("grow: workspaces, applications, users, locks, revocations", async () => {
      const world = await first.startWorld();
      await world.addUser({ email: "new@example.com", workspace: "acme" });
      await world.addApplication({ appId: "acme-tasks", redirectUris: [REDIRECT] });
      await world.addWorkspace({ name: "other", applications: [{ appId: "other-app", redirectUris: [REDIRECT] }], users: [{ email: "o@example.com" }] });
      const other = clientOf(world, { workspace: "other", appId: "other-app" });
      await world.signIn("o@example.com", other);
      assert.equal((await other.identity()).email, "o@example.com");
      const client = clientOf(world, { appId: "acme-tasks" });
      await world.signIn("new@example.com", client);
      await world.lockWorkspace("acme");
      await assert.rejects(client.get("k"), { code: "locked" });
      await world.unlockWorkspace("acme");
      assert.equal(await client.get("k"), undefined);
      assert.equal(await world.revokeSessions("new@example.com"), 1);
      await assert.rejects(client.get("k"), { code: "signed_out" });
      await assert.rejects(world.signIn("nobody@example.com"), { name: "MockError", status: 404 });
    });

    it("are kept apart, reproducible, and end when they are closed", async () => {
      const options = { seed: 7, workspaces: [{ name: "w", planName: "pro", applications: [{ appId: "app" }], users: [{ email: ADA }] }] };
      const [one, two] = await Promise.all([first.startWorld(options), first.startWorld(options)]);
      assert.notEqual(one.origin, two.origin);
      assert.equal((await one.signIn(ADA)).sessionToken, (await two.signIn(ADA)).sessionToken);
      assert.equal((await one.signIn(ADA)).callbackUrl, undefined);
      assert.equal((await two.journal.entries()).length, 0);
      await one.close();
      await one.close();
      await assert.rejects(one.clock.now(), /no mock platform answers/);
      await two.clock.now();
    });

    it("go back to what they were", async () => {
      const world = await first.startWorld();
      const client = await signedIn(world);
      await client.set("k", "before");
      const snapshot = await world.snapshot();
      await client.set("k", "after");
      await world.restore(snapshot);
      assert.equal(await client.get("k"), "before");
    });

    it("are steered beyond what has a method", async () => {
      const world = await first.startWorld();
      await world.control("PATCH", "/edge", { framingHeaders: true });
      assert.equal((await world.control("GET", "/edge")).framingHeaders, true);
    });
  });
}
