// What docs/server.md shows, run.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";

import { ADA, APP, startMock } from "../kit/mock.js";
import { examplesOf } from "../testing/examples.js";

describe("what docs/server.md shows", () => {
  let examples;
  let mock;
  let authorization;
  const { fetch } = globalThis;

  before(async () => {
    examples = await examplesOf("server");
    mock = await startMock();
    const world = await mock.world({ redirectUris: ["http://localhost/callback"] });
    const { sessionToken } = await world.control("/sign-in", { user: ADA, application: APP });
    authorization = `Bearer ${sessionToken}`;
    // The examples ask production.
    globalThis.fetch = (url, init) => fetch(url.replace("https://www.secure-flows.com", world.baseUrl), init);
  });
  after(async () => {
    globalThis.fetch = fetch;
    mock.close();
    await examples.remove();
  });

  it("is a handler of fetch", async () => {
    const { default: worker } = await examples.load("worker.js");
    const ask = (headers) => worker.fetch(new Request("http://localhost/", { headers }));
    assert.equal((await (await ask({ authorization })).json()).email, ADA);
    assert.equal((await ask({})).status, 401);
    assert.equal((await ask({ authorization: "Bearer forged" })).headers.get("www-authenticate"), 'Bearer error="invalid_token"');
  });

  it("is a server of Node's", async () => {
    const { server } = await examples.load("node.js");
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${server.address().port}/`;
    assert.equal(await (await fetch(url, { headers: { authorization } })).text(), "hello 1");
    const refused = await fetch(url);
    assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, "Bearer"]);
    server.close();
    server.closeAllConnections();
  });

  it("is a middleware that passes on what frameworks answer with", async () => {
    const { signedIn } = await examples.load("express.js");
    const request = { headers: { authorization } };
    assert.equal(await new Promise((next) => signedIn(request, {}, next)), undefined);
    assert.equal(request.user.email, ADA);
    const error = await new Promise((next) => signedIn({ headers: {} }, {}, next));
    assert.deepEqual([error.status, error.headers["www-authenticate"]], [401, "Bearer"]);
  });
});
