/**
 * Serves a NEAR chain on the loopback interface until a signal ends it: a place to try things out
 * without a network and without money. Options: `--port N` (3030; one node for each), `--folder F`
 * to keep the chain, `--block-time MS` (500), `--account NAME` (acme) for accounts with 100 NEAR
 * whose keys are shown.
 */
import { parseArgs } from "node:util";
import { createLocalnet } from "./index.ts";
import { localKey } from "./keys.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", multiple: true, default: ["3030"] },
    folder: { type: "string" },
    "block-time": { type: "string", default: "500" },
    account: { type: "string", multiple: true, default: ["acme"] },
  },
});
const [firstPort, ...otherPorts] = values.port.map(Number);
const localnet = await createLocalnet({
  ...(values.folder !== undefined && { folder: values.folder }),
  ...(firstPort !== undefined && { port: firstPort }),
  blockTime: Number(values["block-time"]),
  accounts: values.account.map((accountId) => ({ accountId })),
});
const others = await Promise.all(otherPorts.map(async (port) => localnet.addNode({ port })));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void localnet.close());
console.log(`chain ${localnet.chainId} at ${[localnet.url, ...others.map(({ url }) => url)].join(" and ")}`);
for (const accountId of values.account) console.log(`account ${accountId} ${localKey(localnet.chainId, accountId)}`);
