import { fileURLToPath } from "node:url";

import { Control } from "./control.js";
import { MockError } from "./error.js";
import { start } from "./process.js";
import { program } from "./program.js";
import type { World } from "./types.js";
import { MockWorld, type Address } from "./world.js";

/** What a mock platform is started with. */
export interface StartOptions {
  /**
   * The program `secureflows-mock`. By default what `SECUREFLOWS_MOCK_BIN` names, else the one of the npm package
   * `@secureflows/mock`.
   */
  bin?: string;
  /** A seed file (TOML) that says what the first world begins with; a demo by default. */
  seed?: string | URL;
  /** How missing and dead session tokens are answered; what the seed file says by default. */
  profile?: "default" | "published" | "legacy";
  /** The port of the first world; a free one by default. */
  port?: number;
}

/** Which mock platform to attach to. By default the one beside which `secureflows-mock exec` runs this process. */
export interface AttachOptions {
  /** The platform's origin. */
  url?: string;
  /** Where it is steered, when that is not `/_mock` there. */
  controlUrl?: string;
}

/**
 * Starts the mock platform, and gives its first world. The world's clock runs unless its seed file says otherwise.
 *
 * It ends with `close()`, and with this process, however that ends. Start one for many tests, and have each make a
 * world of its own: `await world.startWorld()`.
 *
 * @throws {@link MockError} when there is no program, or it does not start: the message says what to do
 */
export async function startMock(options: StartOptions = {}): Promise<World> {
  const { seed, profile, port = 0 } = options;
  const words = ["serve", "--json", "--port", String(port)];
  if (seed !== undefined) words.push("--seed", seed instanceof URL ? fileURLToPath(seed) : seed);
  if (profile !== undefined) words.push("--profile", profile);
  const path = program(options.bin);
  const { line, stop } = await start(path, words);
  try {
    const ready = JSON.parse(line) as Omit<Address, "id">;
    return new MockWorld({ ...ready, id: await idAt(ready.controlUrl) }, stop);
  } catch (cause) {
    await stop();
    throw new MockError(`${path} is no mock platform, or one of another version: ${line}`, { cause });
  }
}

/**
 * Gives the world of a mock platform that is running already. `close()` lets it go on.
 *
 * @throws {@link MockError} when none answers there
 */
export async function attachMock({ url, controlUrl }: AttachOptions = {}): Promise<World> {
  const { SECUREFLOWS_CONTROL_URL, SECUREFLOWS_WORKSPACE, SECUREFLOWS_APP_ID } = process.env;
  const asked = controlUrl ?? (url === undefined ? SECUREFLOWS_CONTROL_URL : `${url.replace(/\/$/, "")}/_mock`);
  if (!asked) throw new MockError("`url` is missing: say where the mock platform is, or run under `secureflows-mock exec`");
  const address = await new Control(asked).call<Address>("GET", "/worlds/self");
  const same = asked === SECUREFLOWS_CONTROL_URL;
  const known = same ? { workspace: SECUREFLOWS_WORKSPACE, appId: SECUREFLOWS_APP_ID } : {};
  return new MockWorld({ ...address, ...known }, async () => {});
}

async function idAt(controlUrl: string): Promise<string> {
  const { id } = await new Control(controlUrl).call<{ id: string }>("GET", "/worlds/self");
  return id;
}
