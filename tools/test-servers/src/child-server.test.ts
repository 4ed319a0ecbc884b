import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild } from "./child-server.ts";

test("a server that cannot start is refused with its output", async () => {
  const folder = await mkdtemp(join(tmpdir(), "etrap-child-"));
  const command = { program: process.execPath, args: ["-e", "console.error('no licence'); process.exit(1)"] };
  const start = startChild({ name: "broken", folder, command: () => command, isUp: () => Promise.resolve(false) });
  await expect(start).rejects.toThrow(/expected broken to start and answer, but it ended: (no licence\s+){3}/);
});

test("a program that is missing is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "etrap-child-"));
  const command = { program: "etrap-no-such-program", args: [] };
  const start = startChild({ name: "missing", folder, command: () => command, isUp: () => Promise.resolve(false) });
  await expect(start).rejects.toThrow(/ENOENT/);
});
