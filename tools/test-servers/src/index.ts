export { startRedis } from "./redis-server.ts";
export type { RedisServer } from "./redis-server.ts";
export { startProxy } from "./tcp-proxy.ts";
export type { TcpProxy } from "./tcp-proxy.ts";
