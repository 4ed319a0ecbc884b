import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { readRecording } from "@etrap/testdata";
import { startRedis } from "@etrap/test-servers";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { startEtrap } from "../fixtures/etrap-process.ts";
import type { EtrapProcess } from "../fixtures/etrap-process.ts";
import { loadEntries, untilAllCommitted } from "../fixtures/load-entries.ts";
import { makeCertificates } from "../fixtures/make-certificates.ts";
import type { Certificates } from "../fixtures/make-certificates.ts";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

const STREAM = "etrap.public.account";
const account = readRecording("redis-killed").filter(({ stream }) => stream === STREAM);

interface Place {
  readonly folder: string;
  /** A client without TLS, with all rights. */
  readonly redis: Redis;
  readonly port: number;
  /** Starts an agent with only these settings of the connection. */
  start(connection: Readonly<Record<string, string>>): EtrapProcess;
}

async function startServer(...args: string[]): Promise<Place> {
  const server = await startRedis(...args);
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const folder = await makeFolder();
  const settings = { ETRAP_ORG_ID: "acme", ETRAP_STORE_DIR: join(folder, "ledger"), ETRAP_BATCH_TIMEOUT: "0.1" };
  return {
    folder,
    redis,
    port: server.port,
    start(connection) {
      const etrap = startEtrap(["run"], { ...settings, ETRAP_DATABASE: "erp", ...connection });
      onTestFinished(async () => void (await etrap.end("SIGKILL")));
      return etrap;
    },
  };
}

async function expectRecorded({ folder, redis }: Place, etrap: EtrapProcess): Promise<void> {
  await loadEntries(redis, account);
  await untilAllCommitted(redis, [STREAM], etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  const ids = changesOf(readLedger(join(folder, "ledger"))).map(({ id }) => id);
  expect(ids).toEqual(account.map(({ id }) => id));
}

test("reads the database of a URL", async () => {
  const place = await startServer();
  await place.redis.select(3);
  await expectRecorded(place, place.start({ REDIS_URL: `redis://127.0.0.1:${place.port}/3` }));
});

test("logs in as an ACL user", { timeout: 30_000 }, async () => {
  const place = await startServer();
  await place.redis.acl("SETUSER", "etrap", "on", ">s3cret p@ss", "~*", "&*", "+@all");
  await place.redis.acl("SETUSER", "open", "on", "nopass", "~*", "&*", "+@all");
  await place.redis.config("SET", "requirepass", "other");
  const port = { REDIS_HOST: "127.0.0.1", REDIS_PORT: String(place.port) };
  const wrong = place.start({ ...port, REDIS_USERNAME: "etrap", REDIS_PASSWORD: "other" });
  expect(await wrong.exited).toBe(2);
  expect(wrong.errors()).toContain("NOT_AUTHENTICATED");
  const open = place.start({ ...port, REDIS_USERNAME: "open" });
  await open.untilLine("leading");
  expect(await open.end("SIGTERM")).toBe(0);
  await expectRecorded(place, place.start({ REDIS_URL: `redis://etrap:s3cret%20p%40ss@127.0.0.1:${place.port}` }));
});

describe("with TLS", () => {
  interface TlsPlace extends Place {
    readonly certificates: Certificates;
    readonly url: string;
  }

  async function startTlsServer(...args: string[]): Promise<TlsPlace> {
    const certificates = makeCertificates(await makeFolder());
    const { ca, server } = certificates;
    const port = await freePort();
    const files = ["--tls-ca-cert-file", ca, "--tls-cert-file", server.cert, "--tls-key-file", server.key];
    const place = await startServer("--tls-port", String(port), ...files, ...args);
    return { ...place, certificates, url: `rediss://localhost:${port}` };
  }

  async function freePort(): Promise<number> {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const address = probe.address();
    probe.close();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  test("trusts an authority of one's own", async () => {
    const place = await startTlsServer("--tls-auth-clients", "no");
    await expectRecorded(place, place.start({ REDIS_URL: place.url, REDIS_TLS_CA_FILE: place.certificates.ca }));
  });

  test("shows a client certificate", async () => {
    const place = await startTlsServer("--tls-auth-clients", "yes");
    const { ca, client } = place.certificates;
    const files = { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: client.cert, REDIS_TLS_KEY_FILE: client.key };
    await expectRecorded(place, place.start({ REDIS_URL: place.url, ...files }));
  });

  test("reads nothing without trust, without a client certificate, or without TLS", { timeout: 30_000 }, async () => {
    const place = await startTlsServer("--tls-auth-clients", "yes");
    await loadEntries(place.redis, account);
    const { ca } = place.certificates;
    const agents = [
      place.start({ REDIS_URL: place.url }),
      place.start({ REDIS_URL: place.url, REDIS_TLS_CA_FILE: ca }),
      place.start({ REDIS_URL: place.url.replace("rediss", "redis") }),
    ];
    await Promise.all(agents.map(async (agent) => agent.untilLine("started")));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (const agent of agents) {
      expect(await agent.end("SIGTERM")).toBe(0);
      expect(agent.lines.join("\n")).not.toMatch(/leading|batch-stored|stream-found/);
    }
  });

  test("refuses files that are missing or wrong before it connects", async () => {
    const folder = await makeFolder();
    const { ca, client, server } = makeCertificates(folder);
    const garbage = join(folder, "garbage.pem");
    await writeFile(garbage, "garbage");
    const none = join(folder, "none.pem");
    const problemOf = async (files: Record<string, string>): Promise<string> => {
      const { exit, errors } = await runEtrap(folder, ["run"], { REDIS_URL: "rediss://127.0.0.1:1", ...files });
      expect(exit).toBe(3);
      return errors.join();
    };
    expect(await problemOf({ REDIS_TLS_CA_FILE: none })).toMatch(
      /REDIS_TLS_CA_FILE: .*none\.pem: cannot be read \(ENOENT\)/,
    );
    expect(await problemOf({ REDIS_TLS_CA_FILE: garbage })).toContain("REDIS_TLS_CA_FILE: expected certificates");
    const pair = { REDIS_TLS_CERT_FILE: client.cert, REDIS_TLS_KEY_FILE: client.key };
    expect(await problemOf({ ...pair, REDIS_TLS_CERT_FILE: garbage })).toContain("REDIS_TLS_CERT_FILE: expected");
    for (const key of [garbage, server.key, ca]) {
      expect(await problemOf({ ...pair, REDIS_TLS_KEY_FILE: key })).toContain(
        "REDIS_TLS_KEY_FILE: expected the private key",
      );
    }
  });
});
