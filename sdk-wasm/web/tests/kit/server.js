// Serves the tests' pages, and the package beside them, on loopback.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

import { home } from "./package.js";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
const here = join(import.meta.dirname, "../..");

/**
 * `/tests/…` and `/bench/…` are what lies here, `/package/…` is the package. `pages` are further ones: a path to `{ body, type?, headers?,
 * delay? }`, or to a function of the request that gives one.
 */
export async function serve(pages = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://x").pathname);
    try {
      const page = typeof pages[path] === "function" ? await pages[path](request) : pages[path];
      if (page) {
        await new Promise((resolve) => setTimeout(resolve, page.delay ?? 0));
        response.writeHead(page.status ?? 200, { "content-type": page.type ?? "text/html", ...page.headers });
        return void response.end(page.body);
      }
      const file = path.startsWith("/package/") ? join(home, path.slice(9)) : join(here, path);
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not here");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
