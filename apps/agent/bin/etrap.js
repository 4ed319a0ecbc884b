#!/usr/bin/env node
// Plain JavaScript that every Node with modules runs. The program itself uses newer syntax and
// functions, which an older Node would report as errors of the program.
const LEAST = [22, 12];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  const needed = `etrap needs Node ≥ ${LEAST.join(".")}, this is ${process.versions.node}`;
  const isJson = process.argv.slice(2).includes("--json");
  process.stderr.write(isJson ? `${JSON.stringify({ error: "NODE_TOO_OLD", message: needed })}\n` : `${needed}\n`);
  process.exitCode = 2;
} else {
  await import("../dist/main.js");
}
