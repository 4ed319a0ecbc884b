import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, messageOf } from "@etrap/ledger";
import { openRedisSource } from "@etrap/source-redis";
import type { Command } from "commander";
import type { Redis } from "ioredis";
import { AgentError } from "../agent-error.ts";
import { EXIT } from "../exit-code.ts";
import { openAnchor } from "../near/open-anchor.ts";
import { createClient } from "../recording/create-client.ts";
import { printable, printableJson } from "../report/printable.ts";
import { textOfMinting } from "../report/minting-texts.ts";
import { parseSettings } from "../settings/settings.ts";
import type { Settings } from "../settings/settings.ts";
import { openWritableStore } from "../storage/open-writable-store.ts";
import { storePlace } from "../storage/store-place.ts";
import type { CommandContext } from "./command-context.ts";

/** What a check found. */
interface Finding {
  readonly state: "good" | "warning" | "bad";
  readonly part: string;
  /** A sentence, with the remedy where there is something to do. */
  readonly message: string;
}

const SIGNS = { good: "✔", warning: "⚠", bad: "✘" } as const;
/** The longest time of a check, in milliseconds. */
const LONGEST_MS = 15_000;
/** The difference of two clocks from which S3 and NEAR may refuse requests, in milliseconds. */
const MOST_SKEW_MS = 60_000;

/** Adds the command `doctor`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .description("check all that etrap run needs: settings, Redis, streams, store, NEAR and the clock")
    .addHelpText(
      "after",
      "\nNothing is recorded. A bucket that is missing is created, as etrap run would. May be run beside an agent.\n\nExit codes: 0 all is good, or with warnings; 1 something is bad; 3 the settings are not valid.",
    )
    .action(async () => {
      const { shell, isJson } = context;
      const settings = parseSettings(shell.environment);
      let isBad = false;
      const write = (finding: Finding): void => {
        isBad ||= finding.state === "bad";
        const { state, part, message } = finding;
        shell.write(isJson() ? printableJson(finding) : printable(`${SIGNS[state]} ${part}: ${message}`));
      };
      write({ state: "good", part: "settings", message: "valid" });
      for (const check of [checkRedis, checkStore, checkNear])
        for (const finding of await bounded(check, settings)) write(finding);
      context.setExit(isBad ? EXIT.no : EXIT.yes);
    });
}

type Check = (settings: Settings, signal: AbortSignal) => Promise<Finding[]>;

/** Runs a check for a bounded time. An error is what it found. */
async function bounded(check: Check, settings: Settings): Promise<Finding[]> {
  const part = { checkRedis: "redis", checkStore: "store", checkNear: "near" }[check.name] ?? "check";
  const late = new AbortController();
  const timedOut = sleep(LONGEST_MS, undefined, { signal: late.signal }).then((): Finding[] => [
    {
      state: "bad",
      part,
      message: `no answer within ${LONGEST_MS / 1000} s; look at the address, the network and firewalls`,
    },
  ]);
  const end = new AbortController();
  try {
    return await Promise.race([check(settings, end.signal), timedOut]);
  } catch (error) {
    const code = codeOf(error) ?? "UNKNOWN";
    return [{ state: "bad", part, message: `${messageOf(error)} (${code})` }];
  } finally {
    end.abort();
    late.abort();
    timedOut.catch(() => undefined);
  }
}

async function checkRedis(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  const client = await createClient(settings);
  client.on("error", () => undefined);
  const findings: Finding[] = [];
  try {
    for (const database of settings.databases) {
      const troubles: string[] = [];
      const source = await openRedisSource(
        {
          client,
          organization: settings.organization,
          // Without a name, the first change gives it, and there may be none yet.
          database: database.name ?? "doctor",
          streamPattern: database.streamPattern,
          readsPrefixStreams: database.readsPrefixStreams,
          group: settings.consumerGroup,
          consumer: settings.consumerName,
          retentionMs: null,
          onEvent: (event) => void troubles.push(event.type),
        },
        signal,
      );
      try {
        const lags = await source.lag();
        if (findings.length === 0) findings.push(...(await serverFindings(client)));
        if (troubles.includes("eviction-unchecked"))
          findings.push({
            state: "warning",
            part: "redis",
            message: "the user may not read the configuration; make sure that maxmemory-policy is noeviction",
          });
        findings.push(streamFinding(database.streamPattern, lags));
      } finally {
        await source.close();
      }
    }
    return findings;
  } finally {
    client.disconnect();
  }
}

async function serverFindings(client: Redis): Promise<Finding[]> {
  const info = await client.info("persistence").catch(() => "");
  const isKept = /aof_enabled:1/.test(info) || /rdb_saves:[1-9]/.test(info) || (await savesAt(client));
  const [seconds = "0"] = await client.time().then((time) => time.map(String));
  const skew = Math.abs(Number(seconds) * 1000 - Date.now());
  return [
    { state: "good", part: "redis", message: "connected" },
    isKept
      ? { state: "good", part: "redis", message: "keeps its data on disk" }
      : {
          state: "warning",
          part: "redis",
          message: "keeps nothing on disk: changes that are not in the ledger yet are lost with it. Set appendonly yes",
        },
    skew <= MOST_SKEW_MS
      ? { state: "good", part: "clock", message: `agrees with Redis within ${Math.ceil(skew / 1000)} s` }
      : {
          state: "bad",
          part: "clock",
          message: `differs from Redis by ${Math.round(skew / 1000)} s: set both by NTP. S3 and NEAR refuse requests of a wrong time`,
        },
  ];
}

/** Whether Redis has points at which it saves. A user without the right is not told. */
async function savesAt(client: Redis): Promise<boolean> {
  const reply: unknown = await client.config("GET", "save").catch(() => undefined);
  return Array.isArray(reply) && typeof reply[1] === "string" && reply[1] !== "";
}

function streamFinding(
  pattern: string,
  lags: readonly { readonly entries: number | undefined; readonly oldestAt: number | undefined }[],
): Finding {
  if (lags.length === 0)
    return {
      state: "warning",
      part: "streams",
      message: `no streams found for ${pattern}: check that Debezium runs, that it writes to this Redis and database index, and that ETRAP_STREAM_PATTERN fits its topic prefix`,
    };
  const waiting = lags.reduce((sum, { entries = 0 }) => sum + entries, 0);
  const oldest = Math.min(...lags.map(({ oldestAt }) => oldestAt ?? Number.POSITIVE_INFINITY));
  const age = Number.isFinite(oldest) ? `, the oldest for ${Math.round((Date.now() - oldest) / 1000)} s` : "";
  return {
    state: "good",
    part: "streams",
    message: `${lags.length} found for ${pattern}; ${waiting} entries wait${age}`,
  };
}

async function checkStore({ store }: Settings, signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const opened = await openWritableStore(store, {
    isSingleWriter: false,
    signal,
    report(event) {
      if (event.type === "bucket-created")
        findings.push({ state: "good", part: "store", message: `created ${event.bucket}` });
      if (event.type === "bucket-note")
        findings.push({ state: "warning", part: "store", message: `${event.message} (${event.code})` });
    },
  });
  if (opened === undefined) throw new AgentError("CHANGES_UNSTORED", "the store did not answer in time");
  await opened.get(".etrap/sources/probe.json");
  return [{ state: "good", part: "store", message: `${storePlace(store)} can be used` }, ...findings];
}

async function checkNear(settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  const opened = await openAnchor(settings, (event) => {
    for (const line of textOfMinting(event) ?? []) findings.push({ state: "bad", part: "near", message: line });
  });
  if (opened === undefined)
    return [
      {
        state: "warning",
        part: "near",
        message: "NEAR_ACCOUNT_ID is not set: batches are only stored, and every proof is pending. See etrap init",
      },
    ];
  const { ready } = opened;
  if (ready === undefined) return findings;
  const { account, network, contract, batchesLeft } = ready;
  const message = `${account} may mint in ${contract} on ${network}; the balances last for ${batchesLeft} batches`;
  return [{ state: batchesLeft < 1_000 ? "warning" : "good", part: "near", message }, ...findings];
}
