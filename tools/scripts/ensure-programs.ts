import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { canUnpack, TOOLS, unpackDebian } from "./unpack-debian.ts";
import { makeDebezium } from "./make-debezium.ts";
import { makeMoto, makeVersitygw } from "./make-s3-servers.ts";
import type { DebianPrograms } from "./unpack-debian.ts";

/** A program that tests start. */
interface NeededProgram {
  readonly name: string;
  readonly need: string;
  /** The argument by which it gives its version. Default: `--version`. */
  readonly version?: string;
  /** A glob of a folder that may hold the program, and is not on the PATH. */
  readonly folder?: string;
  /**
   * The package to unpack where the program is missing. Without one, the program must be installed.
   */
  readonly debian?: DebianPrograms;
  /** Makes the program in `.tools/`. Returns whether it succeeded. */
  readonly make?: () => boolean;
}

/** Real servers for the integration tests. */
export const REDIS: NeededProgram = {
  name: "redis-server",
  need: "redis-server (6.2 or later)",
  debian: { debianPackage: "redis-server", paths: ["usr/bin/redis-server"] },
};

/**
 * The database of the live tests. Debian keeps its programs in a folder that is not on the PATH.
 * `initdb` comes with the server, and `psql` without it too.
 */
export const POSTGRES: NeededProgram = {
  name: "initdb",
  need: "PostgreSQL (15 or later)",
  folder: "/usr/lib/postgresql/*/bin",
  debian: {
    debianPackage: "postgresql",
    paths: ["initdb", "postgres", "psql"].map((program) => `usr/lib/postgresql/*/bin/${program}`),
  },
};

/** Prometheus, and `promtool`, which checks metrics, rules and their tests. */
export const PROMETHEUS: NeededProgram = {
  name: "promtool",
  need: "Prometheus (2.42 or later)",
  debian: { debianPackage: "prometheus", paths: ["usr/bin/prometheus", "usr/bin/promtool"] },
};

/** Checks the service file. */
export const SYSTEMD: NeededProgram = {
  name: "systemd-analyze",
  need: "systemd-analyze",
  debian: { debianPackage: "systemd", paths: ["{,usr/}bin/systemd-analyze"] },
};

/** Checks the rotation of the log. */
export const LOGROTATE: NeededProgram = {
  name: "logrotate",
  need: "logrotate",
  debian: { debianPackage: "logrotate", paths: ["usr/sbin/logrotate"] },
};

/** Debezium Server, on a Java of its own. */
export const DEBEZIUM: NeededProgram = {
  name: "debezium-server",
  need: "Debezium Server 3.6.0 and a Java (python3 with venv and pip, tar, and mvn or curl, which get both)",
  make: makeDebezium,
};

/** A second, independent verifier of proof files. */
export const PYTHON: NeededProgram = { name: "python3", need: "python3 (3.8 or later)" };

/** Makes the certificates of a test server. */
export const OPENSSL: NeededProgram = { name: "openssl", need: "openssl (3.0 or later)", version: "version" };

/** The S3 server of the tests. It is published as source only. */
export const VERSITYGW: NeededProgram = {
  name: "versitygw",
  need: "versitygw 1.8.0, or Go 1.25 or later to build it",
  make: makeVersitygw,
};

/** The second S3 server of the tests. */
export const MOTO: NeededProgram = {
  name: "moto_server",
  need: "moto 5.2.5, or python3 with venv and pip to install it",
  version: "--help",
  make: makeMoto,
};

/**
 * The browser of `pnpm test:browser`: Debian's Chromium, or the one at `path`. Debian's launcher
 * script names absolute paths, so the program itself is started, with the unpacked libraries.
 */
export function chromium(path: string | undefined): NeededProgram {
  if (path !== undefined) return { name: path, need: `a Chromium at ${path} (CHROMIUM_PATH)` };
  const debian = { debianPackage: "chromium", paths: ["usr/lib/chromium/chromium"] };
  return { name: "chromium", need: "chromium (or its path in CHROMIUM_PATH)", debian };
}

/**
 * Looks for programs on the PATH, to which it adds `.tools/bin`, and unpacks or makes there what is
 * missing.
 * Returns whether all were found. Otherwise it has printed every program that is to be installed.
 */
export function ensurePrograms(...programs: readonly NeededProgram[]): boolean {
  const folders = programs.flatMap(({ folder }) => (folder === undefined ? [] : globSync(folder).slice(-1)));
  process.env["PATH"] = [join(TOOLS, "bin"), ...folders, process.env["PATH"]].join(delimiter);
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return true;
  process.stderr.write(`The tests need ${listNeeds(missing)}, which this machine lacks.\n`);
  const mustInstall = missing.filter(
    ({ debian, make }) => make === undefined && (debian === undefined || !canUnpack()),
  );
  if (mustInstall.length > 0) return refuse(mustInstall);
  return missing.every((program) => provide(program) || refuse([program]));
}

function isThere({ name, version = "--version", make }: NeededProgram): boolean {
  // A program of another version must not stand in for one that is made here.
  const program = make === undefined ? name : join(TOOLS, "bin", name);
  return spawnSync(program, [version]).status === 0;
}

function provide(program: NeededProgram): boolean {
  if (program.make !== undefined) {
    process.stderr.write(`Making ${program.name} in .tools/, once …\n`);
    return program.make() && isThere(program);
  }
  if (program.debian === undefined) return false;
  process.stderr.write(`Unpacking Debian's ${program.debian.debianPackage} into .tools/ …\n`);
  return unpackDebian(program.debian) && isThere(program);
}

function refuse(programs: readonly NeededProgram[]): false {
  process.stderr.write(`Install ${listNeeds(programs)}, then run the command again.\n`);
  return false;
}

function listNeeds(programs: readonly NeededProgram[]): string {
  return programs.map(({ need }) => need).join(" and ");
}
