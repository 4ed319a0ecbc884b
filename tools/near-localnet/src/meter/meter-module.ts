import type { Meters } from "./meter-body.ts";
import { INSTRUCTION_GAS, meterBody } from "./meter-body.ts";
import { listMethods } from "./methods.ts";
import { encodeNumber, encodeSigned, readModule, undecodable } from "./module-reader.ts";
import type { Section } from "./sections.ts";
import { addItems, checkImports, joinSections, limitMemory, splitSections, withSection } from "./sections.ts";
import type { Signature } from "./signatures.ts";
import { readSignatures } from "./signatures.ts";

/** The name under which a metered module exports its counter, an i64: the gas that is left. */
export const GAS_LEFT = "localnet: gas left";

/** The name under which a metered module exports its memory, besides its own name for it. */
export const MEMORY_EXPORT = "localnet: memory";

const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;
const MEMORY = 5;
const GLOBAL = 6;
const EXPORT = 7;
const CODE = 10;

/** A module with a counter of gas built in. */
export interface MeteredModule {
  readonly code: Uint8Array<ArrayBuffer>;
  /** The exported functions, and whether each takes and returns nothing. */
  readonly methods: ReadonlyMap<string, boolean>;
}

/**
 * Returns the module with a counter of gas built in: it traps as soon as the counter falls below
 * zero. Its memory is limited to 2,048 pages, as on the network. Throws `VmFailure` for a module
 * that the network would not accept either.
 */
export function meterModule(code: Uint8Array): MeteredModule {
  const sections = splitSections(code);
  const types = countOf(sections, TYPE);
  checkImports(sections.get(IMPORT));
  const signatures = readSignatures(sections);
  const functions = signatures.imported.length + signatures.own.length;
  const gasLeft = countOf(sections, GLOBAL);
  const meters: Meters = { charge: functions, chargeLinear: functions + 1 };
  const changes: readonly (readonly [number, Section])[] = [
    [TYPE, addItems(sections.get(TYPE), [Uint8Array.of(0x60, 1, 0x7e, 0), Uint8Array.of(0x60, 1, 0x7f, 1, 0x7f)])],
    [FUNCTION, addItems(sections.get(FUNCTION), [encoded(types), encoded(types + 1)])],
    [MEMORY, limitMemory(sections.get(MEMORY))],
    [GLOBAL, addItems(sections.get(GLOBAL), [Uint8Array.of(0x7e, 1, 0x42, 0, 0x0b)])],
    [EXPORT, addItems(sections.get(EXPORT), [exportOf(GAS_LEFT, 3, gasLeft), exportOf(MEMORY_EXPORT, 2, 0)])],
    [CODE, meterCode(sections.get(CODE), { meters, gasLeft, own: signatures.own })],
  ];
  const metered = changes.reduce((all, [id, section]) => withSection(all, id, section), sections);
  return { code: joinSections(metered), methods: listMethods(sections, signatures) };
}

const encoded = (value: number): Uint8Array => Uint8Array.from(encodeNumber(value));

const countOf = (sections: ReadonlyMap<number, Section>, id: number): number => sections.get(id)?.count ?? 0;

function exportOf(name: string, kind: number, index: number): Uint8Array {
  return Buffer.concat([encoded(name.length), Buffer.from(name), Uint8Array.of(kind), encoded(index)]);
}

interface Metering {
  readonly meters: Meters;
  readonly gasLeft: number;
  readonly own: readonly Signature[];
}

function meterCode(section: Section | undefined, { gasLeft, meters, own }: Metering): Section {
  const reader = readModule(section?.items ?? new Uint8Array());
  if (own.length !== (section?.count ?? 0)) throw undecodable();
  const bodies = own.map(({ params }) => meterBody(reader.take(reader.number()), params, meters));
  if (!reader.isAtEnd()) throw undecodable();
  bodies.push(chargeBody(gasLeft), chargeLinearBody(gasLeft));
  const items = bodies.map((body) => Buffer.concat([encoded(body.length), body]));
  return { count: bodies.length, items: Buffer.concat(items) };
}

/** gasLeft -= amount; if (gasLeft < 0) unreachable */
function chargeBody(gasLeft: number, amount: readonly number[] = [0x20, 0]): Uint8Array {
  const global = encodeNumber(gasLeft);
  const subtract = [0x23, ...global, ...amount, 0x7d, 0x24, ...global];
  const check = [0x23, ...global, 0x42, 0, 0x53, 0x04, 0x40, 0x00, 0x0b];
  return Uint8Array.from([0, ...subtract, ...check, 0x0b]);
}

/** The same for as many instructions as the parameter says, which is also the result. */
function chargeLinearBody(gasLeft: number): Uint8Array {
  const amount = [0x20, 0, 0xad, 0x42, ...encodeSigned(INSTRUCTION_GAS), 0x7e];
  return Uint8Array.from([...chargeBody(gasLeft, amount).subarray(0, -1), 0x20, 0, 0x0b]);
}
