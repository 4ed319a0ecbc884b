/** A PostgreSQL column type, as far as decoding needs it. */
export interface ColumnType {
  /**
   * The type's short name, such as `int4` or `timestamptz`. An enum, or any other type without a
   * short name here, keeps its own name.
   */
  readonly base: string;
  /** Precision and scale, or the length, as written. */
  readonly args: readonly number[];
  /** Number of `[]` after the name. */
  readonly dimensions: number;
}

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["boolean", "bool"],
  ["smallint", "int2"],
  ["integer", "int4"],
  ["int", "int4"],
  ["bigint", "int8"],
  ["real", "float4"],
  ["double precision", "float8"],
  ["decimal", "numeric"],
  ["character varying", "varchar"],
  ["character", "char"],
  ["bpchar", "char"],
  ["bit varying", "varbit"],
  ["time without time zone", "time"],
  ["time with time zone", "timetz"],
  ["timestamp without time zone", "timestamp"],
  ["timestamp with time zone", "timestamptz"],
]);

const TYPE = /^([^()[\]]+?)\s*(?:\(([^()]*)\))?((?:\s+with(?:out)? time zone)?)((?:\[\d*\])*)$/;

/**
 * Reads a type as PostgreSQL's format_type or DDL writes it, such as `numeric(12,2)[]`. Returns
 * undefined for any other text.
 */
export function parseColumnType(text: string): ColumnType | undefined {
  const [, name, args = "", zone = "", brackets = ""] = TYPE.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  // PostGIS declares a kind and a reference system, which decoding does not need.
  const numbers =
    args === "" || /^geo(?:metry|graphy)$/i.test(name) ? [] : args.split(",").map((arg) => Number(arg.trim()));
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  const base = `${name}${zone}`.toLowerCase().replace(/^interval .*/, "interval");
  return { base: ALIASES.get(base) ?? base, args: numbers, dimensions: brackets.split("[").length - 1 };
}

/**
 * Whether a time or timestamp is known to have no digits after the milliseconds. Without a declared
 * precision it has six.
 */
export function isCoarse(type: ColumnType | undefined): boolean {
  return type !== undefined && (type.args[0] ?? 6) <= 3;
}

/** Returns the type of an array's elements. */
export function elementType(type: ColumnType): ColumnType {
  return { ...type, dimensions: 0 };
}
