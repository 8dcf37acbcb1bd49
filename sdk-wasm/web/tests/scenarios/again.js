import { ADA, BOB, BY_USER, EXPIRED, PASSWORD, assert, equal, failure, isError, scripted, until, withAda } from "./stage.js";

const LONGER_THAN_A_TOKEN = 8 * 24 * 3600;

/** A stage whose client signs `who` in again through the login page, and counts how often. Ada is signed in. */
async function stageWith(environment, who) {
  const visitor = await environment.helper.visitor();
  const events = [];
  const counted = { logins: 0, events };
  const reauthenticate = (page) => {
    counted.logins++;
    return visitor("signIn", page, who, PASSWORD);
  };
  const stage = await withAda(environment, { client: { reauthenticate, onEvent: (event) => void events.push(event) } });
  return Object.assign(stage, { counted });
}

export const again = {
  async "again.single-flight"(environment) {
    const { client, advance, counted } = await stageWith(environment, ADA);
    await client.set("note", 1);
    await advance(LONGER_THAN_A_TOKEN);
    const call = async (_, number) => {
      if (number % 2 === 0) equal(await client.get("note"), 1);
      else await client.set(`k${number}`, number);
    };
    await Promise.all(Array.from({ length: 200 }, call));
    equal(counted.logins, 1);
    equal(Object.keys(await client.payload()).length, 101);
  },

  async "again.late-answer"(environment) {
    const { client, advance, wire, counted } = await stageWith(environment, ADA);
    await client.set("note", 1);
    await advance(LONGER_THAN_A_TOKEN);
    const release = wire.holdNext();
    const late = client.get("note");
    await until(() => wire.held === 1);
    // Another call meets the dead token and signs in again, before the first one's 410 is in.
    equal(await client.get("note"), 1);
    counted.events.length = 0;
    release();
    equal(await late, 1, "it is tried once more with the new token");
    equal(client.state, { status: "signedIn" });
    equal([counted.logins, counted.events], [1, []], "nothing changed");
  },

  async "again.other-user"(environment) {
    const { client, advance, counted } = await stageWith(environment, BOB);
    await advance(LONGER_THAN_A_TOKEN);
    const calls = [failure(client.get("note")), failure(client.set("note", "ada's secret"))];
    for (const error of await Promise.all(calls)) isError(error, { code: "user_changed" });
    equal(counted.logins, 1);
    equal(await client.payload(), {}, "nothing of Ada's was sent as Bob");
    equal((await client.identity()).email, BOB);
    assert(counted.events.some(({ type }) => type === "userChanged"), "it is told");
  },

  async "again.nobody-known"(environment) {
    const expired = { status: 410, body: '{"error":"Session token expired"}' };
    const { script, client } = await scripted(
      environment,
      [
        { path: "/api/v1/sessions/identity", status: 200, body: '{"userId":null,"email":null}' },
        { path: "/api/v1/sessions/set/note", ...expired },
      ],
      {
        reauthenticate: async (page) => {
          const state = new URL(page).searchParams.get("state");
          return `${environment.redirectUri}?sessionToken=new&state=${state}`;
        },
      },
    );
    isError(await failure(client.set("note", 1)), { code: "user_changed" });
    const sets = (await script.requests()).filter((request) => request.startsWith("POST"));
    equal(sets.length, 1, "it is not sent again");
  },

  async "again.declined"(environment) {
    let attempts = 0;
    const reasons = [];
    let all = 0;
    const reauthenticate = async () => {
      attempts++;
      // The window stays open until all who shall wait do.
      await until(() => wire.answered >= all);
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error("the window was closed");
    };
    const onEvent = ({ type, error }) => void (type === "loginFailed" && reasons.push(error.message));
    const { client, advance, wire } = await withAda(environment, { client: { reauthenticate, onEvent } });
    await advance(LONGER_THAN_A_TOKEN);
    all = wire.answered + 3;
    const calls = [client.get("a"), client.set("b", 1), client.delete("c")];
    for (const error of await Promise.all(calls.map(failure))) isError(error, EXPIRED);
    equal(attempts, 1);
    isError(await failure(client.get("a")), EXPIRED);
    equal(attempts, 2, "the next call may try again");
    await until(() => reasons.length === 2);
    assert(reasons.every((reason) => reason.includes("the window was closed")), `${reasons}`);
  },

  async "again.signed-out-meanwhile"(environment) {
    let begun = 0;
    const reauthenticate = () => (begun++, new Promise(() => {}));
    const stage = await withAda(environment, { client: { reauthenticate } });
    const { client } = stage;
    await stage.advance(LONGER_THAN_A_TOKEN);
    const waiting = Array.from({ length: 5 }, () => failure(client.get("note")));
    await until(() => begun === 1);
    await client.signOut({ redirect: false });
    for (const error of await Promise.all(waiting)) isError(error, BY_USER);
    await stage.signIn();
    equal(await client.get("note"), undefined);
  },

  async "again.abandoned"(environment) {
    const reauthenticate = async () => Promise.reject("not now");
    const { client, loginPage, advance } = await withAda(environment, { client: { reauthenticate } });
    await client.get("note");
    await loginPage();
    await advance(LONGER_THAN_A_TOKEN);
    isError(await failure(client.get("note")), EXPIRED);
    await loginPage();
    equal(client.state, { status: "signingIn" });
    isError(await failure(client.get("note")), EXPIRED);
    client.cancelSignIn();
    equal(client.state, { status: "signedOut", reason: "expired", data: "intact" });
  },

  async "again.revoke"(environment) {
    const { client, advance, counted } = await stageWith(environment, ADA);
    await client.set("note", 1);
    await advance(LONGER_THAN_A_TOKEN);
    isError(await failure(client.destroyAllData({ confirm: "destroy" })), EXPIRED);
    equal(counted.logins, 0);
    equal(await client.get("note"), 1, "the data is there");
  },

  async "again.none"(environment) {
    const { client, advance, wire } = await withAda(environment);
    await advance(LONGER_THAN_A_TOKEN);
    isError(await failure(client.get("note")), EXPIRED);
    const { sent } = wire;
    isError(await failure(client.get("note")), EXPIRED);
    equal(wire.sent, sent, "a token known to be dead is not sent");
  },
};
