import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startChild } from "@etrap/test-servers";
import type { ChildServer } from "@etrap/test-servers";

const DEPLOY = resolve(import.meta.dirname, "../../../../deploy/prometheus");

/**
 * Starts a Prometheus with the configuration that operators get, which scrapes `target` each
 * second.
 */
export async function startPrometheus(target: string): Promise<ChildServer> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-prometheus-"));
  const config = join(folder, "prometheus.yaml");
  const given = readFileSync(join(DEPLOY, "prometheus.yaml"), "utf8")
    .replaceAll("15s", "1s")
    .replace("[alerts.yaml]", `[${join(DEPLOY, "alerts.yaml")}]`)
    .replace("127.0.0.1:9090", target);
  writeFileSync(config, given);
  return startChild({
    name: "Prometheus",
    folder,
    command: (port) => ({
      program: "prometheus",
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
    }),
    isUp: async (port) => {
      const ready = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
      return ready?.ok === true;
    },
  });
}

/** Asks a Prometheus for the newest value of a query. Undefined where it has none. */
export async function valueOf({ port }: ChildServer, query: string): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await response.json()) as { data: { result: readonly { value: [number, string] }[] } };
  const [first] = data.result;
  return first && Number(first.value[1]);
}

/** Returns a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}
