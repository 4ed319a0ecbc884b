import type { Value } from "@etrap/proof";

/** The reason why a column is left out of an image. */
export type OmissionCode =
  /** The update did not touch a large value, and Debezium did not send it. */
  | "UNCHANGED_TOAST"
  /** The value is not known without REPLICA IDENTITY FULL. Debezium sends a made-up one. */
  | "REPLICA_IDENTITY"
  /** Debezium's form of this type loses part of the value. */
  | "LOSSY_TYPE"
  /** The form of the value is not known. */
  | "UNKNOWN_TYPE"
  /** The value does not have the form of its type. */
  | "MALFORMED_VALUE"
  /** Debezium gets such values wrong: an infinite date, some days of 1582, a negative scale. */
  | "OUT_OF_RANGE";

/** A value that could not be decoded with certainty. */
export class Omission {
  readonly code: OmissionCode;

  constructor(code: OmissionCode) {
    this.code = code;
  }
}

/** The canonical value of a column, or the reason why it is left out. */
export type Decoded = Value | Omission;

export const UNTOUCHED: Omission = new Omission("UNCHANGED_TOAST");
export const MADE_UP: Omission = new Omission("REPLICA_IDENTITY");
export const LOSSY: Omission = new Omission("LOSSY_TYPE");
export const UNKNOWN: Omission = new Omission("UNKNOWN_TYPE");
export const MALFORMED: Omission = new Omission("MALFORMED_VALUE");
export const OUT_OF_RANGE: Omission = new Omission("OUT_OF_RANGE");
