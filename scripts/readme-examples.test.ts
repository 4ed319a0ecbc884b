import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const readmes = globSync("packages/*/README.md", { cwd: ROOT });

test("every package has a README", () => {
  expect(readmes).toHaveLength(globSync("packages/*/package.json", { cwd: ROOT }).length);
});

test.each(readmes)("the example of %s runs", { timeout: 20_000 }, (readme) => {
  const [, example = ""] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, readme), "utf8")) ?? [];
  expect(example).toContain("assert");
  // Inside the package, so that it finds what the package's users would install.
  const file = join(ROOT, dirname(readme), "readme-example.ts");
  const temporary = mkdtempSync(join(tmpdir(), "etrap-example-"));
  writeFileSync(file, example);
  try {
    const { status, stderr } = spawnSync(process.execPath, ["--conditions=@etrap/source", file], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: temporary },
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
