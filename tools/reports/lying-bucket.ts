/** Lets a store lie, and counts the lies that audit or prove believe. Option: `--seeds N` (200). */
// Each row is one kind of lie, told about a random object of a true ledger, once for each seed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import { createRandom } from "@etrap/simulation";
import { openFsStore } from "@etrap/storage-fs";
import { createS3Store, s3ClientOptions } from "@etrap/storage-s3";
import { startVersitygw } from "@etrap/test-servers";
import { LIES } from "./lying-bucket/lies.ts";
import { believe } from "./lying-bucket/believe.ts";
import { fillStore } from "./lying-bucket/fill-store.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seeds: { type: "string", default: "200" } },
  allowPositionals: true,
});
const SEEDS = Number(values.seeds);

const server = await startVersitygw();
const { endpoint, region, credentials } = server;
const client = new S3Client({ ...s3ClientOptions(), endpoint, region, credentials, forcePathStyle: true });
const folder = await mkdtemp(join(tmpdir(), "etrap-lying-"));
let bad = 0;
try {
  await client.send(new CreateBucketCommand({ Bucket: "lying" }));
  await reportStore("memory", createMemoryStore(), SEEDS);
  await reportStore("folder", await openFsStore({ root: join(folder, "ledger") }), Math.ceil(SEEDS / 4));
  await reportStore("S3 (versitygw)", createS3Store({ client, bucket: "lying" }), Math.ceil(SEEDS / 10));
} finally {
  client.destroy();
  await server.stop();
  await rm(folder, { recursive: true });
}
console.log(`\nSum of the columns that must be 0: ${bad}`);
process.exitCode = bad === 0 ? 0 : 1;

async function reportStore(name: string, store: ObjectStore, seeds: number): Promise<void> {
  const truth = await fillStore(store);
  console.log(`\n${name}: ${truth.keys.length} objects, ${truth.rows.size} changes, ${seeds} lies of each kind`);
  console.log(`${"lie".padEnd(54)}   found   key not named   said all is right   false rows`);
  for (const { kind, lieAbout, isVisible } of LIES) {
    const counts = { found: 0, unnamed: 0, allRight: 0, falseRows: 0 };
    for (let seed = 0; seed < seeds; seed += 1) {
      const { lie, keys } = lieAbout(truth, createRandom(seed).fork(kind));
      const { isAllRight, isNamed, falseRows } = await believe(store, { lie, keys, truth });
      counts.falseRows += falseRows;
      if (isAllRight) counts.allRight += 1;
      else counts.found += 1;
      if (!isAllRight && !isNamed) counts.unnamed += 1;
    }
    // What only an anchor shows is no fault of an audit.
    if (isVisible) bad += counts.allRight;
    bad += counts.unnamed + counts.falseRows;
    const allRight = `${counts.allRight}${isVisible ? "" : " (needs an anchor)"}`;
    const columns = [String(counts.found).padStart(5), String(counts.unnamed).padStart(13), allRight.padStart(17)];
    console.log([kind.padEnd(54), ...columns, String(counts.falseRows).padStart(10)].join("   "));
  }
}
