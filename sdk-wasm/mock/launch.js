#!/usr/bin/env node
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const { binary } = require("./index.js");

const program = binary();
if (program === undefined) {
  fail(`there is no program for ${process.platform}-${process.arch} in this package: install one with \`cargo install secureflows-mock\``);
} else {
  const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  child.on("error", (error) => fail(error.message));
  // A terminal's Ctrl-C reaches the program by itself.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
  });
}

function fail(message) {
  console.error(`secureflows-mock: ${message}`);
  process.exitCode = 1;
}
