import type { S3ClientConfig } from "@aws-sdk/client-s3";

/** Options of `s3ClientOptions`. */
export interface ClientLimits {
  /**
   * The longest time without progress, in milliseconds: for a connection, for the answer to a small
   * request, and between two parts of a body. Default: 10 000.
   */
  readonly timeoutMs?: number;
}

/**
 * Returns the options of an `S3Client` that a store needs, to be spread before your own: three
 * attempts, and every attempt ends in bounded time. By default, the SDK only warns about a request
 * that takes too long.
 */
export function s3ClientOptions({ timeoutMs = 10_000 }: ClientLimits = {}): S3ClientConfig {
  return {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      // Enough for all batches in flight. More only make a busy server slower.
      httpsAgent: { maxSockets: 64 },
      httpAgent: { maxSockets: 64 },
    },
  };
}

/** The slowest transfer that is not given up, in bytes a second. */
const SLOWEST = 256 << 10;

/** Returns how long one attempt to send this many bytes may take, in milliseconds. */
export function sendTimeout(bytes: number, timeoutMs = 10_000): number {
  return timeoutMs + Math.ceil((bytes / SLOWEST) * 1000);
}
