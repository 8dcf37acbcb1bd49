// A helper, here or on the other side of a page, as scenarios use it.

/** `ask(name, ...arguments)` has the helper's function of that name called. */
export function helperBy(ask) {
  return {
    world: (asked) => ask("world", asked),
    control: (id, path, body) => ask("control", id, path, body),
    payload: async (origin, token) => (await ask("payload", origin, token)) ?? undefined,
    logOut: (origin, token) => ask("logOut", origin, token),
    async visitor() {
      const number = await ask("visitor");
      return (what, page, ...more) => ask("visit", number, what, page, ...more);
    },
    async script(rules) {
      const { number, origin } = await ask("script", rules);
      return { origin, requests: () => ask("requests", number) };
    },
    broken: (bytes) => ask("broken", bytes),
  };
}
