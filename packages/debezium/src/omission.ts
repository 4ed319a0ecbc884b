import type { Value } from "@etrap/proof";

/** Why a column is left out of an image. */
export type OmissionCode =
  /** The update did not touch a large value, and Debezium did not send it. */
  | "UNCHANGED_TOAST"
  /** Not known without REPLICA IDENTITY FULL: Debezium fills such columns with made-up values. */
  | "REPLICA_IDENTITY"
  /** Debezium's form of this type loses part of the value. */
  | "LOSSY_TYPE"
  /** Nothing tells how to read this form. */
  | "UNKNOWN_TYPE"
  /** Not of its type's form. */
  | "MALFORMED_VALUE"
  /** In a range that Debezium spoils: an infinite date, ten days of 1582, a negative scale. */
  | "OUT_OF_RANGE";

/** A value that could not be decoded with certainty. */
export class Omission {
  readonly code: OmissionCode;

  constructor(code: OmissionCode) {
    this.code = code;
  }
}

/** What comes of a column: its canonical value, or why there is none. */
export type Decoded = Value | Omission;

export const LOSSY: Omission = new Omission("LOSSY_TYPE");
export const UNKNOWN: Omission = new Omission("UNKNOWN_TYPE");
export const MALFORMED: Omission = new Omission("MALFORMED_VALUE");
export const SPOILT: Omission = new Omission("OUT_OF_RANGE");
