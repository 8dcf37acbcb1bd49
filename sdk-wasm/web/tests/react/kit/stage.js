import assert from "node:assert/strict";

/**
 * A page with one client, in which tests show what hooks return.
 *
 * @param {object} kit what `load("page", …)` made
 */
export function stage(kit, client, { strict = true, ...props } = {}) {
  const { act, createElement, createRoot, SecureFlowsProvider, StrictMode } = kit;
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  const unhandled = [];
  const onUnhandled = (error) => unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);

  return {
    place,
    /** Shows `children` below a provider, and waits until nothing moves any more. */
    async show(...children) {
      const page = createElement(SecureFlowsProvider, { client, ...props }, ...children);
      await act(async () => root.render(strict ? createElement(StrictMode, null, page) : page));
      await act(settle);
    },
    /** Does something, and waits until nothing moves any more. */
    async after(work) {
      await act(async () => {
        work();
        await settle();
      });
    },
    text: () => place.textContent,
    async close() {
      await act(async () => root.unmount());
      place.remove();
      await settle();
      process.off("unhandledRejection", onUnhandled);
      assert.deepEqual(unhandled, [], "every rejection was handled");
    },
  };
}

/** A component that shows what `useValue` gives, and puts it into `seen`. */
export function valueProbe(kit, key, seen = {}) {
  const { createElement, useValue } = kit;
  seen.history = [];
  const Probe = () => {
    const [value, set, status] = useValue(key);
    Object.assign(seen, { value, set, ...status });
    seen.history.push(value);
    return createElement("p", null, JSON.stringify(value ?? null));
  };
  return [createElement(Probe, { key }), seen];
}

/** Lets everything happen that needs no clock but this turn's. */
function settle() {
  return new Promise((resolve) => setTimeout(resolve));
}
