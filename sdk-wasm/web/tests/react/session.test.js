import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openPage } from "./kit/dom.js";
import { failure, fakeClient, IN, LEFT, NOBODY } from "./kit/fake.js";
import { load, versions } from "./kit/load.js";
import { stage } from "./kit/stage.js";

openPage();

for (const version of versions) {
  const kit = await load("page", version);
  const { createElement, SignedIn, SignedOut, useIdentity, useSession } = kit;

  const gates = [createElement(SignedIn, { key: "in" }, "in"), createElement(SignedOut, { key: "out" }, "out")];

  function sessionProbe(seen = { history: [] }) {
    const Probe = () => {
      Object.assign(seen, useSession());
      seen.history.push(seen.status);
      return null;
    };
    return [createElement(Probe, { key: "session" }), seen];
  }

  function identityProbe(seen = {}) {
    const Probe = () => {
      const [identity, status] = useIdentity();
      Object.assign(seen, { identity, ...status });
      return null;
    };
    return [createElement(Probe, { key: "identity" }), seen];
  }

  describe(`the session, React ${version}`, () => {
    test("a page that is no callback shows who is signed out, after one look", async () => {
      const client = fakeClient({ state: NOBODY });
      const page = stage(kit, client);
      await page.show(...gates);
      assert.equal(page.text(), "out");
      assert.deepEqual(client.calls, ["handleRedirect"], "once, though React mounts everything twice");
      await page.close();
    });

    test("on the callback nobody is shown as signed out; then the address is what it was", async () => {
      const client = fakeClient({
        state: NOBODY,
        redirect: async () => {
          client.become(IN);
          return { signedIn: true, returnTo: "/notes/7?tab=all" };
        },
      });
      const page = stage(kit, client);
      history.replaceState({ scroll: 3 }, "", "/callback");
      const release = client.hold();
      const [probe, seen] = sessionProbe();
      await page.show(...gates, probe);
      assert.equal(page.text(), "");
      await page.after(release);
      assert.equal(page.text(), "in");
      assert.ok(!seen.history.includes("signedOut"));
      assert.equal(location.pathname + location.search, "/notes/7?tab=all");
      assert.deepEqual(history.state, { scroll: 3 });
      await page.close();
    });

    test("an app with a router is told where to go, once", async () => {
      const went = [];
      const client = fakeClient({
        state: NOBODY,
        redirect: async () => {
          client.become(IN);
          return { signedIn: true, returnTo: "/notes/7" };
        },
      });
      const page = stage(kit, client, { onRedirect: (result) => went.push(result.returnTo) });
      history.replaceState(null, "", "/callback");
      await page.show(...gates);
      assert.deepEqual(went, ["/notes/7"]);
      assert.equal(location.pathname, "/callback");
      await page.close();
    });

    test("a callback that is refused is an error of the session, until a sign-in works", async () => {
      const redirect = async () => {
        throw failure("callback_refused", { reason: "state_unknown" });
      };
      const client = fakeClient({ state: NOBODY, redirect });
      const page = stage(kit, client);
      const [probe, seen] = sessionProbe();
      await page.show(...gates, probe);
      assert.deepEqual([page.text(), seen.error.code], ["out", "callback_refused"]);
      await page.after(() => client.become(IN));
      assert.deepEqual([page.text(), seen.error], ["in", undefined]);
      await page.close();
    });

    test("an app may complete the login itself", async () => {
      const client = fakeClient({ state: NOBODY });
      const page = stage(kit, client, { handleRedirect: false });
      await page.show(...gates);
      assert.deepEqual([page.text(), client.calls], ["out", []]);
      await page.close();
    });

    test("who was signed in before React came is so from the first moment on", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const [probe, seen] = sessionProbe();
      await page.show(probe);
      assert.deepEqual([...new Set(seen.history)], ["signedIn"]);
      await page.close();
    });

    test("in a locked workspace the user is signed in", async () => {
      const page = stage(kit, fakeClient({ state: { status: "locked" } }));
      await page.show(...gates);
      assert.equal(page.text(), "in");
      await page.close();
    });

    test("the reason of a sign-out is there", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const [probe, seen] = sessionProbe();
      await page.show(probe);
      await page.after(() => client.become({ status: "signedOut", reason: "expired", data: "intact" }));
      assert.deepEqual([seen.status, seen.reason, seen.data], ["signedOut", "expired", "intact"]);
      await page.close();
    });

    test("a sign-in that is blocked is an error of the session; nobody has to catch it", async () => {
      const client = fakeClient({ state: LEFT });
      const page = stage(kit, client);
      const [probe, seen] = sessionProbe();
      await page.show(probe);
      client.fail("signIn", failure("login_refused"));
      await page.after(() => seen.signIn({ returnTo: "/notes" }));
      assert.equal(seen.error.code, "login_refused");
      await page.after(() => seen.signIn());
      assert.equal(seen.error, undefined);
      await page.close();
    });

    test("hosted login is gone to in the tick of the click", async () => {
      const client = fakeClient({ state: LEFT });
      const page = stage(kit, client);
      const [probe, seen] = sessionProbe();
      await page.show(probe);
      let calls;
      await page.after(() => {
        seen.signIn();
        calls = [...client.calls];
      });
      assert.deepEqual(calls, ["handleRedirect", "signIn"]);
      await page.close();
    });

    test("signing out", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const [probe, seen] = sessionProbe();
      await page.show(...gates, probe);
      await page.after(() => seen.signOut());
      assert.deepEqual([page.text(), seen.reason], ["out", "by_user"]);
      await page.close();
    });

    test("who is signed in is asked for once a user", async () => {
      const client = fakeClient();
      const page = stage(kit, client);
      const [one, seen] = identityProbe();
      const [other] = identityProbe();
      await page.show(one, createElement("div", { key: "div" }, other));
      assert.equal(seen.identity.email, "ada@example.com");
      assert.deepEqual(client.calls.filter((call) => call === "identity").length, 1);
      await page.after(() => client.become(LEFT));
      assert.equal(seen.identity, undefined);
      client.who = { userId: "2", email: "grace@example.com" };
      await page.after(() => client.become(IN));
      assert.equal(seen.identity.email, "grace@example.com");
      await page.close();
    });

    test("hooks without a provider say what is missing", async () => {
      const { createRoot, act, createElement, useValue } = kit;
      const Lost = () => useValue("theme") && null;
      const errors = console.error;
      console.error = () => {};
      const told = [];
      const catcher = (event) => {
        event.preventDefault?.();
        told.push(event.error ?? event);
      };
      window.addEventListener("error", catcher);
      try {
        const root = createRoot(document.createElement("div"), { onUncaughtError: catcher });
        await assert.rejects(
          async () => {
            await act(async () => root.render(createElement(Lost)));
            throw told[0] ?? new Error("nothing was thrown");
          },
          /no <SecureFlowsProvider>/,
        );
      } finally {
        console.error = errors;
        window.removeEventListener("error", catcher);
      }
    });
  });
}
