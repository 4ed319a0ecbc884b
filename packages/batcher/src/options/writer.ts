import type { Commitment, Header, Rules } from "@etrap/proof";

/** The part of every header that says who wrote it, and by which rules. */
export interface Writer {
  readonly organization: string;
  /** The program's name and version. */
  readonly agent: string;
  readonly capture: Header["capture"];
  readonly rules: Rules;
  /**
   * `row` (the default) opens images whole. `fields` opens them column by column, which costs a
   * salt and a hash for each column.
   */
  readonly commitment?: Commitment;
}
