import { assert, equal, failure, isError, scripted, setStage } from "./stage.js";

const CANARY = "canary-7f3a9c51d2e84b06";

export const secret = {
  async "secret.never-printed"(environment) {
    const { redirectUri } = environment;
    const printed = [];
    const events = [];
    const get = { key: "k", value: CANARY };
    const { client, script } = await scripted(
      environment,
      [
        { path: "/api/v1/sessions/identity", status: 200, body: '{"userId":1,"email":null}' },
        { path: "/api/v1/sessions/get/k", status: 200, body: JSON.stringify(get) },
        { status: 400, body: `{"error":"bad value, bad token ${CANARY}"}` },
      ],
      { token: CANARY, onEvent: (event) => void events.push(event) },
    );
    await script.requests();
    const state = `sf1.${"0".repeat(32)}`;
    await client.get("k");
    for (const error of [
      await failure(client.set("k", 1)),
      await failure(client.handleRedirect(`${redirectUri}?sessionToken=${CANARY}&state=${state}`)),
      await failure(client.setJson("k", CANARY)),
      await failure(client.signIn({ payload: CANARY })),
    ]) {
      printed.push(error.message, String(error), JSON.stringify(error), JSON.stringify({ ...error }), error.stack);
    }
    printed.push(JSON.stringify(client), JSON.stringify(client.state), String(client), JSON.stringify(events));
    printed.push(environment.inspect(client), environment.inspect(events));
    for (const text of printed) assert(!text?.includes(CANARY), text);
  },

  async "secret.bound"(environment) {
    const home = await setStage(environment);
    const away = await environment.helper.script([]);
    const callback = await home.visitor("signIn", await home.loginPage(), "ada@example.com", "correct horse battery staple");
    const stranger = home.another({ origin: away.origin }).client;
    isError(await failure(stranger.handleRedirect(callback)), { code: "callback_refused", reason: "state_foreign" });
    equal(await away.requests(), [], "it was not sent");
  },
};
