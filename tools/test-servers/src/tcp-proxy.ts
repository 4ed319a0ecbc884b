import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

/** A proxy on the loopback interface, for tests of a network that fails. */
export interface TcpProxy {
  readonly port: number;
  /** Passes nothing on any more over the connections that stand. New connections work. */
  freeze(): void;
  /** Ends the proxy and its connections. */
  stop(): Promise<void>;
}

/** Starts a proxy for a server on this port. */
export async function startProxy(serverPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, "127.0.0.1");
    pairs.add([client, server]);
    for (const socket of [client, server]) socket.on("error", () => undefined);
    client.pipe(server).pipe(client);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("expected the proxy to have a port");
  return {
    port: address.port,
    freeze() {
      for (const [client, server] of pairs) {
        client.unpipe(server);
        server.unpipe(client);
      }
    },
    async stop() {
      for (const socket of [...pairs].flat()) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
