/** The options of an ioredis client that the source relies on. */
export interface RedisClientOptions {
  readonly lazyConnect: true;
  readonly enableOfflineQueue: false;
  readonly autoResendUnfulfilledCommands: false;
  readonly maxRetriesPerRequest: 0;
  readonly connectTimeout: number;
  readonly commandTimeout: number;
  readonly retryStrategy: (attempt: number) => number;
}

/**
 * Returns the ioredis options that the source needs. The client queues no command and sends none
 * again, since the source itself steps back after a lost connection.
 */
export function redisClientOptions(): RedisClientOptions {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The cause of a lost connection is reported once an attempt has failed.
    connectTimeout: 5_000,
    // A half-open connection never answers. The longest wait that a command of the source asks for
    // is half a second.
    commandTimeout: 10_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  };
}
