/**
 * `pnpm bench NAME` and `pnpm report NAME [--options]`: runs the file of that name. Without a name,
 * lists the files with their first comments.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { ensurePrograms, REDIS, VERSITYGW } from "./ensure-programs.ts";

const ON_REDIS = new Set(["kill", "outages", "pipeline"]);
const ON_S3 = new Set(["lying-bucket", "outages", "storage", "storage-faults"]);

const [, , folder = "", ...args] = process.argv;
const firstOption = args.findIndex((arg) => arg.startsWith("--"));
const names = firstOption === -1 ? args : args.slice(0, firstOption);

if (names.length === 0) listFiles();
for (const name of names) await run(name);

function listFiles(): void {
  for (const file of globSync(`${folder}/*.ts`).toSorted()) {
    const [, comment = ""] = /\/\*\*(.*?)\*\//s.exec(readFileSync(file, "utf8")) ?? [];
    console.log(`${basename(file, ".ts").padEnd(16)} ${comment.replaceAll(/\s+(\*\s+)?/g, " ").trim()}`);
  }
}

async function run(name: string): Promise<void> {
  const file = resolve(folder, `${name}.ts`);
  if (!existsSync(file)) {
    console.error(`${folder} has no ${name}. Without a name, this command lists all names.`);
    process.exit(3);
  }
  if (ON_REDIS.has(name) && !ensurePrograms(REDIS)) process.exit(1);
  if (ON_S3.has(name) && !ensurePrograms(VERSITYGW)) process.exit(1);
  await import(file);
}
