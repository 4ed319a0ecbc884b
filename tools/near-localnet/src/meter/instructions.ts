import type { ModuleReader } from "./module-reader.ts";
import { undecodable } from "./module-reader.ts";

/**
 * What an instruction means for metering: `structure` costs nothing, `linear` costs by the number
 * on top of the stack, `branch` ends a stretch that runs as a whole (a call may not return), `end`
 * closes a block.
 */
type InstructionKind = "plain" | "structure" | "loop" | "branch" | "end" | "linear";

/**
 * What follows an opcode: so many LEB128 numbers, bytes, the type of a block, or a table of
 * targets.
 */
type Immediates = number | "4 bytes" | "8 bytes" | "block type" | "targets";

/** One instruction of a function body. */
export interface Instruction {
  readonly kind: InstructionKind;
  /** Whether it opens a block that an `end` closes. */
  readonly opens: boolean;
}

type Form = readonly [kind: InstructionKind, immediates: Immediates];

/** The instructions that are not plain, by opcode. */
const CONTROL: Readonly<Record<number, Form>> = {
  0x00: ["branch", 0], // unreachable
  0x02: ["structure", "block type"], // block
  0x03: ["loop", "block type"],
  0x04: ["branch", "block type"], // if
  0x05: ["structure", 0], // else
  0x0b: ["end", 0],
  0x0c: ["branch", 1], // br
  0x0d: ["branch", 1], // br_if
  0x0e: ["branch", "targets"], // br_table
  0x0f: ["branch", 0], // return
  0x10: ["branch", 1], // call
  0x11: ["branch", 2], // call_indirect
  0x40: ["linear", 1], // memory.grow
};

/** The plain instructions, by their first and last opcode. */
const PLAIN: readonly (readonly [first: number, last: number, immediates: Immediates])[] = [
  [0x01, 0x01, 0], // nop
  [0x1a, 0x1b, 0], // drop, select
  [0x1c, 0x1c, 2], // select with one type
  [0x20, 0x26, 1], // locals, globals, tables
  [0x28, 0x3e, 2], // loads and stores
  [0x3f, 0x3f, 1], // memory.size
  [0x41, 0x42, 1], // i32.const, i64.const
  [0x43, 0x43, "4 bytes"], // f32.const
  [0x44, 0x44, "8 bytes"], // f64.const
  [0x45, 0xc4, 0], // arithmetic
  [0xd0, 0xd0, 1], // ref.null
  [0xd1, 0xd1, 0], // ref.is_null
  [0xd2, 0xd2, 1], // ref.func
];

/** The instructions behind the byte 0xfc. */
const PREFIXED: readonly Form[] = [
  ...Array.from({ length: 8 }, (): Form => ["plain", 0]), // saturating conversions
  ["linear", 2], // memory.init
  ["plain", 1], // data.drop
  ["linear", 2], // memory.copy
  ["linear", 1], // memory.fill
  ["linear", 2], // table.init
  ["plain", 1], // elem.drop
  ["linear", 2], // table.copy
  ["linear", 1], // table.grow
  ["plain", 1], // table.size
  ["linear", 1], // table.fill
];

/**
 * Reads the next instruction. Knows WebAssembly 1.0, sign extension, saturating conversions, bulk
 * memory and function references, which is what the network accepts. Throws for all others.
 */
export function readInstruction(reader: ModuleReader): Instruction {
  const opcode = reader.byte();
  const form = opcode === 0xfc ? PREFIXED[reader.number()] : formOf(opcode);
  if (form === undefined) throw undecodable();
  const [kind, immediates] = form;
  skipImmediates(reader, immediates);
  return { kind, opens: immediates === "block type" };
}

function formOf(opcode: number): Form | undefined {
  const plain = PLAIN.find(([first, last]) => first <= opcode && opcode <= last);
  return CONTROL[opcode] ?? (plain && ["plain", plain[2]]);
}

function skipImmediates(reader: ModuleReader, immediates: Immediates): void {
  if (immediates === "4 bytes") reader.take(4);
  else if (immediates === "8 bytes") reader.take(8);
  else if (immediates === "block type") readBlockType(reader);
  else
    for (let left = immediates === "targets" ? reader.number() + 1 : immediates; left > 0; left--) reader.skipNumber();
}

/** A block has no parameters and at most one result, so its type is one byte. */
function readBlockType(reader: ModuleReader): void {
  const type = reader.byte();
  if (type < 0x40 || type > 0x7f) throw undecodable();
}
