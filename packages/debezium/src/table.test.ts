import { readFileSync } from "node:fs";
import type { Image, Value } from "@etrap/proof";
import { canonicalText, hstoreMap, modeTables, modeTruth, readModeRecordings } from "@etrap/testdata";
import type { ModeRecording } from "@etrap/testdata";
import { describe, expect, test } from "vitest";
import { createDecoder } from "./decoder.ts";
import { parseColumnType } from "./tables/column-type.ts";
import { parseTableDescriptions } from "./tables/table-descriptions.ts";

/** One row of the README's table, with one outcome. */
interface Row {
  readonly line: string;
  readonly types: readonly string[];
  readonly value: string;
  readonly setting: { readonly name: string; readonly values: readonly string[] } | undefined;
  readonly outcome: string;
}

/** What became of one value in one recording. */
interface Sight {
  readonly place: string;
  readonly type: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly isUpdate: boolean;
  /** `recorded`, a code, or `not known` for a value that is another than PostgreSQL's. */
  readonly outcome: string;
  readonly isNull: boolean;
  /** Whether the column is neither in the row nor named as left out of it. */
  readonly isAbsent: boolean;
}

const HEAD = "\n| type | value | setting | result |\n|---|---|---|---|\n";
const [, afterHead = ""] = readFileSync(new URL("../README.md", import.meta.url), "utf8").split(HEAD);
const [table = ""] = afterHead.split("\n\n");
const rows: readonly Row[] = table.split("\n").map((line) => {
  const [types = "", value = "", setting = "", result = ""] = line
    .slice(1, -1)
    .split(" |")
    .map((cell) => cell.trim());
  const [name = "", values = ""] = setting.split(": ");
  return {
    line,
    types: types.split(/, (?![^(]*\))/).map((type) => type.replaceAll("`", "")),
    value,
    setting: setting === "" ? undefined : { name, values: values.split(", ") },
    outcome: /^(?:recorded|not known|[A-Z_]+)/.exec(result)?.[0] ?? "?",
  };
});

const DEFAULTS = { decimal: "precise", interval: "numeric", binary: "bytes", time: "adaptive", hstore: "json" };
const tables = modeTables();
const truth = modeTruth();

/** The name that the table has for a column's type. */
function nameOf(column: string, text: string): string {
  if (column === "m_absent.gen") return "generated column";
  if (text === "amount[]") return "array of a domain";
  if (text === "m_interval") return "composite";
  const type = parseColumnType(text);
  if (type === undefined) throw new Error(`expected a type, got ${text}`);
  const { base, args, dimensions } = type;
  const brackets = "[]".repeat(dimensions);
  const [first, scale = 0] = args;
  if (base === "mood") return `enum${brackets}`;
  if (base.endsWith("multirange")) return "multirange";
  if (base === "numeric" && first !== undefined) return `numeric(p,${scale < 0 ? "-" : ""}s)${brackets}`;
  if (base === "bit") return `bit(${first === 1 ? "1" : "n"})${brackets}`;
  if (/^time(stamp)?$/.test(base) && (first ?? 6) <= 3) return `${base}(3)${brackets}`;
  return base + brackets;
}

function settingsOf({ settings }: ModeRecording): Readonly<Record<string, string>> {
  const named = Object.entries(settings).map(([name, value]) => [
    name.replace(/\.(handling|precision)\.mode$/, ""),
    value,
  ]);
  return { ...DEFAULTS, ...Object.fromEntries(named) };
}

/** The same entry as it is with schemas off. */
function withoutSchema(value: string): string {
  return value.replace(/^\{"schema":.*?,"payload":(?=\{"before")/s, "").slice(0, -1);
}

function isTrue(type: string, text: string | null, value: Value): boolean {
  if (
    type.startsWith("hstore") &&
    text !== null &&
    !type.endsWith("[]") &&
    typeof value === "string" &&
    value.startsWith("{")
  ) {
    const pairs = Object.entries<string | null>(JSON.parse(value));
    return pairs.length === hstoreMap(text).size && pairs.every(([key, member]) => hstoreMap(text).get(key) === member);
  }
  return JSON.stringify(withoutZeros(type, canonicalText(type, text))) === JSON.stringify(withoutZeros(type, value));
}

/** `precise` drops the zeros at the end of a numeric without a declared scale. */
function withoutZeros(type: string, value: Value): Value {
  if (Array.isArray(value)) return value.map((element) => withoutZeros(type, element));
  if (!/^numeric(\[\])?$/.test(type) || typeof value !== "string" || !value.includes(".")) return value;
  return value.replace(/\.?0+$/, "");
}

type Form = "on" | "off" | "on, not described";

function sightsOf(recording: ModeRecording, form: Form): Sight[] {
  const decode = createDecoder({
    nameDatabase: (name) => name ?? "unknown",
    tables: parseTableDescriptions({
      debezium: recording.settings,
      tables: form === "on, not described" ? {} : { public: tables },
    }),
  });
  return recording.entries.flatMap(({ id, fields }) => {
    const texts = fields.flatMap(([name, value]) => [
      name,
      name === "value" && form === "off" ? withoutSchema(value) : value,
    ]);
    const entry = decode(texts.map((text) => new TextEncoder().encode(text)));
    if (entry.kind !== "change") throw new Error(`${recording.name} ${id}: ${JSON.stringify(entry)}`);
    const { table, operation, after, omitted } = entry;
    if (after === null) return [];
    const place = `${recording.name} ${form} ${table} ${String(after["id"])}`;
    const expected = truth.get(`${table} ${String(after["id"])}`) ?? { id: String(after["id"]), n: "2" };
    return Object.entries(tables[table]?.columns ?? {}).map(([column, type]): Sight => {
      const code = omitted?.after?.[column];
      const text = expected[column] ?? null;
      // Row 1 of m_large has a large value in every other column, and row 2 has NULL.
      const isLarge = operation === "UPDATE" && after["id"] === "1" && expected[column] === undefined;
      const isRight = !isLarge && isTrue(type, text, (after as Image)[column] ?? null);
      return {
        place: `${place} ${column} (${type})`,
        type: nameOf(`${table}.${column}`, type),
        settings: settingsOf(recording),
        isUpdate: operation === "UPDATE",
        outcome: code ?? (isRight ? "recorded" : "not known"),
        isAbsent: code === undefined && !Object.hasOwn(after, column),
        isNull: text === null || /^\{NULL(,NULL)*\}$/.test(text),
      };
    });
  });
}

function holdsFor({ setting }: Row, { settings }: Sight): boolean {
  return setting === undefined || setting.values.includes(settings[setting.name] ?? "?");
}

/**
 * The rows of the table that speak of a value: those of its type, and of its elements' type if none
 * speaks of all arrays.
 */
function rowsFor(sight: Sight): Row[] {
  const element = sight.type.replace(/\[\]$/, "");
  const isArray = element !== sight.type;
  const own = rows.filter((row) => holdsFor(row, sight) && row.types.includes(sight.type));
  const ofAll = rows.filter(
    ({ types }) => (isArray && types.includes("any array")) || (sight.isUpdate && types.includes("any type")),
  );
  const isWhole = own.some(({ value, outcome }) => (value === "" || value === "any") && outcome !== "recorded");
  const ofElement =
    isArray && !isWhole ? rows.filter((row) => holdsFor(row, sight) && row.types.includes(element)) : [];
  return [...own, ...ofAll, ...ofElement];
}

const sights = readModeRecordings().flatMap((recording) => [
  ...sightsOf(recording, "on"),
  ...sightsOf(recording, "off"),
]);

describe("the README's table of types", () => {
  test("says what became of every value in the recordings, with schemas on and off", () => {
    const wrong = sights.filter((sight) => {
      if (sight.isNull && sight.outcome === "recorded") return false;
      return !rowsFor(sight).some(({ outcome }) => outcome === sight.outcome);
    });
    expect(wrong.map(({ place, outcome }) => `${place}: ${outcome}`)).toEqual([]);
  });

  test("says nothing that no recording shows, for any type or setting that it names", () => {
    const seen = sights.filter(({ isNull, outcome }) => !isNull || outcome !== "recorded");
    const unseen = rows.flatMap((row) =>
      partsOf(row).flatMap((part) =>
        seen.some((sight) => shows(sight, part)) ? [] : [`${part.types[0]}: ${row.line}`],
      ),
    );
    expect(unseen).toEqual([]);
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.map(({ outcome }) => outcome)).not.toContain("?");
  });

  test("gives the same with schemas on and off", () => {
    const outcomes = Map.groupBy(sights, ({ place }) => place.replace(/ (on|off) /, " "));
    const different = Array.from(outcomes).filter(([, both]) => new Set(both.map(({ outcome }) => outcome)).size > 1);
    expect(different.map(([place]) => place)).toEqual([]);
  });
});

test("with schemas on and no description, only some values of these types are not known", () => {
  const described = new Set(sights.filter(({ outcome }) => outcome === "not known").map(({ type }) => type));
  const others = readModeRecordings()
    .flatMap((recording) => sightsOf(recording, "on, not described"))
    .filter(({ type, outcome, isAbsent }) => outcome === "not known" && !isAbsent && !described.has(type));
  expect(Array.from(new Set(others.map(({ type }) => type))).toSorted()).toMatchInlineSnapshot(`
    [
      "bit(1)[]",
      "bytea",
      "bytea[]",
      "citext[]",
      "inet[]",
      "int4range[]",
      "money",
      "name",
      "oid[]",
      "varbit",
    ]
  `);
});

/** The same row for each of its types and each value of its setting by itself. */
function partsOf(row: Row): Row[] {
  const { types, setting } = row;
  const settings = setting?.values.map((value) => ({ name: setting.name, values: [value] })) ?? [undefined];
  return types.flatMap((type) => settings.map((part) => ({ ...row, types: [type], setting: part })));
}

/** Whether a value has the type, the setting and the outcome of a row. */
function shows(sight: Sight, row: Row): boolean {
  const isOfType = row.types.some(
    (type) => type.startsWith("any ") || type === sight.type || `${type}[]` === sight.type,
  );
  return isOfType && holdsFor(row, sight) && row.outcome === sight.outcome;
}
