import type { AgentEvent } from "./agent-event.ts";
import { printable, printableJson } from "./printable.ts";
import { textOf } from "./text-of-event.ts";

/** Takes events; with several databases, `database` says of which one. */
export type Report = (event: AgentEvent, database?: string) => void;

/** Where lines go, and in which form. */
export interface ReporterOptions {
  readonly write: (line: string) => void;
  readonly json: boolean;
  /** Report the events too that only matter when something is looked for. */
  readonly debug: boolean;
  readonly now: () => Date;
}

const DEBUG_ONLY: ReadonlySet<string> = new Set(["entries-skipped"]);

/**
 * Turns events into lines: for people, or as JSON. Holds no row value, key or secret, since no event does; the names in it may be a stranger's,
 * and move no cursor.
 */
export function createReporter({ write, json, debug, now }: ReporterOptions): Report {
  return (event, database) => {
    if (DEBUG_ONLY.has(event.type) && !debug) return;
    const whose = database === undefined ? {} : { database };
    if (json) return write(printableJson({ time: now().toISOString(), ...whose, ...flat(event) }));
    const prefix = database === undefined ? "" : `${database}: `;
    write(
      textOf(event)
        .map((line) => printable(`${prefix}${line}`))
        .join("\n"),
    );
  };
}

/** A batch's header is long: its JSON line holds what names it. */
function flat(event: AgentEvent): object {
  if (event.type !== "batch-stored") return event;
  const { type, batchId, header, bytes } = event;
  const { database, schema, table, seq, leaf_count, merkle_root, operations } = header;
  return {
    type,
    batchId,
    database,
    schema,
    table,
    seq,
    changes: leaf_count,
    merkleRoot: merkle_root,
    operations,
    bytes,
  };
}
