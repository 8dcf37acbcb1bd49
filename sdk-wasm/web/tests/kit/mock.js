// The mock platform's program, and worlds of it.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const WORKSPACE = "acme";
export const APP = "acme-notes";
export const ADA = "ada@example.com";
export const BOB = "bob@example.com";
export const PASSWORD = "correct horse battery staple";

/** Starts the program; `close` ends it, and so does the end of this process. */
export async function startMock() {
  const program = process.env.SECUREFLOWS_MOCK_BIN ?? new URL("../../../../target/debug/secureflows-mock", import.meta.url).pathname;
  const mock = spawn(program, ["serve", "--json", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => mock.kill());
  const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: mock.stdout }).once("line", resolve)));
  const steer = control(ready.controlUrl);
  return {
    ...ready,
    /** Another world, with the workspace, the application and both users of every scenario. */
    async world({ redirectUris, profile, payloadTtl, planName = "pro" }) {
      const application = { appId: APP, displayName: "Acme Notes", redirectUris };
      if (payloadTtl) application.sessionPayloadTtlSeconds = payloadTtl;
      const users = [ADA, BOB].map((email) => ({ email, password: PASSWORD }));
      const workspaces = [{ name: WORKSPACE, planName, applications: [application], users }];
      const { id, baseUrl, controlUrl } = await steer("/worlds", { workspaces, ...(profile ? { profile } : {}) });
      return { id, baseUrl, control: control(controlUrl), drop: () => steer(`/worlds/${id}`, undefined, "DELETE") };
    },
    close: () => mock.kill(),
  };
}

/** Calls of a world's control API. */
function control(url) {
  return async (path, body, method = "POST") => {
    const answer = await fetch(url + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}
