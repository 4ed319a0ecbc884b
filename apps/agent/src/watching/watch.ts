import type { NearAnchor } from "@etrap/anchor-near";
import type { Batcher } from "@etrap/batcher";
import { messageOf } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import type { RedisSource } from "@etrap/source-redis";
import type { AgentEvent } from "../report/agent-event.ts";
import type { Report } from "../report/reporter.ts";
import type { Settings } from "../settings/settings.ts";
import { VERSION } from "../version.ts";
import { createHealth } from "./health.ts";
import type { Held } from "./health.ts";
import { createMetrics } from "./metrics.ts";
import { createProbe } from "./probe.ts";
import type { ProbeResult } from "./probe.ts";
import { serveRoutes } from "./serve.ts";
import type { Reply, Routes, WatchServer } from "./serve.ts";

/** What the agent is watched by: `/health` and `/metrics`. */
export interface Watch {
  /** Takes an event, and passes it on. */
  readonly report: Report;
  /** Probes the store from now on. */
  useStore(store: ObjectReader): void;
  /** Probes what a mint needs from now on. */
  useAnchor(anchor: Pick<NearAnchor, "check">): void;
  /** Watches a database from now on, until the function that is returned is called. */
  follow(database: string, recording: Followed): () => void;
  close(): Promise<void>;
}

/** The least time between two probes of NEAR while all is well, in milliseconds. */
const NEAR_PROBE_MS = 15_000;

/** The recording of one database. */
interface Followed {
  readonly batcher: Batcher;
  readonly source: RedisSource;
}

/**
 * Starts to watch an agent. A port that cannot be used is reported and stops no recording: an agent
 * that nobody can ask is better than none.
 */
export async function startWatch(settings: Settings, report: Report): Promise<Watch> {
  const { databases, near, watching } = settings;
  const now = (): number => Date.now();
  // With one database, events do not name it.
  const names = databases.length === 1 ? [""] : databases.map(({ name }) => name ?? "");
  const hasAnchor = near.writer !== undefined;
  const health = createHealth({ databases: names, hasAnchor, version: VERSION, now });
  const metrics = createMetrics({ version: VERSION, now });
  const followed = new Map<string, Followed>();

  let probeStore = async (): Promise<ProbeResult> => undefined;
  let probeNear = async (): Promise<ProbeResult> => undefined;
  const probeAll = async (): Promise<void> => {
    const [store, anchor] = await Promise.all([probeStore(), probeNear()]);
    health.probed("store", store);
    health.probed("near", anchor);
  };
  const healthReply = async (): Promise<Reply> => {
    await probeAll();
    const answer = health.report(heldBy(followed));
    return jsonReply(answer.status === "healthy" ? 200 : 503, answer);
  };
  const readyReply = async (): Promise<Reply> => {
    const { role } = health.report(heldBy(followed));
    return jsonReply(health.isReady() ? 200 : 503, { ready: health.isReady(), role });
  };
  const metricsReply = async (): Promise<Reply> => {
    return { status: 200, type: metrics.contentType, body: await metrics.text() };
  };

  const serve = async (port: number | undefined, routes: Routes): Promise<WatchServer | undefined> => {
    if (port === undefined) return undefined;
    try {
      return await serveRoutes({ port, address: watching.address }, routes);
    } catch (error) {
      report({ type: "port-unusable", port, message: messageOf(error) });
      return undefined;
    }
  };
  const live = async (): Promise<Reply> => jsonReply(200, { live: true });
  const healthRoutes = { "/health": healthReply, "/ready": readyReply, "/live": live };
  const metricsRoutes = { "/metrics": metricsReply };
  const servers =
    watching.healthPort === watching.metricsPort
      ? [await serve(watching.healthPort, { ...healthRoutes, ...metricsRoutes })]
      : [await serve(watching.healthPort, healthRoutes), await serve(watching.metricsPort, metricsRoutes)];

  const urls = servers.flatMap((server) => server?.url ?? []);
  if (urls.length > 0) report({ type: "watching", urls });

  return {
    report(event: AgentEvent, database) {
      health.note(event, database);
      metrics.note(event, database);
      report(event, database);
    },
    useStore(store) {
      // A key that the ledger has, or may have. What it holds does not matter.
      probeStore = createProbe(async () => store.get(".etrap/sources/probe.json"), { now });
    },
    useAnchor(anchor) {
      // Asks for all that a mint needs, which takes several calls.
      probeNear = createProbe(async () => anchor.check(), { now, whileGoodMs: NEAR_PROBE_MS });
    },
    follow(database, recording) {
      followed.set(database, recording);
      const unfollow = metrics.follow(database, recording);
      return () => {
        followed.delete(database);
        unfollow();
      };
    },
    close: async () => void (await Promise.all(servers.map(async (server) => server?.close()))),
  };
}

function heldBy(followed: ReadonlyMap<string, Followed>): Held {
  const all = Array.from(followed.values(), ({ batcher }) => batcher.status());
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const times = all.flatMap(({ anchors }) => anchors?.oldestSealedAt ?? []);
  return {
    changes: sum(all.map(({ changes }) => changes)),
    batches: sum(all.map(({ anchors }) => anchors?.pending ?? 0)),
    oldestSealedAt: times.length === 0 ? undefined : Math.min(...times),
  };
}

function jsonReply(status: number, body: object): Reply {
  return { status, type: "application/json", body: `${JSON.stringify(body)}\n` };
}
