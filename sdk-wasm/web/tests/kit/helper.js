// What only Node can do for a scenario. Everything goes in and out as JSON, so that a page can ask for it too.

import { startMock } from "./mock.js";
import { startBroken, startScript } from "./script.js";
import { Visitor } from "./visitor.js";

export async function startHelper() {
  const mock = await startMock();
  const worlds = new Map();
  const visitors = [];
  const scripts = [];
  const open = [];
  return {
    async world(asked) {
      const world = await mock.world(asked);
      worlds.set(world.id, world);
      return { id: world.id, baseUrl: world.baseUrl };
    },
    control: (id, path, body) => worlds.get(id).control(path, body ?? {}),
    async payload(origin, token) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${origin}/api/v1/sessions`, { headers });
      return answer.ok ? answer.json() : undefined;
    },
    async logOut(origin, token) {
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${origin}/api/v1/auth/logout`, { method: "POST", headers });
    },
    visitor: () => visitors.push(new Visitor()) - 1,
    async visit(number, what, page, ...more) {
      const visitor = visitors[number];
      if (what === "read") return (await visitor.open(page)).text;
      if (what === "leave") return (await visitor.open(page)).elsewhere;
      return visitor[what](page, ...more);
    },
    async script(rules) {
      const script = await startScript(rules);
      open.push(script);
      return { number: scripts.push(script) - 1, origin: script.origin };
    },
    requests: (number) => scripts[number].requests,
    async broken(bytes) {
      const { origin, close } = await startBroken(bytes ?? undefined);
      open.push({ close });
      return { origin };
    },
    close() {
      for (const { close } of open) close();
      mock.close();
    },
  };
}
