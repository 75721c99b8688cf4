#!/usr/bin/env node
"use strict";
// Starts the program of the platform's package, and ends as it does. What is wrong before that is wrong usage to relapse: 2.
const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `relapse-cli-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${platform}/bin/relapse`);
} catch {
  console.error(`relapse: there is no package ${platform} beside this one: relapse-cli has programs for x86-64 Linux with glibc only, `
    + "and npm must not be told to leave out optional dependencies; elsewhere build it from its source");
  process.exit(2);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// The terminal interrupts both; who ends this process alone means the program.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`relapse: ${program}: ${error.message}`);
  process.exit(2);
});
child.on("exit", (status, signal) => process.exit(signal ? 128 + constants.signals[signal] : status));
