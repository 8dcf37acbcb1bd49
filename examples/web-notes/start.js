// npm start: builds what the app needs, starts the mock platform beside it, and serves it until Ctrl-C.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const here = import.meta.dirname;
const root = join(here, "../..");

if (!existsSync(join(root, "sdk-wasm/web/dist/esm/index.js"))) run("cargo", ["xtask", "web"], root);
run("cargo", ["build", "-p", "secureflows-mock"], root);
if (!existsSync(join(here, "node_modules/vite"))) run("npm", ["ci", "--ignore-scripts"], here);

const origin = await startMock();
process.env.VITE_SECUREFLOWS_ORIGIN = origin;
const { createServer } = await import("vite");
const server = await createServer({ root: here });
await server.listen();

console.log(`
  The app           http://localhost:5173/
  The mock platform ${origin}

  Sign in as ada@example.com with "correct horse battery staple", or sign up as somebody new.
  Ctrl-C ends both.
`);

function run(program, options, cwd) {
  const { error, status } = spawnSync(program, options, { cwd, stdio: "inherit" });
  if (error || status !== 0) {
    console.error(`${program} ${options.join(" ")} failed${error ? `: ${error.message}` : ""}`);
    process.exit(status ?? 1);
  }
}

/** Starts the platform with the example's seed; it ends with this process. */
async function startMock() {
  const folder = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const options = ["serve", "--seed", join(here, "seed.toml"), "--port", "0", "--json"];
  const mock = spawn(join(folder, "debug/secureflows-mock"), options, { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => mock.kill());
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
  mock.on("exit", (code) => process.exit(code ?? 1));
  const line = await new Promise((resolve) => createInterface({ input: mock.stdout }).once("line", resolve));
  return JSON.parse(line).baseUrl;
}
