// The adapter on the real client and the mock platform.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { load as loadPackage } from "../kit/package.js";
import { ADA, APP, BOB, startMock, WORKSPACE } from "../kit/mock.js";
import { load, versions } from "./kit/load.js";

const { createClient } = await loadPackage();
const { openPage } = await import("./kit/dom.js");
const { stage, valueProbe } = await import("./kit/stage.js");
const mock = await startMock();
openPage();

describe("the adapter on the platform", { concurrency: 1 }, () => {
  after(() => mock.close());
  for (const version of versions) {
    test(`values come, go and change with the user, React ${version}`, async () => {
      const kit = await load("page", version);
      const redirectUri = "https://app.example/callback";
      const world = await mock.world({ redirectUris: [redirectUri] });
      let page;
      const client = createClient({
        origin: world.baseUrl,
        workspace: WORKSPACE,
        appId: APP,
        redirectUri,
        navigate: (url) => void (page = new URL(url)),
      });
      const signIn = async (user) => {
        await client.signIn();
        const state = page.searchParams.get("state");
        const { callbackUrl } = await world.control("/sign-in", { user, application: APP, state });
        await client.handleRedirect(callbackUrl);
      };
      globalThis.IS_REACT_ACT_ENVIRONMENT = true;
      const shown = stage(kit, client);
      const [probe, seen] = valueProbe(kit, "theme");
      await shown.show(probe);
      // From here on answers come when they come.
      globalThis.IS_REACT_ACT_ENVIRONMENT = false;
      const until = async (holds) => {
        for (let round = 0; !holds() && round < 200; round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.ok(holds(), `${holds}: ${JSON.stringify(seen)}`);
      };

      await signIn(ADA);
      await until(() => !seen.pending);
      assert.equal(seen.value, undefined);
      void seen.set("dark");
      await until(() => seen.value === "dark" && !seen.pending);
      assert.equal(await client.get("theme"), "dark");
      await client.set("theme", "dim");
      await until(() => seen.value === "dim");

      await client.signOut({ redirect: false });
      await until(() => seen.value === undefined && !seen.pending);
      await signIn(BOB);
      await until(() => !seen.pending);
      assert.equal(seen.value, undefined, "Bob has none");
      await client.signOut({ redirect: false });
      await signIn(ADA);
      await until(() => seen.value === "dim");
      globalThis.IS_REACT_ACT_ENVIRONMENT = true;
      await shown.close();
      client.close();
    });
  }
});
