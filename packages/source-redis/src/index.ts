export type { StreamSelection } from "./discovery.ts";
export type { RedisSourceEvent, ResetReason } from "./events.ts";
export type { UntoldReason } from "./find-loss.ts";
export { openRedisSource } from "./redis-source.ts";
export type { RedisSource, RedisSourceOptions } from "./redis-source.ts";
export { RedisSourceError } from "./redis-source-error.ts";
export type { RedisSourceErrorCode } from "./redis-source-error.ts";
export { redisClientOptions } from "./server.ts";
export { streamsMeet } from "./streams-meet.ts";
