/** The option that accepts an S3 server without conditional creates, for commander. */
export const SINGLE_WRITER_OPTION = [
  "--single-writer",
  "accept an S3 server without conditional creates; only the lease in Redis then keeps two agents apart, so run one",
  false,
] as const;

/** The value of that option. */
export interface SingleWriterOptions {
  readonly singleWriter: boolean;
}
