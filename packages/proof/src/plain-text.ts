/**
 * The canonical text (RFC 8785) of a plain value: objects and arrays of texts, finite numbers, booleans and null, with no member that is named
 * like a number. Undefined for any other, which may have one still. Such a value has its canonical text from the platform, many times as fast
 * as put together here: JSON.stringify differs from it in the order of members, and in escaping lone surrogates.
 */
export function plainText(value: unknown): string | undefined {
  const ordered = inOrder(value);
  if (ordered === undefined) return undefined;
  const text = JSON.stringify(ordered);
  // An escaped surrogate, or a backslash before these two letters.
  return text.includes(String.raw`\ud`) ? undefined : text;
}

/** The value with its members in canonical order; itself where they are already. Undefined unless it is plain. */
function inOrder(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "boolean" || value === null || Number.isFinite(value)) return value;
  if (typeof value !== "object") return undefined;
  return Array.isArray(value) ? listInOrder(value) : objectInOrder(value);
}

function listInOrder(list: readonly unknown[]): readonly unknown[] | undefined {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const ordered = inOrder(list[index]);
    if (ordered === undefined) return undefined;
    if (ordered !== list[index]) copy ??= [...list];
    if (copy !== undefined) copy[index] = ordered;
  }
  return copy ?? list;
}

function objectInOrder(object: object): object | undefined {
  if (Object.getPrototypeOf(object) !== Object.prototype) return undefined;
  const members = object as Readonly<Record<string, unknown>>;
  const given = Object.keys(members);
  const isOrdered = ascend(given);
  const names = isOrdered ? given : inNameOrder(given);
  let copy: Record<string, unknown> | undefined = isOrdered ? undefined : {};
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    const ordered = inOrder(members[name]);
    if (ordered === undefined) return undefined;
    if (ordered !== members[name]) {
      copy ??= Object.fromEntries(names.slice(0, index).map((each) => [each, members[each]]));
    }
    if (copy === undefined) continue;
    // Assigning to this name would make no member.
    if (name === "__proto__") return undefined;
    copy[name] = ordered;
  }
  if (copy === undefined) return object;
  // Names that are numbers come first in every object, whatever the order they were given in.
  return ascend(Object.keys(copy)) ? copy : undefined;
}

/** Of one table of PostgreSQL. The names of a larger object are not kept. */
const MOST_COLUMNS = 1_600;

/** The names that were sorted last, and their order: rows of one table have the same, and comparing them is cheaper than sorting. */
let last: { readonly given: readonly string[]; readonly inOrder: readonly string[] } = { given: [], inOrder: [] };

function inNameOrder(given: readonly string[]): readonly string[] {
  if (given.length > MOST_COLUMNS) return given.toSorted();
  const isSame = given.length === last.given.length && given.every((name, index) => name === last.given[index]);
  if (!isSame) last = { given, inOrder: given.toSorted() };
  return last.inOrder;
}

function ascend(names: readonly string[]): boolean {
  let before = "";
  for (const name of names) {
    if (before > name) return false;
    before = name;
  }
  return true;
}
