// Prints what a page loads of the installed package, compressed as servers send it: JSON, one object a measure.
//
//   node size.js FOLDER     the folder in whose node_modules the package is
//   node size.js FILE…      single files

import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const paths = process.argv.slice(2);
const isFolder = statSync(paths[0]).isDirectory();
console.log(JSON.stringify(isFolder ? ofPackage(paths[0]) : paths.map((path) => measure(path, [path]))));

/** A file of the package with every file that it imports, each once. */
function loaded(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, "utf8");
  for (const [, , path] of source.matchAll(/\b(from|import)\s*["'](\.[^"']+)["']/g)) {
    loaded(join(dirname(file), path), seen);
  }
  return seen;
}

function brotli(file) {
  const bytes = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}

function measure(name, files) {
  const sum = (size) => [...files].map(size).reduce((one, other) => one + other, 0);
  return { name, bytes: sum((file) => readFileSync(file).length), brotli: sum(brotli) };
}

function ofPackage(folder) {
  const dist = join(folder, "node_modules/@secureflows/web/dist");
  const entry = (name) => loaded(join(dist, `esm/${name}.js`));
  const wasm = join(dist, "core.wasm");
  return [
    measure("slim, with its module", [...entry("slim"), wasm]),
    measure("default, module inline", entry("index")),
    measure("react, beside either", entry("react")),
    measure("the module alone", [wasm]),
    measure("slim without its module", entry("slim")),
  ];
}
