import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openPage } from "./kit/dom.js";
import { failure, fakeClient, IN, LEFT } from "./kit/fake.js";
import { load, versions } from "./kit/load.js";
import { stage, valueProbe } from "./kit/stage.js";

openPage();

for (const version of versions) {
  const kit = await load("page", version);

  describe(`useValue, React ${version}`, () => {
    test("a key is read once, whoever shows it and however often React mounts it", async () => {
      const client = fakeClient({ data: { theme: "dark" } });
      const page = stage(kit, client);
      const [one] = valueProbe(kit, "theme");
      const [other] = valueProbe(kit, "theme");
      await page.show(kit.createElement("div", null, one), other);
      assert.equal(page.text(), '"dark""dark"');
      assert.deepEqual(client.calls.filter((call) => call.startsWith("get")), ["get theme"]);
      await page.close();
      assert.equal(client.watching(), 0, "nobody watches any more");
    });

    test("nothing is pending once a key is known to hold nothing", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const release = client.hold();
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      assert.deepEqual([seen.value, seen.pending], [undefined, true]);
      await page.after(release);
      assert.deepEqual([seen.value, seen.pending, seen.error], [undefined, false, undefined]);
      await page.close();
    });

    test("what is set is shown before the platform answers", async () => {
      const client = fakeClient({ data: { theme: "light" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      const release = client.hold();
      await page.after(() => seen.set("dark"));
      assert.deepEqual([seen.value, seen.pending, client.data.theme], ["dark", true, "light"]);
      await page.after(release);
      assert.deepEqual([seen.value, seen.pending, client.data.theme], ["dark", false, "dark"]);
      await page.close();
    });

    test("what the platform refuses is taken back, and says why; nobody has to catch it", async () => {
      const client = fakeClient({ data: { theme: "light" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      const release = client.hold();
      client.fail("set", failure("quota_exceeded"));
      await page.after(() => seen.set("dark"));
      assert.equal(seen.value, "dark");
      await page.after(release);
      assert.deepEqual([seen.value, seen.pending, seen.error.code], ["light", false, "quota_exceeded"]);
      await page.after(() => seen.set("dim"));
      assert.deepEqual([seen.value, seen.error], ["dim", undefined]);
      await page.close();
    });

    test("who awaits a write gets its error", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      client.fail("set", failure("forbidden"));
      let caught;
      await page.after(() => seen.set("dark").catch((error) => (caught = error)));
      assert.equal(caught.code, "forbidden");
      await page.close();
    });

    test("a refused write does not take back the one after it", async () => {
      const client = fakeClient({ data: { count: 0 } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "count");
      await page.show(probe);
      client.fail("set", failure("unavailable"));
      const releaseFirst = client.hold();
      await page.after(() => seen.set(1));
      const releaseSecond = client.hold();
      await page.after(() => seen.set(2));
      await page.after(releaseFirst);
      assert.deepEqual([seen.value, seen.pending], [2, true]);
      await page.after(releaseSecond);
      assert.deepEqual([seen.value, client.data.count], [2, 2]);
      await page.close();
    });

    test("a write whose outcome is unknown is looked up", async () => {
      const client = fakeClient({ data: { theme: "light" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      client.fail("set", failure("outcome_unknown", { outcome: "unknown" }));
      client.data = { theme: "dark" };
      await page.after(() => seen.set("dark"));
      assert.deepEqual([seen.value, seen.error.code], ["dark", "outcome_unknown"]);
      await page.close();
    });

    test("an answer that a write overtook is not shown", async () => {
      const client = fakeClient({ data: { theme: "light" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      const release = client.hold();
      let old;
      client.get = (get => (key) => (old = get(key).then(() => "old")))(client.get);
      await page.after(() => seen.reload());
      const releaseSet = client.hold();
      await page.after(() => seen.set("dark"));
      await page.after(releaseSet);
      await page.after(release);
      assert.equal(await old, "old");
      assert.deepEqual([seen.value, seen.pending], ["dark", false]);
      await page.close();
    });

    test("a function makes the new value of the platform's, not of ours", async () => {
      const client = fakeClient({ data: { cart: ["tea"] } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "cart");
      await page.show(probe);
      const release = client.hold();
      await page.after(() => {
        seen.set((cart) => [...cart, "milk"]);
        seen.set((cart) => [...cart, "sugar"]);
      });
      assert.deepEqual(seen.value, ["tea", "milk", "sugar"]);
      client.data = { cart: ["coffee"] };
      await page.after(release);
      assert.deepEqual(seen.value, ["coffee", "milk", "sugar"]);
      await page.close();
    });

    test("undefined removes", async () => {
      const client = fakeClient({ data: { draft: "x" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "draft");
      await page.show(probe);
      await page.after(() => seen.set(undefined));
      assert.deepEqual([seen.value, "draft" in client.data], [undefined, false]);
      assert.deepEqual(client.calls.slice(-1), ["delete draft"], "and nothing is read for its sake");
      await page.close();
    });

    test("what other parts of the app write is shown", async () => {
      const client = fakeClient({ data: { theme: "light" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      await page.after(() => client.set("theme", "dark"));
      assert.equal(seen.value, "dark");
      await page.close();
    });

    test("a failed read says why and can be made again; a bad key is no more than that", async () => {
      const client = fakeClient({ data: { theme: "dark" } });
      const page = stage(kit, client);
      client.fail("get", failure("unavailable", { retryable: true }));
      const [probe, seen] = valueProbe(kit, "theme");
      await page.show(probe);
      assert.deepEqual([seen.value, seen.pending, seen.error.code], [undefined, false, "unavailable"]);
      await page.after(() => seen.reload());
      assert.deepEqual([seen.value, seen.error], ["dark", undefined]);

      client.fail("get", failure("invalid"));
      const [bad, seenBad] = valueProbe(kit, "");
      await page.show(bad);
      assert.equal(seenBad.error.code, "invalid");
      await page.close();
    });

    test("a sign-out empties the cache, and who comes next sees what is theirs", async () => {
      const client = fakeClient({ data: { name: "Ada" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "name");
      await page.show(probe);
      assert.equal(seen.value, "Ada");
      await page.after(() => client.become(LEFT));
      assert.deepEqual([seen.value, seen.pending], [undefined, false]);
      const release = client.hold();
      await page.after(() => client.become(IN, { name: "Grace" }));
      assert.deepEqual([seen.value, seen.pending], [undefined, true]);
      await page.after(release);
      assert.equal(seen.value, "Grace");
      await page.close();
    });

    test("an answer to the user before is not shown to the next", async () => {
      const client = fakeClient({ data: { name: "Ada" } });
      const page = stage(kit, client);
      const releases = [client.hold()];
      const [probe, seen] = valueProbe(kit, "name");
      const adas = client.get("name");
      client.get = () => adas;
      await page.show(probe);
      const grace = fakeClient({ data: { name: "Grace" } });
      client.get = grace.get;
      await page.after(() => client.become(LEFT));
      await page.after(() => client.become(IN));
      assert.equal(seen.value, "Grace");
      await page.after(() => releases.forEach((release) => release()));
      await adas;
      assert.equal(seen.value, "Grace");
      assert.ok(!seen.history.includes("Ada"));
      await page.close();
    });

    test("somebody else without a sign-out between: what was shown goes, what is theirs comes", async () => {
      const client = fakeClient({ data: { name: "Ada" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "name");
      await page.show(probe);
      const release = client.hold();
      await page.after(() => client.swap({ name: "Grace" }));
      assert.equal(seen.value, undefined);
      await page.after(release);
      assert.equal(seen.value, "Grace");
      await page.close();
    });

    test("a client that gives the same status anew has another user", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "name");
      await page.show(probe);
      assert.deepEqual([seen.value, seen.pending], [undefined, false]);
      await page.after(() => client.become({ status: "signedIn" }, { name: "Grace" }));
      assert.equal(seen.value, "Grace");
      await page.close();
    });

    test("the error of a read for the user before is not shown to the next", async () => {
      const client = fakeClient({ data: { name: "Ada" } });
      const page = stage(kit, client);
      const release = client.hold();
      client.fail("get", failure("user_changed"));
      const [probe, seen] = valueProbe(kit, "name");
      await page.show(probe);
      await page.after(() => client.become(LEFT));
      const releaseNext = client.hold();
      await page.after(() => client.become(IN, { name: "Grace" }));
      await page.after(release);
      assert.deepEqual([seen.value, seen.pending, seen.error], [undefined, true, undefined]);
      await page.after(releaseNext);
      assert.equal(seen.value, "Grace");
      await page.close();
    });

    test("a lock keeps what is shown", async () => {
      const client = fakeClient({ data: { name: "Ada" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "name");
      await page.show(probe);
      const reads = client.calls.length;
      await page.after(() => client.become({ status: "locked" }));
      await page.after(() => client.become(IN));
      assert.deepEqual([seen.value, client.calls.length], ["Ada", reads]);
      await page.close();
    });

    test("a value that is shown anew is shown at once, and asked for again", async () => {
      const client = fakeClient({ data: { name: "Ada" } });
      const page = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "name");
      await page.show(probe);
      await page.show();
      client.data = { name: "Ada Lovelace" };
      seen.history.length = 0;
      await page.show(probe);
      assert.ok(!seen.history.includes(undefined));
      assert.equal(seen.value, "Ada Lovelace");
      await page.close();
    });
  });
}
