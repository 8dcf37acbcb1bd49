import { ADA, APP, ENDED, EXPIRED, WORKSPACE, answering, equal, failure, isError, withAda } from "./stage.js";

const TOKEN_LIFE = 7 * 24 * 3600;

/** Every call fails like this, and the client knows that it is signed out. */
async function allCallsFail(client, wanted) {
  isError(await failure(client.get("note")), wanted, "get");
  equal(client.state, { status: "signedOut", reason: wanted.reason, data: wanted.data });
  isError(await failure(client.set("note", 2)), wanted, "set");
  isError(await failure(client.payload()), wanted, "payload");
  isError(await failure(client.identity()), wanted, "identity");
}

export const dead = {
  async "dead.expired"(environment) {
    const stage = await withAda(environment);
    await stage.client.set("note", 1);
    await stage.advance(TOKEN_LIFE - 1);
    equal(await stage.client.get("note"), 1);
    await stage.advance(2);
    await allCallsFail(stage.client, EXPIRED);
    await stage.signIn();
    equal(await stage.client.get("note"), 1);
  },

  async "dead.logged-out-elsewhere"(environment) {
    const stage = await withAda(environment);
    await stage.client.set("note", 1);
    const { sessionToken } = await stage.control("/sign-in", { user: ADA, application: APP });
    await environment.helper.logOut(stage.world.baseUrl, sessionToken);
    await allCallsFail(stage.client, EXPIRED);
    await stage.signIn();
    equal(await stage.client.get("note"), 1);
  },

  async "dead.revoked"(environment) {
    const { client, control } = await withAda(environment);
    await client.set("note", 1);
    await control("/sessions/revoke", { user: ADA });
    await allCallsFail(client, ENDED);
  },

  async "dead.session-expired"(environment) {
    const { client, advance } = await withAda(environment, { world: { payloadTtl: 3600 } });
    await client.set("note", 1);
    await advance(3601);
    await allCallsFail(client, ENDED);
  },

  async "dead.refused-401"(environment) {
    const { client, advance } = await withAda(environment, { world: { profile: "published" } });
    await advance(TOKEN_LIFE + 1);
    await allCallsFail(client, EXPIRED);
  },

  async "dead.refused-401-revoked"(environment) {
    const { client, control } = await withAda(environment, { world: { profile: "published" } });
    await control("/sessions/revoke", { user: ADA });
    isError(await failure(client.set("note", 1)), ENDED);
  },

  async "dead.legacy-403"(environment) {
    const { client, advance } = await withAda(environment, { world: { profile: "legacy" } });
    await advance(TOKEN_LIFE + 1);
    await allCallsFail(client, EXPIRED);
  },

  async "dead.empty-403"(environment) {
    const { client } = await answering(environment, 403, "");
    await allCallsFail(client, EXPIRED);
  },

  async "dead.locked"(environment) {
    const { client, control } = await withAda(environment);
    await client.set("note", 1);
    await control(`/workspaces/${WORKSPACE}/lock`);
    isError(await failure(client.get("note")), { code: "locked", data: "intact" });
    equal(client.state, { status: "locked" });
    isError(await failure(client.set("note", 2)), { code: "locked" });
    await client.identity();
    equal(client.state, { status: "locked" }, "who is signed in says nothing of the lock");
    await control(`/workspaces/${WORKSPACE}/unlock`);
    equal(await client.get("note"), 1);
    equal(client.state, { status: "signedIn" });
  },
};
