import { ADA, assert, equal, failure, isError, withAda } from "./stage.js";

export const data = {
  async "data.absent"(environment) {
    const { client } = await withAda(environment);
    equal(await client.get("nothing"), undefined);
    equal(await client.delete("nothing"), false);
  },

  async "data.round-trip"(environment) {
    const { client } = await withAda(environment);
    const nested = { a: { b: [null, false] }, "": "empty key" };
    for (const value of [true, 0, -17, 0.1, "", '日本語 \0 "\\ 😀', [], [1, [2, [3]], {}], {}, nested]) {
      await client.set("k", value);
      equal(await client.get("k"), value);
      equal(await client.delete("k"), true);
      equal(await client.get("k"), undefined);
      equal(await client.delete("k"), false);
    }
  },

  async "data.null"(environment) {
    const { client } = await withAda(environment);
    await client.set("k", null);
    equal(await client.getJson("k"), "null");
    equal(await client.get("k"), null);
  },

  async "data.wrapped"(environment) {
    const { client } = await withAda(environment);
    for (const value of [{ value: 1 }, { value: { value: 2 }, workspaceName: "x" }]) {
      await client.set("k", value);
      equal(await client.get("k"), value);
    }
  },

  async "data.numbers"(environment) {
    const { client } = await withAda(environment);
    for (const number of ["9007199254740993", "-0", "1e400", "0.10000000000000000000000000001"]) {
      await client.setJson("n", number);
      equal(await client.getJson("n"), number);
    }
  },

  async "data.keys"(environment) {
    const { client } = await withAda(environment);
    const keys = [
      "a", "A", "a/b", "a/../b", "../a", "%2e%2e", "%2F", "a%", "a?b=c", "a#b", "a+b", "a b", " ", "…", "日本語",
      "e\u0301", "\u00e9", "😀", "\0", "\r\nX: y", "'; DROP TABLE s; --", "__proto__", "constructor", "a\\b", '"',
      "&amp;", "k".repeat(100),
    ];
    for (const [number, key] of keys.entries()) await client.set(key, number);
    const payload = await client.payload();
    equal(Object.keys(payload).length, keys.length);
    for (const [number, key] of keys.entries()) {
      equal(await client.get(key), number, key);
      equal(Object.getOwnPropertyDescriptor(payload, key)?.value, number, key);
    }
    for (const key of keys) equal(await client.delete(key), true, key);
    equal(await client.payload(), {});
  },

  async "data.bad-key"(environment) {
    const { client, wire } = await withAda(environment);
    const { sent } = wire;
    for (const key of ["", ".", "..", "k".repeat(1025)]) {
      for (const call of [client.get(key), client.set(key, 1), client.delete(key)]) {
        const error = await failure(call);
        isError(error, { code: "invalid", reason: "key", outcome: "not_sent" });
        assert(/use 1 to 1024 bytes/.test(error.message), error.message);
      }
    }
    isError(await failure(client.setJson("k", "{oops")), { code: "invalid", reason: "value" });
    isError(await failure(client.set("k", undefined)), { code: "invalid", reason: "value" });
    equal(wire.sent, sent, "nothing was sent");
  },

  async "data.payload"(environment) {
    const { client } = await withAda(environment);
    equal(await client.payload(), {});
    await client.set("a", 1);
    equal(await client.set("b", [true]), { a: 1, b: [true] });
    equal(await client.payload(), { a: 1, b: [true] });
  },

  async "data.identity"(environment) {
    const stage = await withAda(environment);
    const first = await stage.client.identity();
    equal([typeof first.userId, first.email], ["string", ADA]);
    await stage.client.signOut({ redirect: false });
    await stage.signIn();
    equal(await stage.client.identity(), first);
  },

  async "data.wrong-type"(environment) {
    const { client } = await withAda(environment);
    await client.set("k", "private words");
    const thrown = await failure(client.update("k", (words) => words.map((word) => word)));
    assert(thrown instanceof TypeError && !thrown.message.includes("private"), `${thrown}`);
    equal(await client.getJson("k"), '"private words"', "the value stays");
  },
};
