/**
 * Refuses a transaction before it costs anything. `error` is nodes' JSON form (`InvalidTxError`).
 */
export class InvalidTransaction extends Error {
  override readonly name = "InvalidTransaction";
  readonly error: unknown;

  constructor(error: unknown) {
    super(JSON.stringify(error));
    this.error = error;
  }
}
