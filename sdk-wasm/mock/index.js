"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** The path of the program for this platform; `undefined` when this package has none for it. */
exports.binary = function binary() {
  const name = process.platform === "win32" ? "secureflows-mock.exe" : "secureflows-mock";
  const path = join(__dirname, "bin", `${process.platform}-${process.arch}`, name);
  return existsSync(path) ? path : undefined;
};
