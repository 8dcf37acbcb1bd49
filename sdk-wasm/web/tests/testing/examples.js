// The examples of a document, as files that can be run.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { workshop } from "../kit/package.js";

/** Writes each example of `docs/NAME.md` that begins with the name of a file into a new folder. */
export async function examplesOf(name) {
  const text = await readFile(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
  const bench = await workshop();
  await writeFile(join(bench.folder, "package.json"), '{"type":"module"}');
  for (const [, file, code] of text.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```$/gms)) await writeFile(join(bench.folder, file), code);
  return { ...bench, load: (file) => import(join(bench.folder, file)) };
}
