import { ADA, APP, BOB, PASSWORD, assert, equal, failure, isError, setStage, withAda } from "./stage.js";

const forged = `sf1.${"0".repeat(32)}`;

/** A callback that must be refused, made of a good one. */
async function refuse(environment, spoil, reason) {
  const { client, loginPage, visitor } = await setStage(environment);
  const callback = await visitor("signIn", await loginPage(), ADA, PASSWORD);
  const [rest, state] = callback.split("&state=");
  const error = await failure(client.handleRedirect(spoil(rest, state)));
  isError(error, { code: "callback_refused", reason });
  assert(typeof error.restart === "function", "it says how to begin anew");
  assert(client.state.status !== "signedIn");
}

export const signIn = {
  async "sign-in.hosted-login"(environment) {
    const { client, loginPage, visitor, control, redirectUri, world } = await setStage(environment);
    const page = await loginPage({ returnTo: "/notes" });
    equal(client.state, { status: "signingIn" });
    const callback = await visitor("signIn", page, ADA, PASSWORD);
    assert(callback.startsWith(`${redirectUri}?sessionToken=`) && callback.includes("&state=sf1."), callback);
    equal(await client.handleRedirect(callback), { signedIn: true, returnTo: "/notes" });
    equal(client.state, { status: "signedIn" });
    await client.set("theme", "dark");
    const { sessionToken } = await control("/sign-in", { user: ADA, application: APP });
    equal(await environment.helper.payload(world.baseUrl, sessionToken), { theme: "dark" });
  },

  async "sign-in.continue"(environment) {
    const { client, loginPage, visitor } = await setStage(environment);
    await client.handleRedirect(await visitor("signIn", await loginPage(), ADA, PASSWORD));
    const first = await client.identity();
    const page = await loginPage();
    const text = await visitor("read", page);
    assert(text.includes(`Continue as ${ADA}?`), text);
    equal((await client.handleRedirect(await visitor("continueAsBefore", page))).signedIn, true);
    equal(await client.identity(), first);
  },

  async "sign-in.sign-up"(environment) {
    const { client, loginPage, visitor } = await setStage(environment);
    await client.handleRedirect(await visitor("signUp", await loginPage(), "eve@example.com", "a new password"));
    equal((await client.identity()).email, "eve@example.com");
    equal(await client.payload(), {});
  },

  async "sign-in.first-data"(environment) {
    const { client, loginPage } = await setStage(environment);
    for (const theme of ["dark", "light"]) {
      const page = await loginPage({ payload: { theme }, ttlSeconds: 3600 });
      const browser = await environment.helper.visitor();
      await client.handleRedirect(await browser("signIn", page, ADA, PASSWORD));
      equal(await client.get("theme"), "dark");
    }
  },

  async "sign-in.refused"(environment) {
    const { client, loginPage, visitor } = await setStage(environment);
    const error = await failure(client.handleRedirect(await visitor("cancel", await loginPage())));
    isError(error, { code: "login_refused", reason: "access_denied" });
    equal(client.state.status, "signedOut");
    const callback = await visitor("signIn", await loginPage(), ADA, PASSWORD);
    equal((await client.handleRedirect(callback)).signedIn, true);
  },

  async "sign-in.state-missing"(environment) {
    await refuse(environment, (rest) => rest, "state_missing");
  },

  async "sign-in.state-forged"(environment) {
    await refuse(environment, (rest) => `${rest}&state=${forged}`, "state_unknown");
    await refuse(environment, (rest) => `${rest}&state=guess`, "state_unknown");
  },

  async "sign-in.state-expired"(environment) {
    const { client, loginPage, visitor } = await setStage(environment);
    const callback = await visitor("signIn", await loginPage(), ADA, PASSWORD);
    const { now } = Date;
    try {
      Date.now = () => now() + 11 * 60 * 1000;
      isError(await failure(client.handleRedirect(callback)), { code: "callback_refused", reason: "state_expired" });
    } finally {
      Date.now = now;
    }
  },

  async "sign-in.callback-twice"(environment) {
    const { client, loginPage, visitor } = await setStage(environment);
    const callback = await visitor("signIn", await loginPage(), ADA, PASSWORD);
    const both = await Promise.allSettled([client.handleRedirect(callback), client.handleRedirect(callback)]);
    equal(both.map(({ status }) => status), ["fulfilled", "rejected"]);
    isError(both[1].reason, { code: "callback_refused", reason: "state_unknown" });
    equal(client.state, { status: "signedIn" });
    equal(await client.get("theme"), undefined);
  },

  async "sign-in.state-foreign"(environment) {
    const stage = await setStage(environment);
    const callback = await stage.visitor("signIn", await stage.loginPage(), ADA, PASSWORD);
    const other = stage.another({ appId: "another-app" }).client;
    isError(await failure(other.handleRedirect(callback)), { code: "callback_refused", reason: "state_unknown" });
    equal((await stage.client.handleRedirect(callback)).signedIn, true, "it is not used up");
  },

  async "sign-in.live-token-kept"(environment) {
    const { client, redirectUri } = await withAda(environment);
    await client.set("owner", "ada");
    for (const query of [
      "sessionToken=evil",
      `sessionToken=evil&state=${forged}`,
      `sessionToken=a&sessionToken=b&state=${forged}`,
    ]) {
      await failure(client.handleRedirect(`${redirectUri}?${query}`));
      equal(await client.get("owner"), "ada");
    }
  },

  async "sign-in.other-page"(environment) {
    const { client, redirectUri } = await withAda(environment);
    const before = await client.handleRedirect();
    for (const url of [
      "http://127.0.0.1:7999/",
      "https://evil.example/callback?sessionToken=t&state=x",
      `${redirectUri}?code=1&state=other-library`,
    ]) {
      equal(await client.handleRedirect(url), before, "nothing happens");
    }
    equal(client.state, { status: "signedIn" });
  },

  async "sign-in.same-user"(environment) {
    const { client, loginPage, visitor, advance } = await withAda(environment);
    await client.set("note", 1);
    await advance(8 * 24 * 3600);
    await failure(client.get("note"));
    let page = await loginPage({ sameUser: true });
    assert(page.includes("&session_token="), "the session is named");
    const stranger = await environment.helper.visitor();
    const bobs = await stranger("signIn", page, BOB, PASSWORD);
    isError(await failure(client.handleRedirect(bobs)), { code: "login_refused" });
    page = await loginPage({ sameUser: true });
    equal((await client.handleRedirect(await visitor("signIn", page, ADA, PASSWORD))).signedIn, true);
    equal(await client.get("note"), 1);
    await client.signOut({ redirect: false });
    isError(await failure(loginPage({ sameUser: true })), { code: "invalid", reason: "sameUser" });
  },

  async "sign-in.record-survives"(environment) {
    const stage = await setStage(environment);
    const callback = await stage.visitor("signIn", await stage.loginPage(), ADA, PASSWORD);
    stage.client.close();
    const { client } = stage.another();
    equal((await client.handleRedirect(callback)).signedIn, true);
    equal(client.state, { status: "signedIn" });
  },
};
