import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { committedChanges, recordedChanges } from "./changes.ts";
import { underLoad, untilRecorded } from "./load.ts";
import { startPipeline } from "./start-pipeline.ts";
import { valueOf } from "./start-prometheus.ts";
import { mintedBatches, storedBatches, untilAnchored } from "./tokens.ts";

const folder = await mkdtemp(join(tmpdir(), "etrap-"));
const pipeline = await startPipeline(folder);
const { postgres, redis, debezium, s3, localnet, prometheus, agent, ledger, trust, watchUrl, etrap } = pipeline;
afterAll(async () => {
  await pipeline.stop();
  await rm(folder, { recursive: true });
});

const ROW = ["--table", "sales.account", "--where", "id=6"];

test(
  "every change of a real database is in one batch, and every batch has one token",
  { timeout: 120_000 },
  async () => {
    await postgres.psql("CALL truth.work(50)");
    await untilRecorded(pipeline);
    await untilAnchored(pipeline);
    expect(recordedChanges(ledger)).toEqual(await committedChanges(postgres));
    expect(await mintedBatches(pipeline)).toEqual(storedBatches(pipeline));
    const audit = await etrap("audit");
    expect(audit.exit, audit.output).toBe(0);
  },
);

/** Proves the changes of a row, and returns the files. */
async function proveRow(name: string): Promise<string[]> {
  const out = join(folder, name);
  const { exit, output } = await etrap("prove", ...ROW, "--out", out);
  expect(exit, output).toBe(0);
  return globSync(join(out, "*.etrap.json"));
}

test("a change is verified; one changed byte in its file is tampered", { timeout: 120_000 }, async () => {
  const [file = "", ...others] = await proveRow("proofs");
  expect(others.length).toBeGreaterThan(0);
  const verified = await etrap("verify", file, ...others, ...trust);
  expect(verified.exit, verified.output).toBe(0);
  expect(verified.output.match(/verified: its batch is in the contract notary\.acme/g)).toHaveLength(1 + others.length);

  await writeFile(file, (await readFile(file, "utf8")).replace("Zoë", "Zoe"));
  const tampered = await etrap("verify", file, ...trust);
  expect(tampered.exit, tampered.output).toBe(1);
  expect(tampered.output).toMatch(/tampered: payload/);
});

test("one changed byte in the bucket is found, and named", { timeout: 120_000 }, async () => {
  const [file = ""] = await proveRow("before");
  const id = JSON.parse(await readFile(file, "utf8")).anchor.token_id;
  const [damaged = ""] = globSync(join(ledger, `*/*/${id}/batch-data.json`));
  const bytes = await readFile(damaged);
  await writeFile(damaged, bytes.toString().replace("Zoë", "Zoe"));
  const audit = await etrap("audit");
  expect([audit.exit, audit.output]).toEqual([1, expect.stringContaining(`${id}/batch-data.json`)]);
  // The proof that was made before does not need the bucket.
  expect((await etrap("verify", file, ...trust)).exit).toBe(0);
  const prove = await etrap("prove", ...ROW, "--out", join(folder, "damaged"));
  expect([prove.exit, prove.output]).toEqual([expect.any(Number), expect.stringContaining(id)]);
  expect(prove.exit).not.toBe(0);
  await writeFile(damaged, bytes);
  expect((await etrap("audit")).exit).toBe(0);
});

test("a row that was changed behind the ledger's back is not in the ledger", { timeout: 120_000 }, async () => {
  const conditions = async (): Promise<string[]> => {
    const [row = ""] = await postgres.psql("SELECT id, owner, balance, number FROM sales.account WHERE id = 6");
    const [id, owner, balance, number] = row.split("|");
    return Object.entries({ id, owner, balance, number }).flatMap(([name, value]) => ["--where", `${name}=${value}`]);
  };
  const prove = async (name: string): ReturnType<typeof etrap> =>
    etrap("prove", "--table", "sales.account", ...(await conditions()), "--out", join(folder, name));
  expect((await prove("true")).exit).toBe(0);
  // Nothing of this reaches Debezium.
  const unseen = `ALTER PUBLICATION etrap_pub DROP TABLE sales.account;
    ALTER TABLE sales.account DISABLE TRIGGER note;
    UPDATE sales.account SET owner = 'Zoe 1' WHERE id = 6;
    ALTER TABLE sales.account ENABLE TRIGGER note;
    ALTER PUBLICATION etrap_pub ADD TABLE sales.account`;
  await postgres.psql(unseen);
  const changed = await prove("changed");
  expect([changed.exit, changed.output]).toEqual([1, expect.stringMatching(/no change .*match/i)]);
});

/** Resolves once the agent's health is answered with this status. */
async function untilHealth(status: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${watchUrl}/health`).catch(() => undefined);
    if (response?.status === status) return;
    await sleep(100);
  }
}

/** Whether the agent itself depends on a server. */
function isDependency(server: unknown): boolean {
  return server === redis || server === s3 || server === localnet;
}

test.each(
  Object.entries({
    PostgreSQL: postgres,
    Redis: redis,
    Debezium: debezium,
    "the S3 server": s3,
    "the NEAR node": localnet,
    etrap: agent,
  }),
)("kill -9 of %s under load loses nothing and doubles nothing", { timeout: 180_000 }, async (_, victim) => {
  const before = await committedChanges(postgres);
  await underLoad(pipeline, async () => {
    await sleep(1_000 + Math.random() * 1_000);
    await victim.kill();
    if (isDependency(victim)) await untilHealth(503);
    await sleep(Math.random() * 2_000);
    await victim.start();
    await sleep(1_000);
  });
  await untilHealth(200);
  await untilRecorded(pipeline);
  await untilAnchored(pipeline);
  const after = await committedChanges(postgres);
  expect(after.length).toBeGreaterThan(before.length + 500);
  expect(recordedChanges(ledger)).toEqual(after);
  expect(await mintedBatches(pipeline)).toEqual(storedBatches(pipeline));
});

test("Prometheus has seen all of it, and the format is right", { timeout: 60_000 }, async () => {
  expect(await valueOf(prometheus, 'max_over_time(up{job="etrap"}[1h])')).toBe(1);
  expect(await valueOf(prometheus, "sum(max_over_time(etrap_nft_mints_total[1h]))")).toBeGreaterThan(20);
  for (const part of ["redis", "store", "near"])
    expect(await valueOf(prometheus, `sum(max_over_time(etrap_retries_total{part="${part}"}[1h]))`)).toBeGreaterThan(0);
  const text = await (await fetch(`${watchUrl}/metrics`)).text();
  // Writes each problem of names, types and help, and fails then.
  execFileSync("promtool", ["check", "metrics"], { input: text, stdio: ["pipe", "inherit", "inherit"] });
});

test(
  "after all of that, the agent ends well, the ledger is whole, and proofs are verified",
  { timeout: 120_000 },
  async () => {
    expect(await agent.process.end("SIGTERM"), agent.process.errors()).toBe(0);
    const audit = await etrap("audit");
    expect(audit.exit, audit.output).toBe(0);
    const files = await proveRow("after");
    const verified = await etrap("verify", ...files, ...trust);
    expect(verified.exit, verified.output).toBe(0);
  },
);
