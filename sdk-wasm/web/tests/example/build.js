// examples/web-notes, built with Vite against the package as it is installed.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, extname, join } from "node:path";

import { build } from "vite";

import { home } from "../kit/package.js";

const web = join(import.meta.dirname, "../..");
const example = join(web, "../../examples/web-notes");
const folder = join(web, `../../target/web/example-${process.pid}`);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Every file of the app for the platform at `origin`: its path, and what a server says of it. */
export async function buildExample(origin) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ["src", "index.html", "vite.config.js", "tsconfig.json", "package.json"]) {
    cpSync(join(example, part), join(folder, part), { recursive: true });
  }
  for (const tool of ["react", "react-dom", "scheduler", "vite", "@vitejs", "@types"]) link(tool, join(web, "node_modules", tool));
  link("@secureflows/web", home);
  process.env.VITE_SECUREFLOWS_ORIGIN = origin;
  try {
    await build({ root: folder, logLevel: "warn" });
    return Object.fromEntries(files(join(folder, "dist")));
  } finally {
    delete process.env.VITE_SECUREFLOWS_ORIGIN;
  }
}

/** What the compiler says of the app; nothing, when all is well. */
export function checkTypes() {
  const tsc = join(web, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout;
}

export function cleanUp() {
  rmSync(folder, { recursive: true, force: true });
}

function link(name, to) {
  const from = join(folder, "node_modules", name);
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(to, from);
}

function files(dist) {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(dist.length).replace("/index.html", "/");
      return [name, { body: readFileSync(path), type: TYPES[extname(path)] ?? "application/octet-stream" }];
    });
}
