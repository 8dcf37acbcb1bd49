// What a scenario is played on, in Node and in a browser alike. Nothing here is Node's own: what only Node can do,
// the pages of hosted login, a broken wire, comes in as `helper`.

export const WORKSPACE = "acme";
export const APP = "acme-notes";
export const ADA = "ada@example.com";
export const BOB = "bob@example.com";
export const PASSWORD = "correct horse battery staple";

/** The wire of a stage: a plug to pull, answers to hold back, requests to count. */
export class Wire {
  sent = 0;
  answered = 0;
  held = 0;
  down = false;
  #holds = [];

  fetch = async (url, init) => {
    if (this.down) throw new TypeError("no connection", { cause: { code: "ECONNREFUSED" } });
    this.sent++;
    const answer = await fetch(url, init);
    this.answered++;
    const hold = this.#holds.shift();
    if (hold) {
      this.held++;
      await hold;
    }
    return answer;
  };

  /** Holds the next answer back, until what it returns is called. */
  holdNext() {
    let release;
    this.#holds.push(new Promise((resolve) => (release = resolve)));
    return release;
  }
}

/** A platform, a client of it that nobody has signed in with, and a person at a browser. */
export async function setStage({ createClient, helper, redirectUri }, { world: asked = {}, client: options = {} } = {}) {
  const world = await helper.world({ redirectUris: [redirectUri], ...asked });
  const wire = new Wire();
  const another = (more = {}) => {
    let page;
    const client = createClient({
      origin: world.baseUrl,
      workspace: WORKSPACE,
      appId: APP,
      redirectUri,
      fetch: wire.fetch,
      navigate: (url) => void (page = url),
      ...more,
    });
    /** The page of a login that begins now. */
    const loginPage = async (login) => (await client.signIn(login), page);
    return { client, loginPage, lastPage: () => page };
  };
  const { client, loginPage, lastPage } = another(options);
  const stage = {
    world,
    wire,
    client,
    loginPage,
    lastPage,
    another,
    redirectUri,
    /** Moves the platform's clock. */
    advance: (seconds) => helper.control(world.id, "/clock/advance", { seconds }),
    control: (path, body) => helper.control(world.id, path, body),
    /** Signs somebody in without pages. */
    async signIn(it = stage, user = ADA) {
      const state = new URL(await it.loginPage()).searchParams.get("state");
      const { callbackUrl } = await stage.control("/sign-in", { user, application: APP, state, redirectUri });
      await it.client.handleRedirect(callbackUrl);
      return callbackUrl;
    },
    /** A person with a browser: `visitor(what, page, …)`. */
    visitor: await helper.visitor(),
  };
  return stage;
}

export async function withAda(environment, options) {
  const stage = await setStage(environment, options);
  await stage.signIn();
  return stage;
}

/** A client, signed in, of a platform that answers by these rules. */
export async function scripted(environment, rules, options = {}) {
  const { createClient, helper, redirectUri } = environment;
  const script = await helper.script(rules);
  return { script, ...(await signedInAt(createClient, script.origin, redirectUri, options)) };
}

/** A client of `origin`, which takes any token, signed in. */
export async function signedInAt(createClient, origin, redirectUri, { token = "a-token", ...options } = {}) {
  let page;
  const navigate = (url) => void (page = url);
  const client = createClient({ origin, workspace: WORKSPACE, appId: APP, redirectUri, navigate, ...options });
  await client.signIn();
  const state = new URL(page).searchParams.get("state");
  await client.handleRedirect(`${redirectUri}?sessionToken=${token}&state=${state}`);
  return { client };
}

/** The same, where everything but who is signed in is answered alike. */
export function answering(environment, status, body, headers) {
  const who = { path: "/api/v1/sessions/identity", status: 200, body: '{"userId":1,"email":null}', times: 1 };
  return scripted(environment, [who, { status, body, headers }]);
}

/** What a call fails with. */
export async function failure(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

export function assert(holds, what = "not as it should be") {
  if (!holds) throw new Error(what);
}

/** Compares as JSON does, and tells `undefined` from null. */
export function equal(seen, wanted, what = "") {
  const shown = (value) => (value === undefined ? "undefined" : JSON.stringify(value));
  if (shown(seen) !== shown(wanted)) throw new Error(`${what} ${shown(seen)}, not ${shown(wanted)}`);
}

/** Compares some fields of an error. */
export function isError(error, wanted, what) {
  const seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, error[name]]));
  equal(seen, wanted, `${what ?? ""} ${error?.message}:`);
  assert(error.name === "SecureFlowsError", `${error.name}: ${error.stack}`);
}

export const EXPIRED = { code: "signed_out", reason: "expired", data: "intact", retryable: false };
export const ENDED = { code: "signed_out", reason: "session_ended", data: "unknown", retryable: false };
export const BY_USER = { code: "signed_out", reason: "by_user", data: "intact" };
