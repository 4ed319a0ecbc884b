import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startRedis } from "@etrap/test-servers";

const ROOT = resolve(import.meta.dirname, "../..");
const readmes = globSync("packages/*/README.md", { cwd: ROOT });

const redis = await startRedis();
afterAll(() => redis.stop());

test("every package has a README", () => {
  expect(readmes).toHaveLength(globSync("packages/*/package.json", { cwd: ROOT }).length);
});

test.each(readmes)("the example of %s runs", { timeout: 20_000 }, (readme) => {
  const [, example = ""] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, readme), "utf8")) ?? [];
  expect(example).toContain("assert");
  // The file stands inside the package, so that its imports resolve as they do for the package's
  // users.
  const file = join(ROOT, dirname(readme), "readme-example.ts");
  const temporary = mkdtempSync(join(tmpdir(), "etrap-example-"));
  writeFileSync(file, example);
  try {
    const { status, stderr } = spawnSync(process.execPath, ["--conditions=@etrap/source", file], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: temporary, REDIS_PORT: String(redis.port) },
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(file);
    rmSync(temporary, { recursive: true });
  }
});

test.each(readmes)("the links of %s lead somewhere", (readme) => {
  const links = Array.from(
    readFileSync(join(ROOT, readme), "utf8").matchAll(/\]\(([^)#:]+)\)/g),
    ([, link = ""]) => link,
  );
  for (const link of links) expect(() => readFileSync(join(ROOT, dirname(readme), link))).not.toThrow();
});
