/** Kills the agent at random moments of a load, and counts lost and doubled changes. */
import { runWithKills } from "../../apps/agent/src/fixtures/kill-run.ts";

const { kills, expected, recorded } = await runWithKills({ entries: 20_000, kills: 20 });
const recordedOnce = new Set(recorded);

console.log("kill   after first batch   batches stored   found in the ledger");
for (const [index, { afterMs, batches, redelivered }] of kills.entries()) {
  const columns = [
    String(index + 1).padStart(4),
    `${afterMs.toFixed(0)} ms`.padStart(17),
    String(batches).padStart(14),
    String(redelivered).padStart(19),
  ];
  console.log(columns.join("   "));
}
console.log(`\n${expected.length} row changes loaded, ${recorded.length} recorded and proved from the files alone`);
console.log(`lost: ${expected.filter((change) => !recordedOnce.has(change)).length}`);
console.log(`doubled: ${recorded.length - recordedOnce.size}`);
