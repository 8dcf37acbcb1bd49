import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { home } from "../../kit/package.js";

const here = import.meta.dirname;
const web = join(here, "../../..");
const made = join(web, "../../target/web/react");

/** The versions of React that the adapter works with. */
export const versions = ["18", "19"];

/**
 * `page.js` or `server.js` with React 18 or 19. Bundled, so that everything in it means the same React.
 *
 * @param {"page" | "server"} kit
 * @param {string} version
 */
export async function load(kit, version) {
  mkdirSync(made, { recursive: true });
  const outfile = join(made, `${kit}-${version}-${process.pid}.cjs`);
  const old = version === "18";
  await build({
    entryPoints: [join(here, `${kit}.js`)],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    logLevel: "error",
    nodePaths: [join(web, "node_modules")],
    alias: {
      "@secureflows/web/react": join(home, "dist/esm/react.js"),
      // Whichever lies beside the package: everything here means the same one.
      react: join(web, "node_modules", old ? "react-18" : "react"),
      "react-dom": join(web, "node_modules", old ? "react-dom-18" : "react-dom"),
    },
  });
  const loaded = createRequire(import.meta.url)(outfile);
  rmSync(outfile);
  return loaded;
}
