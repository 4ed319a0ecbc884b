export { s3Refusal, startFaultProxy } from "./fault-proxy.ts";
export type { AnswerFault, FaultProxy, HttpAnswer, HttpFault, SeenRequest } from "./fault-proxy.ts";
export { startRedis } from "./redis-server.ts";
export type { RedisServer } from "./redis-server.ts";
export { startMoto, startVersitygw } from "./s3-server.ts";
export type { S3Credentials, S3Server, Versitygw } from "./s3-server.ts";
export { startProxy } from "./tcp-proxy.ts";
export type { TcpProxy } from "./tcp-proxy.ts";
