/** A bug of one line, as a developer might write it. */
export interface Bug {
  readonly what: string;
  readonly file: string;
  /** A text that occurs once in the file, and its replacement. */
  readonly from: string;
  readonly to: string;
}

const inBatcher = (file: string): string => `packages/batcher/src/${file}`;

/** The bugs to plant. Each loses, doubles or forges a change, or stops a batcher for ever. */
export const BUGS: readonly Bug[] = [
  {
    what: "commits as soon as a batch is sealed, before its slot",
    file: inBatcher("storing/store-batch.ts"),
    from: "  await recorded;\n",
    to: "",
  },
  {
    what: "commits on arrival",
    file: inBatcher("read-loop.ts"),
    from: "source.commit(skipped)",
    to: "source.commit(deliveries)",
  },
  {
    what: "takes the slot before the data is stored",
    file: inBatcher("storing/store-batch.ts"),
    from: "  await stored;\n",
    to: "",
  },
  {
    what: "takes slots out of order",
    file: inBatcher("storing/store-batch.ts"),
    from: "  await before;\n  // A crash up to here",
    to: "  // A crash up to here",
  },
  {
    what: "keeps a batch that names one that lost its slot",
    file: inBatcher("storing/store-batch.ts"),
    from: "  await before;\n  // A crash up to here",
    to: "  await before.catch(() => undefined);\n  // A crash up to here",
  },
  {
    what: "goes on sealing after a batch failed, without opening the chain again",
    file: inBatcher("run-lane.ts"),
    from: "source.generation === generation && failure === undefined &&",
    to: "source.generation === generation &&",
  },
  {
    what: "drops a change at a known position, whatever its content",
    file: inBatcher("storing/chain.ts"),
    from: "row !== undefined && isSameArrival(arrival, row)",
    to: "row !== undefined",
  },
  {
    what: "does not record a gap",
    file: inBatcher("intake/apply-rules.ts"),
    from: '  if (entry.kind === "skip") return entry;\n',
    to: '  if (entry.kind === "gap") return { kind: "skip", reason: entry.reason };\n  if (entry.kind === "skip") return entry;\n',
  },
  {
    what: "does not recognize the redelivery of a gap",
    file: inBatcher("intake/arrival.ts"),
    from: 'record.operation === "GAP" && entry.reason === record.reason',
    to: 'record.operation === "GAP" && entry.reason !== record.reason',
  },
  {
    what: "drops every change in a covered range, without reading the ledger",
    file: inBatcher("storing/drop-recorded.ts"),
    from: "isCovered && (await isRecorded(next))",
    to: "isCovered",
  },
  {
    what: "does not check whether a change is recorded",
    file: inBatcher("storing/drop-recorded.ts"),
    from: "isCovered && (await isRecorded(next))",
    to: "false",
  },
  {
    what: "does not check the held changes again after a lost slot",
    file: inBatcher("lanes/lane.ts"),
    from: "      forget(dropped);\n",
    to: "      for (const held of unchecked) open.add(held);\n      unchecked = [];\n      forget(dropped);\n",
  },
  {
    what: "checks again only the changes of sealed batches",
    file: inBatcher("lanes/lane.ts"),
    from: "open.takeAll(), waiting]",
    to: "waiting]",
  },
  {
    what: "drops the deliveries of a batch whose slot was lost",
    file: inBatcher("lanes/lane.ts"),
    from: "...batches.map(({ deliveries }) => deliveries), ",
    to: "",
  },
  {
    what: "gives up after a lost slot",
    file: inBatcher("supervise-lane.ts"),
    from: 'if (code === "KEY_CONFLICT" && failures === 1) continue;',
    to: 'if (code === "KEY_CONFLICT") return;',
  },
  {
    what: "takes an unclear answer for success",
    file: inBatcher("storing/store-object.ts"),
    from: "      if (!isTemporary(code)) throw error;",
    to: '      if (code === "OUTCOME_UNKNOWN") return;\n      if (!isTemporary(code)) throw error;',
  },
  {
    what: "takes the slot of another writer for its own",
    file: inBatcher("storing/store-batch.ts"),
    from: '    if (codeOf(error) === "KEY_CONFLICT") onEvent(',
    to: '    if (codeOf(error) !== "KEY_CONFLICT") throw error;\n    if (codeOf(error) === "KEY_CONFLICT") return void onEvent(',
  },
  {
    what: "goes on from memory after a lost slot, without reading the chain again",
    file: inBatcher("storing/chains.ts"),
    from: "await known?.reload();",
    to: "",
  },
  {
    what: "keeps the changes of an older generation beside their redelivery",
    file: inBatcher("lanes/lane.ts"),
    from: "all.filter((held) => held.generation === generation)",
    to: "all",
  },
  {
    what: "stays in its epoch when positions are used again",
    file: inBatcher("sealing/seal.ts"),
    from: "const epoch = epochFor(covered, stream, summary.first_position);",
    to: "const epoch = 0;",
  },
  {
    what: "takes a hole in the slots for the end of the chain",
    file: "packages/ledger/src/slots.ts",
    from: "if (!(await hasSlotBehind(reader, chain, seq))) return true;",
    to: "return true;",
  },
  {
    what: "reads on without a turn of the event loop while the source settles at once",
    file: inBatcher("read-loop.ts"),
    from: "const pulled: unknown = await withTurn(",
    to: "const pulled: unknown = await ((call: () => Promise<Delivery[]>) => call())(",
  },
  {
    what: "does not tell the anchor that a chain begins there",
    file: inBatcher("anchoring/prepare-turns.ts"),
    from: "progress.begins && seq === first",
    to: "seq < 0",
  },
  {
    what: "completes the derived documents of the newest batch alone",
    file: inBatcher("storing/complete-derived.ts"),
    from: "of await findIncomplete(store, chain, newest))",
    to: "of [] as Header[])",
  },
  {
    what: "a store that lets a slot be overwritten",
    file: "packages/ledger/src/testing/memory-store.ts",
    from: "else if (!equalBytes(held, bytes)) throw",
    to: "else if (!equalBytes(held, bytes)) objects.set(key, bytes.slice());\n      else if (held.length < 0) throw",
  },
  {
    what: "a source that accepts commits of an older generation, and of another server",
    file: inBatcher("testing/memory-source.ts"),
    from: "if (deliveredIn === generation) settle(",
    to: "settle(",
  },
  {
    what: "a source that steps back but continues where it was",
    file: inBatcher("testing/memory-source.ts"),
    from: "    cursors = new Map();\n",
    to: "",
  },
];
