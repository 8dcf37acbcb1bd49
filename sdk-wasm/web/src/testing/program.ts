import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { MockError } from "./error.js";

const VARIABLE = "SECUREFLOWS_MOCK_BIN";

/**
 * Where the mock's program is: what is given, the environment, the npm package `@secureflows/mock`, in this order.
 *
 * @throws {@link MockError} when there is none; it says how to get it
 */
export function program(given?: string): string {
  if (given !== undefined) return there(given, "`bin`");
  const named = process.env[VARIABLE];
  if (named) return there(named, VARIABLE);
  const packed = ofPackage();
  if (packed !== undefined) return packed;
  throw new MockError(
    "the mock platform's program is nowhere: install it with `cargo install secureflows-mock` and say where it is " +
      `(\`startMock({ bin })\`, or ${VARIABLE} in the environment), or install the npm package \`@secureflows/mock\``,
  );
}

function there(path: string, where: string): string {
  if (existsSync(path)) return path;
  throw new MockError(`${where} names ${path}, and there is no such file: install it with \`cargo install secureflows-mock\``);
}

/** Looked for from where the tests run: it is the app's dependency, not ours. */
function ofPackage(): string | undefined {
  const require = createRequire(join(process.cwd(), "package.json"));
  try {
    const { binary } = require("@secureflows/mock") as { binary: () => string | undefined };
    return binary();
  } catch {
    return undefined;
  }
}
