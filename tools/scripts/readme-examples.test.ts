import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startRedis } from "@etrap/test-servers";
import { ROOT, runExample } from "./run-example.ts";

const PACKAGES = "{packages/*,tools/near-localnet}";
const readmes = globSync(`${PACKAGES}/README.md`, { cwd: ROOT });

const redis = await startRedis();
afterAll(() => redis.stop());

test("every package has a README", () => {
  expect(readmes).toHaveLength(globSync(`${PACKAGES}/package.json`, { cwd: ROOT }).length);
});

const onS3 = "packages/storage-s3/README.md";
test.each(readmes.filter((readme) => readme !== onS3))("the example of %s runs", { timeout: 20_000 }, (readme) => {
  expect(runExample(readme, { REDIS_PORT: String(redis.port) })).toEqual({ status: 0, errors: "" });
});

test.each(readmes)("the links of %s lead somewhere", (readme) => {
  const links = Array.from(
    readFileSync(join(ROOT, readme), "utf8").matchAll(/\]\(([^)#:]+)\)/g),
    ([, link = ""]) => link,
  );
  for (const link of links) expect(() => readFileSync(join(ROOT, dirname(readme), link))).not.toThrow();
});
