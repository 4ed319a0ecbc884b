import { codeOf, messageOf } from "../error-code.ts";

/**
 * The weight of a finding: something is wrong; something could not be checked; or something is
 * worth knowing and proves nothing, such as a leftover of a crash.
 */
export type Severity = "fault" | "unchecked" | "note";

/** The codes of an `AuditFinding`. */
export type AuditCode =
  /** Slots are missing although a later one stands. */
  | "SLOT_MISSING"
  /** A slot holds no header of its chain and number. */
  | "SLOT_DAMAGED"
  /**
   * A slot does not follow the one before: one of the two was replaced, or the chain was forked.
   */
  | "CHAIN_BROKEN"
  /** The batch-data.json or payload.json that a slot needs is missing. */
  | "BATCH_MISSING"
  /** A batch is not the one that its slot commits to. */
  | "BATCH_DAMAGED"
  /** A tree or index document is missing. `completeDerived` makes it again. */
  | "DERIVED_MISSING"
  /** A tree or index document is not the one that its batch gives. */
  | "DERIVED_DIFFERS"
  /** An anchor.json does not belong to its batch. */
  | "ANCHOR_DAMAGED"
  /** A folder is not named as a chain's, but holds slots. */
  | "FOLDER_UNKNOWN"
  /** A batch that no slot names, since the slot of its number names another one. */
  | "ORPHAN"
  /** A batch that no slot names, and whose number has no slot: cut off, on its way, or hidden. */
  | "WITHOUT_SLOT"
  /** A folder of a batch that no slot names and that cannot be read as a batch. */
  | "UNKNOWN_BATCH"
  /** An object that belongs to no chain and no batch. */
  | "STRAY_KEY"
  /** The store could not be read. */
  | "UNREADABLE";

/** One finding of an audit. */
export interface AuditFinding {
  readonly severity: Severity;
  readonly code: AuditCode;
  /** The key of the object concerned, or a folder, which ends in `/`. */
  readonly key: string;
  /** A sentence without the key. It holds no value of a row. */
  readonly message: string;
}

const SEVERITIES: Partial<Readonly<Record<AuditCode, Severity>>> = {
  ORPHAN: "note",
  WITHOUT_SLOT: "unchecked",
  UNKNOWN_BATCH: "note",
  STRAY_KEY: "note",
  UNREADABLE: "unchecked",
};

/** Makes a finding. By default, its code decides the severity. */
export function findingOf(
  code: AuditCode,
  { key, message }: Pick<AuditFinding, "key" | "message">,
  severity: Severity = SEVERITIES[code] ?? "fault",
): AuditFinding {
  return { severity, code, key, message };
}

/** The codes of errors that say something about one object, and nothing about the store. */
const OF_OBJECT: ReadonlySet<string> = new Set(["LEDGER_DAMAGED", "SLOT_MISSING", "DAMAGED", "BAD_KEY"]);

/**
 * Turns an error into a finding: `code` where it is about the object, UNREADABLE where the store
 * gave no answer.
 */
export function findingOfError(error: unknown, code: AuditCode, key: string): AuditFinding {
  const isOfObject = isProofError(error) || OF_OBJECT.has(codeOf(error) ?? "");
  const message = messageOf(error);
  const sentence = message.startsWith(`${key}: `) ? message.slice(key.length + 2) : message;
  return findingOf(isOfObject ? code : "UNREADABLE", { key, message: sentence });
}

function isProofError(error: unknown): boolean {
  return error instanceof Error && error.name === "ProofError";
}
