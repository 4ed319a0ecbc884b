import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { untilAllCommitted } from "../fixtures/load-entries.ts";
import type { Pipeline } from "./start-pipeline.ts";

/** Changes rows for as long as an action takes, and goes on after PostgreSQL was away. */
export async function underLoad({ postgres }: Pipeline, action: () => Promise<void>): Promise<void> {
  let isOver = false;
  const load = async (): Promise<void> => {
    while (!isOver) {
      await postgres.psql("CALL truth.work(5)").catch(() => undefined);
      await sleep(20);
    }
  };
  const loading = load();
  try {
    await action();
  } finally {
    isOver = true;
    await loading;
  }
}

/** Resolves once every change that PostgreSQL has committed is in the ledger. */
export async function untilRecorded({ postgres, redis, debezium, agent }: Pipeline): Promise<void> {
  const insert = "INSERT INTO sales.account (owner, balance) VALUES ('last', 0) RETURNING number";
  const [last] = await postgres.psql(insert);
  const client = new Redis(redis.port, "127.0.0.1");
  try {
    // Debezium sends changes in the order of PostgreSQL's log, so all others have come by then.
    while ((await newestNumber(client)) !== last) {
      if (!debezium.isRunning()) throw new Error("expected Debezium to go on, but it ended");
      await sleep(50);
    }
    await untilAllCommitted(client, await client.keys("etrap.*"), agent.process);
  } finally {
    client.disconnect();
  }
}

async function newestNumber(client: Redis): Promise<string | undefined> {
  const [newest] = await client.xrevrange("etrap.sales.account", "+", "-", "COUNT", 1);
  const [, fields = []] = newest ?? [];
  const value = fields[fields.indexOf("value") + 1];
  return value === undefined ? undefined : String(JSON.parse(value).payload.after?.number);
}
