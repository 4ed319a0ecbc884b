import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
/** The contract has no TypeScript. */
const PACKAGES = readdirSync(join(ROOT, "packages")).filter((name) => name !== "notary-contract");

/**
 * The packages whose code, and those whose types alone, a package may import. One that is not
 * listed may import none.
 */
const ARROWS: Readonly<Record<string, { code: readonly string[]; types: readonly string[] }>> = {
  merkle: { code: [], types: [] },
  proof: { code: ["merkle"], types: [] },
  ledger: { code: ["merkle", "proof"], types: [] },
  batcher: { code: ["merkle", "proof", "ledger"], types: [] },
  debezium: { code: [], types: ["batcher", "proof"] },
  "source-redis": { code: ["debezium"], types: ["batcher", "ledger", "proof"] },
  "storage-fs": { code: ["ledger"], types: ["proof"] },
  "storage-s3": { code: ["ledger"], types: [] },
  "anchor-near": { code: ["proof"], types: ["batcher", "ledger"] },
};

const code = (name: string): string => `import { x } from "${name}"; export const y = x();`;
const types = (name: string): string => `import type { X } from "${name}"; export type Y = X;`;

const OTHERS = [
  ...PACKAGES,
  "agent",
  "testdata",
  "batcher/testing",
  "batcher/suites",
  "ledger/testing",
  "ledger/suites",
  "simulation",
  "not-yet-made",
];
const PAIRS = PACKAGES.flatMap((from) => OTHERS.map((to) => [from, to] as const));

/**
 * Imports that the table does not cover: the file, its code, and what the linter must say of it, or
 * nothing where it is allowed.
 */
const SINGLE: readonly (readonly [file: string, source: string, says: string])[] = [
  ["packages/merkle/src/a.ts", code("node:crypto"), "merkle runs in a browser"],
  ["packages/merkle/src/b.ts", code("crypto"), "prefer-node-protocol"],
  ["packages/merkle/src/c.ts", 'export const y = Buffer.from("");', "browsers have none"],
  ["packages/merkle/src/d.ts", code("@noble/hashes/sha2.js"), ""],
  ["packages/proof/src/a.ts", code("node:fs"), "proof runs in a browser"],
  ["packages/proof/src/b.ts", code("../../merkle/src/index.ts"), "stays in its package"],
  ["packages/proof/src/c.ts", code("./../../merkle/src/index.ts"), "stays in its package"],
  ["packages/proof/src/fixtures/a.ts", code("../../../merkle/src/index.ts"), "stays in its package"],
  ["packages/proof/src/fixtures/b.ts", code("../format/record.ts"), ""],
  // Rooms: one may import those below it, and none above it or what puts them together.
  ["packages/proof/src/format/a.ts", code("../bytes/digest.ts"), ""],
  ["packages/proof/src/format/b.ts", code("../proof-error.ts"), ""],
  ["packages/proof/src/format/c.ts", code("../verify/verify-batch.ts"), "imports only rooms below it"],
  ["packages/proof/src/build/a.ts", code("../query/find-row.ts"), "imports only rooms below it"],
  ["packages/proof/src/verify/a.ts", code("../index.ts"), "put the rooms together"],
  ["packages/proof/src/verify/b.ts", code("../fixtures/sample-batch.ts"), "imports only rooms below it"],
  ["packages/batcher/src/intake/a.ts", code("../sealing/seal.ts"), "imports only rooms below it"],
  ["packages/batcher/src/sealing/a.ts", code("../intake/arrival.ts"), ""],
  ["packages/batcher/src/storing/a.ts", code("../run-lane.ts"), "put the rooms together"],
  ["packages/batcher/src/storing/b.ts", code("../testing/memory-source.ts"), "imports only rooms below it"],
  ["packages/batcher/src/storing/c.ts", code("node:fs"), ""],
  ["tools/near-localnet/src/chain/a.ts", code("../runtime/receipt.ts"), ""],
  ["tools/near-localnet/src/chain/b.ts", code("../rpc/node.ts"), "imports only rooms below it"],
  ["tools/near-localnet/src/rpc/a.ts", code("../localnet.ts"), "put the rooms together"],
  ["packages/source-redis/src/streams/a.ts", code("../reading/reader.ts"), "imports only rooms below it"],
  // Files: no circle, however long.
  ["packages/merkle/src/circle/a.ts", `${code("./b.ts")} export const x = y;`, "cycle"],
  ["packages/merkle/src/circle/b.ts", `${code("./c.ts")} export const x = y;`, "cycle"],
  ["packages/merkle/src/circle/c.ts", `${code("./a.ts")} export const x = y;`, "cycle"],
  // Doubles and suites.
  ["packages/batcher/src/testing/a.ts", code("vitest"), "doubles import no test runner"],
  ["packages/ledger/src/testing/a.ts", code("vitest"), "doubles import no test runner"],
  ["packages/batcher/src/testing/b.ts", code("@etrap/ledger/testing"), ""],
  ["packages/batcher/src/suites/a.ts", code("vitest"), ""],
  ["packages/batcher/src/suites/b.ts", code("@etrap/ledger/testing"), ""],
  ["packages/ledger/src/a.ts", code("node:fs"), "ledger runs in a browser"],
  ["packages/ledger/src/b.ts", 'export const y = Buffer.from("");', "browsers have none"],
  ["packages/debezium/src/a.ts", code("node:fs"), "debezium does no input or output"],
  [
    "packages/debezium/src/b.ts",
    'export const y = (): unknown => import("@etrap/batcher");',
    "types from batcher, no code",
  ],
  ["packages/debezium/src/c.ts", 'export * from "@etrap/proof";', "types from proof, no code"],
  ["packages/debezium/src/d.ts", 'import "@etrap/batcher";', "types from batcher, no code"],
  ["packages/debezium/src/e.ts", 'export const y = require("@etrap/batcher");', "no-require-imports"],
  // The compiler takes away the name and leaves `import {} from`, which still loads the package.
  [
    "packages/debezium/src/f.ts",
    types("@etrap/batcher").replace("type { X", "{ type X"),
    "no-import-type-side-effects",
  ],
  ["packages/storage-fs/src/a.ts", code("node:fs"), ""],
  ["packages/storage-fs/src/a.test.ts", code("@etrap/ledger/suites"), ""],
  ["packages/debezium/src/a.int.test.ts", code("@etrap/test-servers"), ""],
  ["packages/debezium/src/b.test.ts", code("@etrap/testdata"), ""],
  ["packages/storage-fs/src/b.test.ts", code("@etrap/source-redis"), "no adapter of another package"],
  ["packages/storage-fs/src/c.test.ts", code("../../batcher/src/run-lane.ts"), "stays in its package"],
  ["packages/not-yet-made/src/a.ts", code("@etrap/merkle"), "add it to oxlint.config.ts"],
  ["apps/agent/src/a.ts", code("@etrap/storage-fs"), ""],
  ["apps/agent/src/b.ts", code("../../../packages/proof/src/index.ts"), "stays in its package"],
  ["examples/a/src/a.ts", code("@etrap/batcher"), ""],
  ["examples/a/src/b.ts", code("@etrap/storage-fs"), ""],
  ["examples/a/src/c.ts", code("@etrap/proof"), ""],
  ["examples/a/src/d.ts", code("@etrap/batcher/testing"), "as its reader would"],
  ["examples/a/src/e.ts", code("@etrap/source-redis"), "as its reader would"],
  ["examples/a/src/f.ts", code("../../../packages/batcher/src/index.ts"), "stays in its package"],
  ["examples/a/src/a.test.ts", code("@etrap/batcher/suites"), ""],
  ["examples/a/src/b.test.ts", code("@etrap/testdata"), "an example's test imports"],
];

/** The configuration is a source file too. */
const CONFIG_FILES = 1;

interface Report {
  number_of_files: number;
  diagnostics: { filename: string; message: string; code: string; help: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "etrap-arrows-"));
afterAll(() => rmSync(folder, { recursive: true }));
const said = plantAndLint();

test.each(PAIRS)("%s → %s", (from, to) => {
  const { code: run, types: only } = ARROWS[from] ?? { code: [], types: [] };
  const refused = expect.stringContaining(`${from} `);
  expect(said(plantedAt(from, to, "code"))).toEqual(run.includes(to) ? "" : refused);
  expect(said(plantedAt(from, to, "types"))).toEqual([...run, ...only].includes(to) ? "" : refused);
});

test.each(SINGLE)("%s with %s", (file, _source, says) => {
  expect(said(file)).toEqual(says === "" ? "" : expect.stringContaining(says));
});

test("no source exports types name by name: the linter takes that for types, and what is built still loads the package", () => {
  const loadsForTypes = (source: string): boolean => /export\s*\{(\s*type\s[^,}]+,?)+\s*\}\s*from/.test(source);
  expect(loadsForTypes('export { type X, type Y as Z } from "@etrap/batcher";')).toBe(true);
  expect(loadsForTypes('export type { X } from "@etrap/batcher";')).toBe(false);
  const sources = globSync("{packages,apps}/*/src/**/*.ts", { cwd: ROOT });
  expect(sources.filter((file) => loadsForTypes(readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
});

/**
 * Plants every import in an empty tree under our configuration. Gives what the linter says of a
 * file of it.
 */
function plantAndLint(): (file: string) => string {
  copyFileSync(join(ROOT, "oxlint.config.ts"), join(folder, "oxlint.config.ts"));
  for (const [from, to] of PAIRS) {
    plant(plantedAt(from, to, "code"), code(`@etrap/${to}`));
    plant(plantedAt(from, to, "types"), types(`@etrap/${to}`));
  }
  for (const [file, source] of SINGLE) plant(file, source);
  const oxlint = join(ROOT, "node_modules/.bin/oxlint");
  const { stdout } = spawnSync(oxlint, ["-c", "oxlint.config.ts", "-f", "json", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics, number_of_files: linted }: Report = JSON.parse(stdout);
  // A file that the linter passed over would look like one that it allows.
  expect(linted).toBe(2 * PAIRS.length + SINGLE.length + CONFIG_FILES);
  return (file) =>
    diagnostics
      .filter(({ filename }) => filename === file)
      .map((diagnostic) => `${diagnostic.help} ${diagnostic.message} (${diagnostic.code})`)
      .join("\n");
}

function plantedAt(from: string, to: string, kind: "code" | "types"): string {
  return `packages/${from}/src/${kind}-${to.replace("/", "-")}.ts`;
}

function plant(file: string, source: string): void {
  mkdirSync(join(folder, dirname(file)), { recursive: true });
  writeFileSync(join(folder, file), `${source}\n`);
}
