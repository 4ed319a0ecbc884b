/** Runs two batchers on one source and store. Options: `--seeds N` (500), `--rounds N` (5). */
// First simulated, then as processes on one folder, as by mistake or during an upgrade.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readRecording } from "@etrap/testdata";
import { simulate } from "@etrap/simulation";
import { startEtrap } from "../../apps/agent/src/fixtures/etrap-process.ts";
import { changesOf, readLedger } from "../../apps/agent/src/fixtures/read-ledger.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seeds: { type: "string", default: "500" }, rounds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const ENTRIES = 3_000;

const failures = (await reportSimulated(Number(values.seeds))) + (await reportProcesses(Number(values.rounds)));
process.exitCode = failures === 0 ? 0 : 1;

/**
 * Reports two writers from beginning to end, then two that are stopped, killed and started again,
 * as in an upgrade. Returns the number of failures.
 */
async function reportSimulated(seeds: number): Promise<number> {
  let failed = 0;
  for (const restarts of [false, true]) {
    const events = new Map<string, number>();
    let [broken, withLoss] = [0, 0];
    for (let seed = 0; seed < seeds; seed += 1) {
      const simulation = await simulate({ seed, restarts, scenario: { writers: 2 } });
      if (simulation.violations.length > 0) {
        broken += 1;
        console.log(`  seed ${seed}: ${simulation.violations.join("; ")}`);
      }
      if (simulation.events.has("slot-lost")) withLoss += 1;
      for (const [type, count] of simulation.events) events.set(type, (events.get(type) ?? 0) + count);
    }
    failed += broken;
    const counts = ["batch-stored", "slot-lost", "redeliveries-dropped"].map(
      (type) => `${events.get(type) ?? 0} ${type}`,
    );
    console.log(
      `${seeds} simulations of two writers ${restarts ? "that come and go" : "side by side"}: ${counts.join(", ")}`,
    );
    console.log(`  in ${withLoss} of them a writer lost a slot; invariants broken in ${broken}`);
  }
  return failed;
}

/**
 * Reports two processes that replay one capture into one folder, where no lease holds either back.
 * Returns the number of failures.
 */
async function reportProcesses(rounds: number): Promise<number> {
  const recorded = readRecording("restart-duplicates").filter(({ stream }) => stream !== "etrap.transaction");
  const entries = Array.from({ length: ENTRIES }, (_, index) => {
    const { stream, fields } = recorded[index % recorded.length] ?? { stream: "", fields: [] };
    return { stream, id: `${index + 1}-0`, fields };
  });
  const expected = entries.map(({ stream, id }) => `${stream} ${id}`);
  let failed = 0;
  console.log(`\ntwo processes, ${ENTRIES} entries of a recording, batches of 20, one folder:`);
  for (let round = 1; round <= rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), "etrap-two-"));
    try {
      const capture = join(folder, "capture.jsonl");
      await writeFile(capture, entries.map((entry) => JSON.stringify(entry)).join("\n"));
      const environment = { ETRAP_ORG_ID: "acme", ETRAP_STORE_DIR: join(folder, "ledger"), ETRAP_BATCH_SIZE: "20" };
      const processes = [1, 2].map(() => startEtrap(["--json", "replay", capture], environment));
      const codes = await Promise.all(processes.map(({ exited }) => exited));
      const count = (type: string): number[] =>
        processes.map(({ lines }) => lines.filter((line) => line.includes(`"event":"${type}"`)).length);
      const found = changesOf(readLedger(environment.ETRAP_STORE_DIR)).map(({ stream, id }) => `${stream} ${id}`);
      const once = new Set(found);
      const lost = expected.filter((change) => !once.has(change)).length;
      if (lost > 0 || once.size !== found.length || codes.some((code) => code !== 0)) failed += 1;
      console.log(
        `  round ${round}: batches ${count("batch-stored").join(" + ")}, slots lost ${count("slot-lost").join(" + ")}, ` +
          `exit ${codes.join(", ")}; recorded ${found.length}, lost ${lost}, doubled ${found.length - once.size}`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return failed;
}
