import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

/** Commits to an entry of 20 MB and seals it, in a heap of 160 MB. */
const CODE = `
  const { commitAndEncodeEntry, createBatchEncoder, createSalts } = await import(process.env.WRITE_ENTRY);
  const { sampleHeader, samplePoison } = await import(process.env.SAMPLES);
  const row = samplePoison(0);
  const { digest, opening } = commitAndEncodeEntry([new Uint8Array(20 << 20)], createSalts());
  const payload = { key: "null", before: "null", after: "null", entry: opening };
  const record = { ...row.record, raw: digest };
  const bytes = createBatchEncoder([{ record, payload }]).encode(sampleHeader([{ ...row, record }]));
  if (bytes.length < 40 << 20) throw new Error("expected all bytes");
`;

test("an entry of 20 MB that is not understood is sealed in eight times its size", async () => {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(CODE)}`), {
    execArgv: ["--conditions=@etrap/source"],
    env: {
      WRITE_ENTRY: new URL("../write.ts", import.meta.url).href,
      SAMPLES: new URL("../fixtures/sample-batch.ts", import.meta.url).href,
    },
    resourceLimits: { maxOldGenerationSizeMb: 160 },
  });
  const [code] = await once(worker, "exit");
  expect(code).toBe(0);
});
