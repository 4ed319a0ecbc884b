import { VmFailure } from "../calls/vm-failure.ts";
import { encodeNumber, readModule, undecodable } from "./module-reader.ts";

/** A section that is a list: how many items it has, and their bytes. */
export interface Section {
  readonly count: number;
  readonly items: Uint8Array;
}

/** The standard sections in the order in which a module has them. */
const ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];
/** The sections that hold one index instead of a list: `start` and the count of data segments. */
const NO_LISTS: ReadonlySet<number> = new Set([8, 12]);

const HEADER = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const MAX_PAGES = 2048;

/** Splits a module into its sections by number. Sections with names and debug data are left out. */
export function splitSections(code: Uint8Array): ReadonlyMap<number, Section> {
  const reader = readModule(code);
  if (!Buffer.from(reader.take(HEADER.length)).equals(HEADER)) throw undecodable();
  const sections = new Map<number, Section>();
  while (!reader.isAtEnd()) {
    const id = reader.byte();
    const content = reader.take(reader.number());
    if (id === 0) continue;
    if (!ORDER.includes(id) || sections.has(id)) throw undecodable();
    const inner = readModule(content);
    const count = NO_LISTS.has(id) ? 0 : inner.number();
    sections.set(id, { count, items: content.subarray(inner.position()) });
  }
  return sections;
}

/** Returns the module that has `sections`. */
export function joinSections(sections: ReadonlyMap<number, Section>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [HEADER];
  for (const id of ORDER) {
    const section = sections.get(id);
    if (section === undefined) continue;
    const count = NO_LISTS.has(id) ? [] : encodeNumber(section.count);
    parts.push(Uint8Array.of(id, ...encodeNumber(count.length + section.items.length), ...count), section.items);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Returns `sections` with `section` in place of the one of that number. */
export function withSection(
  sections: ReadonlyMap<number, Section>,
  id: number,
  section: Section,
): ReadonlyMap<number, Section> {
  return new Map([...sections, [id, section]]);
}

/** Returns `section` with `items` behind those that it has. */
export function addItems(section: Section | undefined, items: readonly Uint8Array[]): Section {
  const before = section ?? { count: 0, items: new Uint8Array() };
  return { count: before.count + items.length, items: Buffer.concat([before.items, ...items]) };
}

/** Refuses imports that are no functions of `env`. */
export function checkImports(section: Section | undefined): void {
  const reader = readModule(section?.items ?? new Uint8Array());
  for (let left = section?.count ?? 0; left > 0; left--) {
    const module = Buffer.from(reader.take(reader.number())).toString();
    reader.take(reader.number());
    if (module !== "env" || reader.byte() !== 0) throw new VmFailure({ kind: "prepare", error: "Instantiate" });
    reader.skipNumber();
  }
}

/**
 * Returns the memory section with a maximum of 2,048 pages. A module without memory gets one page.
 */
export function limitMemory(section: Section | undefined): Section {
  const reader = readModule(section?.items ?? Uint8Array.of(0, 1));
  const hasMaximum = reader.byte() === 1;
  const initial = Math.min(reader.number(), MAX_PAGES);
  const maximum = hasMaximum ? Math.min(reader.number(), MAX_PAGES) : MAX_PAGES;
  return { count: 1, items: Uint8Array.of(1, ...encodeNumber(initial), ...encodeNumber(Math.max(initial, maximum))) };
}
