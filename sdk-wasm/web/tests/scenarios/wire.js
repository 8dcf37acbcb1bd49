import { answering, assert, equal, failure, isError, scripted, signedInAt, withAda } from "./stage.js";

const who = { path: "/api/v1/sessions/identity", status: 200, body: '{"userId":1,"email":null}' };

async function broken({ createClient, helper, redirectUri }, bytes, options) {
  const { origin } = await helper.broken(bytes);
  return signedInAt(createClient, origin, redirectUri, options);
}

/** A browser does not tell how far a request came that failed. */
const isUnavailable = (error, what) => isError(error, { code: "unavailable", data: "intact", retryable: true }, what);

export const wire = {
  async "wire.failing"(environment) {
    for (const status of [500, 502, 503, 504]) {
      const { client } = await answering(environment, status, "oops");
      isError(await failure(client.get("k")), { code: "unavailable", reason: "server", status });
      equal(client.state, { status: "signedIn" });
    }
    const { client } = await scripted(environment, [
      who,
      { status: 503, times: 1 },
      { path: "/api/v1/sessions/get/k", status: 200, body: '{"key":"k","value":1}' },
    ]);
    equal(await client.get("k"), 1, "a passing failure is not even seen");
  },

  async "wire.down"(environment) {
    const { client, wire } = await withAda(environment, { client: { timeout: 1000 } });
    const { sent } = wire;
    wire.down = true;
    isError(await failure(client.get("k")), { code: "unavailable", reason: "unreachable", outcome: "not_sent" });
    isError(await failure(client.set("k", 1)), { code: "unavailable", reason: "unreachable", outcome: "not_sent" });
    equal(wire.sent, sent, "nothing was sent");
    equal(client.state, { status: "signedIn" });
    wire.down = false;
    equal(await client.get("k"), undefined);
  },

  async "wire.cut"(environment) {
    for (const bytes of ["", "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"key\":"]) {
      const { client } = await broken(environment, bytes);
      isUnavailable(await failure(client.get("k")));
      equal(client.state, { status: "signedIn" });
    }
  },

  async "wire.wrong-length"(environment) {
    const body = '{"error":"Session revoked"}';
    const { client } = await broken(environment, `HTTP/1.1 410 Gone\r\ncontent-length: 500\r\n\r\n${body}`);
    isUnavailable(await failure(client.get("k")));
    equal(client.state, { status: "signedIn" });
  },

  async "wire.silent"(environment) {
    const { client } = await broken(environment, undefined, { timeout: 400 });
    isError(await failure(client.get("k")), { code: "unavailable", reason: "timed_out" });
    const unknown = { code: "outcome_unknown", reason: "timed_out", outcome: "unknown" };
    isError(await failure(client.set("k", 1)), { ...unknown, data: "intact" });
    isError(await failure(client.destroyAllData({ confirm: "destroy" })), { ...unknown, data: "unknown" });
    equal(client.state, { status: "signedIn" });
  },

  async "wire.page"(environment) {
    for (const [status, reason] of [[200, "not_the_platform"], [502, "server"]]) {
      const { client } = await answering(environment, status, "<!doctype html><p>Welcome to the hotel");
      isError(await failure(client.get("k")), { code: "unavailable", reason, status });
      isError(await failure(client.payload()), { code: "unavailable", reason, status });
      isError(await failure(client.set("k", 1)), { code: "outcome_unknown" });
      equal(client.state, { status: "signedIn" });
    }
    const { client } = await answering(environment, 404, "<!doctype html><p>Not here");
    isError(await failure(client.get("k")), { code: "unavailable", reason: "not_the_platform" }, "not: no value");
  },

  async "wire.redirect"(environment) {
    const elsewhere = await environment.helper.script([]);
    for (const status of [301, 302, 307, 308]) {
      const location = `${elsewhere.origin}/api/v1/sessions/get/k`;
      const { client } = await answering(environment, status, "", { location });
      isError(await failure(client.get("k")), { code: "unavailable", reason: "not_the_platform" });
    }
    equal(await elsewhere.requests(), []);
  },

  async "wire.too-large"(environment) {
    const { client } = await answering(environment, 200, `{"k":"${"x".repeat(9 << 20)}"}`);
    isError(await failure(client.payload()), { code: "unavailable", reason: "answer_too_large" });
    equal(client.state, { status: "signedIn" });
  },

  async "wire.rate-limit"(environment) {
    const at = "/api/v1/sessions/set/k";
    const busy = { path: at, status: 429, headers: { "retry-after": "1" }, times: 1 };
    const { client } = await scripted(environment, [who, busy, { path: at, status: 200, body: '{"k":1}' }]);
    const begun = Date.now();
    await client.set("k", 1);
    assert(Date.now() - begun >= 1000, "the platform's wait is respected");

    const said = "session payload exceeds plan limit (max 2048 bytes)";
    const quota = JSON.stringify({ status: 429, error: said, code: "BILLING_PAYLOAD_LIMIT" });
    const full = await answering(environment, 429, quota);
    const error = await failure(full.client.set("k", 1));
    isError(error, { code: "quota_exceeded", reason: "payload", retryable: false });
    assert(error.message.includes(said), error.message);
    equal((await full.script.requests()).filter((request) => request === `POST ${at}`).length, 1);
  },

  async "wire.odd-refusals"(environment) {
    for (const [status, body] of [
      [400, ""],
      [400, '{"message":"Something"}'],
      [402, '{"error":"Payment required"}'],
      [403, '{"error":"Not yours"}'],
      [403, "<html>forbidden</html>"],
      [409, '{"status":"409"}'],
      [413, "[]"],
      [501, "null"],
    ]) {
      const { client } = await answering(environment, status, body);
      const error = await failure(client.get("k"));
      isError(error, { code: status === 403 ? "forbidden" : "rejected", retryable: false });
      equal(client.state, { status: "signedIn" }, `${status} ${body}`);
    }
  },
};
