import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { localKey } from "@etrap/near-localnet";
import { startChild } from "@etrap/test-servers";
import type { ChildServer } from "@etrap/test-servers";

const MAIN = resolve(import.meta.dirname, "../../../../tools/near-localnet/src/main.ts");

/** A NEAR chain in a process of its own, which is kept on disk. */
export interface LocalnetProcess extends ChildServer {
  readonly url: string;
  /** The key of the account `acme`, which has 100 NEAR. */
  readonly ownerKey: string;
}

/** Starts a NEAR chain with a block every 200 ms. */
export async function startLocalnet(): Promise<LocalnetProcess> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-localnet-"));
  const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
  const server = await startChild({
    name: "the NEAR localnet",
    folder,
    command: (port) => {
      const options = ["--port", String(port), "--folder", join(folder, "chain"), "--block-time", "200"];
      return { program: process.execPath, args: ["--conditions=@etrap/source", MAIN, ...options] };
    },
    isUp: async (port) => isUp(urlOf(port)),
  });
  return { ...server, url: urlOf(server.port), ownerKey: localKey("localnet", "acme") };
}

async function isUp(url: string): Promise<boolean> {
  const request = { jsonrpc: "2.0", id: "1", method: "status", params: [] };
  try {
    const headers = { "content-type": "application/json" };
    return (await fetch(url, { method: "POST", headers, body: JSON.stringify(request) })).ok;
  } catch {
    return false;
  }
}
