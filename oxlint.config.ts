import type { OxlintConfig } from "oxlint";

type Rules = NonNullable<OxlintConfig["rules"]>;

/** The imports that a package may have. */
interface PackageArrows {
  /** Its folder: `packages/` and its name unless said otherwise. */
  readonly folder?: string;
  /** Packages of ours whose code it may import, with their further entries. */
  readonly code: readonly string[];
  /** Packages of ours of which it may import types only. */
  readonly types: readonly string[];
  /** Whether it runs in a browser, and so imports nothing of Node. */
  readonly isForBrowsers?: true;
  /** Whether it does no input or output. */
  readonly isPure?: true;
  /** Its rooms, lowest first. A room may import those before it. */
  readonly rooms?: readonly string[];
  /** Files in the root that put the rooms together. No room may import them. */
  readonly composition?: readonly string[];
}

/**
 * The arrows of ARCHITECTURE.md. A package that is not listed may import no other package of ours.
 */
const ARROWS: Readonly<Record<string, PackageArrows>> = {
  merkle: { code: [], types: [], isForBrowsers: true },
  proof: {
    code: ["merkle"],
    types: [],
    isForBrowsers: true,
    rooms: ["bytes", "format", "build", "verify", "query", "fixtures"],
    composition: ["index", "json", "write"],
  },
  ledger: { code: ["merkle", "proof", "proof/write"], types: [], isForBrowsers: true },
  batcher: {
    code: ["merkle", "proof", "proof/write", "ledger"],
    types: [],
    rooms: ["wait", "options", "intake", "sealing", "lanes", "anchoring", "storing", "testing", "suites"],
    composition: ["index", "batcher", "run", "read-loop", "run-lane", "supervise-lane", "anchor-loop"],
  },
  debezium: {
    code: ["proof/json"],
    types: ["batcher", "proof"],
    isPure: true,
    rooms: ["message", "values", "tables", "images"],
    composition: ["index", "decoder"],
  },
  "source-redis": {
    code: ["debezium"],
    types: ["batcher", "ledger", "proof"],
    rooms: ["wait", "server", "streams", "reading"],
    composition: ["index", "redis-source"],
  },
  "storage-fs": { code: ["ledger"], types: ["proof"] },
  "storage-s3": { code: ["ledger"], types: [] },
  "anchor-near": {
    code: ["proof"],
    types: ["batcher", "ledger"],
    rooms: ["rpc", "contract", "mint"],
    composition: ["index", "reader", "near-anchor", "check-account", "agreement-of"],
  },
  "near-localnet": {
    folder: "tools/near-localnet",
    code: [],
    types: [],
    rooms: [
      "bytes",
      "transaction",
      "calls",
      "meter",
      "host",
      "vm",
      "state",
      "receipts",
      "actions",
      "runtime",
      "chain",
      "rpc",
      "methods",
      "serving",
      "page",
      "scenario",
    ],
    composition: ["index", "localnet", "localnet-options", "local-node", "keys", "transact", "scenario-on-chain"],
  },
};

/**
 * The entries that hold doubles and suites. Published code must not import them, except the doubles
 * and suites themselves.
 */
const TEST_ENTRIES = ["ledger/testing", "ledger/suites", "batcher/testing", "batcher/suites"];

/** A package of which types may be imported, and no code. */
interface TypesOnlyPath {
  readonly name: string;
  readonly allowTypeImports: true;
  readonly message: string;
}

interface Pattern {
  readonly group?: string[];
  readonly regex?: string;
  readonly message: string;
}

const STAYS_IN_PACKAGE: Pattern = {
  regex: String.raw`(^|/)\.\./(.*/)?\.\./`,
  message: "an import stays in its package: import others by name",
};

const allBut = (names: readonly string[], message: string): Pattern => ({
  group: ["@etrap/**", ...names.map((name) => `!@etrap/${name}`)],
  message,
});

const restrict = (patterns: readonly Pattern[], paths: readonly TypesOnlyPath[] = []): Rules => ({
  "no-restricted-imports": ["error", { paths: [...paths], patterns: [...patterns] }],
});

/** The patterns that hold in every file of a package. */
function packagePatterns(name: string, { code, types, isForBrowsers, isPure }: PackageArrows): Pattern[] {
  const allowed = [...code, ...types];
  const list = allowed.length === 0 ? "no package of ours" : `${allowed.join(", ")} and no other package of ours`;
  return [
    allBut(allowed, `${name} imports ${list}`),
    STAYS_IN_PACKAGE,
    ...(isForBrowsers ? [{ regex: "^node:", message: `${name} runs in a browser` }] : []),
    ...(isPure ? [{ regex: "^node:", message: `${name} does no input or output` }] : []),
  ];
}

function typesOnly(name: string, { types }: PackageArrows): TypesOnlyPath[] {
  return types.map((other) => ({
    name: `@etrap/${other}`,
    allowTypeImports: true,
    message: `${name} takes types from ${other}, no code`,
  }));
}

const NO_NODE_GLOBALS: Rules = {
  "no-restricted-globals": [
    "error",
    { name: "Buffer", message: "browsers have none: use Uint8Array" },
    { name: "process", message: "browsers have none" },
  ],
};

/**
 * The rules of one package, then of its rooms and of its doubles, each of which replaces those
 * before it.
 */
function packageOverrides([name, arrows]: [string, PackageArrows]): NonNullable<OxlintConfig["overrides"]> {
  const { folder = `packages/${name}`, rooms = [], composition = [], isForBrowsers } = arrows;
  const [patterns, paths] = [packagePatterns(name, arrows), typesOnly(name, arrows)];
  const roomPatterns = (room: string): Pattern[] => {
    const above = rooms.slice(rooms.indexOf(room) + 1);
    return [
      { regex: String.raw`^\.\./(${above.join("|")})/`, message: `the room ${room} imports only rooms below it` },
      {
        regex: String.raw`^\.\./(${composition.join("|")})\.ts$`,
        message: "a room does not import the files that put the rooms together",
      },
    ].filter(({ regex }) => !regex.includes("()"));
  };
  return [
    {
      files: [`${folder}/src/**`],
      rules: { ...restrict(patterns, paths), ...(isForBrowsers ? NO_NODE_GLOBALS : {}) },
    },
    ...rooms.map((room) => ({
      files: [`${folder}/src/${room}/**`],
      rules: restrict([...patterns, ...roomPatterns(room)], paths),
    })),
    {
      files: [`${folder}/src/testing/**`],
      rules: restrict([
        allBut(
          [...arrows.code, ...arrows.types, "ledger/testing"],
          `${name}'s doubles import ${name}'s packages and doubles`,
        ),
        STAYS_IN_PACKAGE,
        { group: ["vitest"], message: "doubles import no test runner: suites do" },
      ]),
    },
    {
      files: [`${folder}/src/suites/**`],
      rules: restrict([
        allBut(
          [...arrows.code, ...arrows.types, "ledger/testing"],
          `${name}'s suites import ${name}'s packages and doubles`,
        ),
        STAYS_IN_PACKAGE,
      ]),
    },
  ];
}

const config: OxlintConfig = {
  plugins: ["typescript", "import", "unicorn", "promise"],
  categories: { correctness: "error" },
  ignorePatterns: ["**/dist/**", "etrap-demo/**", "docs/api/site/**", ".tools/**"],
  rules: {
    eqeqeq: "error",
    "max-params": ["error", { max: 3 }],
    "no-console": "error",
    "no-var": "error",
    "prefer-const": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-import-type-side-effects": "error",
    "typescript/no-require-imports": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "import/no-cycle": "error",
    "unicorn/prefer-node-protocol": "error",
    "typescript/unbound-method": "off",
  },
  overrides: [
    {
      files: ["packages/*/src/**"],
      rules: restrict([allBut([], "a new package has no arrows yet: add it to oxlint.config.ts"), STAYS_IN_PACKAGE]),
    },
    ...Object.entries(ARROWS).flatMap(packageOverrides),
    {
      files: ["packages/*/src/**/*.test.ts", "packages/*/src/fixtures/**", "tools/near-localnet/src/**/*.test.ts"],
      rules: {
        ...restrict([
          allBut(
            [
              "merkle",
              "proof",
              "proof/json",
              "proof/write",
              "ledger",
              "batcher",
              "debezium",
              ...TEST_ENTRIES,
              "testdata",
              "test-servers",
              "near-localnet",
            ],
            "a test imports the core, its doubles, its suites and the recordings, no adapter of another package",
          ),
          STAYS_IN_PACKAGE,
        ]),
        "max-params": "off",
        "no-restricted-globals": "off",
        "typescript/no-base-to-string": "off",
      },
    },
    { files: ["apps/*/src/**"], rules: restrict([STAYS_IN_PACKAGE]) },
    {
      files: ["examples/*/src/**"],
      rules: {
        "no-console": "off",
        ...restrict([
          allBut(
            ["batcher", "ledger", "proof", "storage-fs"],
            "an example imports batcher, ledger, proof and storage-fs, as its reader would",
          ),
          STAYS_IN_PACKAGE,
        ]),
      },
    },
    {
      files: ["examples/*/src/**/*.test.ts"],
      rules: restrict([
        allBut(
          ["batcher", "ledger", "proof", "storage-fs", ...TEST_ENTRIES],
          "an example's test imports batcher, its suites, ledger, proof and storage-fs",
        ),
        STAYS_IN_PACKAGE,
      ]),
    },
    {
      files: ["apps/*/src/**/*.test.ts", "examples/*/src/**/*.test.ts", "tools/**/*.test.ts"],
      rules: { "max-params": "off" },
    },
    { files: ["tools/**"], rules: { "no-console": "off" } },
  ],
};

export default config;
