import { ADA, BY_USER, PASSWORD, answering, assert, equal, failure, isError, setStage, withAda } from "./stage.js";

/** Whether the platform takes a token. */
const isGood = async ({ helper }, { world }, token) => (await helper.payload(world.baseUrl, token)) !== undefined;
const tokenOf = (callback) => new URL(callback).searchParams.get("sessionToken");

export const out = {
  async "out.logout"(environment) {
    const stage = await setStage(environment);
    const token = tokenOf(await stage.signIn());
    await stage.client.set("note", 1);
    await stage.client.signOut({ redirect: false });
    isError(await failure(stage.client.get("note")), BY_USER);
    equal(stage.client.state.status, "signedOut");
    equal(await isGood(environment, stage, token), false, "the platform knows of it:");
    await stage.client.signOut({ redirect: false });
    await stage.signIn();
    equal(await stage.client.get("note"), 1);
  },

  async "out.offline"(environment) {
    const stage = await setStage(environment, { client: { timeout: 1000 } });
    const token = tokenOf(await stage.signIn());
    stage.wire.down = true;
    const error = await failure(stage.client.signOut({ redirect: false }));
    isError(error, { code: "signed_out_locally", reason: "unreachable", retryable: true });
    isError(await failure(stage.client.get("note")), BY_USER);
    stage.wire.down = false;
    equal(await isGood(environment, stage, token), true, "the platform was not told:");
    await stage.client.signOut({ redirect: false });
    equal(await isGood(environment, stage, token), false, "now it was:");
  },

  async "out.refused"(environment) {
    const { client, script } = await answering(environment, 403, "<html>The hotel says no</html>");
    const untold = { code: "signed_out_locally", reason: "refused" };
    isError(await failure(client.signOut({ redirect: false })), untold);
    isError(await failure(client.get("note")), BY_USER);
    isError(await failure(client.signOut({ redirect: false })), untold, "it is told again");
    const told = (await script.requests()).filter((request) => request === "POST /api/v1/auth/logout");
    equal(told.length, 2);
  },

  async "out.browser"(environment) {
    const { client, loginPage, lastPage, visitor, redirectUri } = await setStage(environment);
    await client.handleRedirect(await visitor("signIn", await loginPage(), ADA, PASSWORD));
    await client.signOut();
    const home = `${new URL(redirectUri).origin}/`;
    equal(await visitor("leave", lastPage()), home, "the browser comes back");
    isError(await failure(client.get("note")), BY_USER);
    const text = await visitor("read", await loginPage());
    assert(!text.includes("Continue as"), `the browser's own login is gone: ${text}`);
  },

  async "out.revoke"(environment) {
    const stage = await withAda(environment);
    await stage.client.set("note", 1);
    await stage.client.destroyAllData({ confirm: "destroy" });
    const destroyed = { code: "signed_out", reason: "destroyed", data: "destroyed" };
    isError(await failure(stage.client.get("note")), destroyed);
    await stage.signIn();
    equal(await stage.client.get("note"), undefined);
    equal(await stage.client.payload(), {});
  },
};
