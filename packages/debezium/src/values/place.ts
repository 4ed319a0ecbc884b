/** The place of a value. Debezium converts the values of some places differently. */
export interface Place {
  /** Whether the value is of a row that a snapshot read. */
  readonly isSnapshot: boolean;
  /** Whether the value is an element of an array. */
  readonly isElement: boolean;
}
