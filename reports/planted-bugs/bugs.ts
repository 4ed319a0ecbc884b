/** A fault of one line, as somebody might write it. */
export interface Bug {
  readonly what: string;
  readonly file: string;
  /** A text that stands once in the file, and what is put in its place. */
  readonly from: string;
  readonly to: string;
}

const inBatcher = (file: string): string => `packages/batcher/src/${file}`;

/** Every one loses, doubles or forges a change, or stands still for ever. */
export const BUGS: readonly Bug[] = [
  {
    what: "commits as soon as a batch is sealed, before its slot",
    file: inBatcher("run.ts"),
    from: "  await recorded;\n",
    to: "",
  },
  {
    what: "commits on arrival",
    file: inBatcher("read.ts"),
    from: "commitSkips(skips,",
    to: "commitSkips(deliveries,",
  },
  {
    what: "takes the slot before the data is stored",
    file: inBatcher("run.ts"),
    from: "  await stored;\n",
    to: "",
  },
  {
    what: "takes slots out of their order",
    file: inBatcher("run.ts"),
    from: "  await before;\n  // A crash up to here",
    to: "  // A crash up to here",
  },
  {
    what: "drops what has a known position, whatever it says",
    file: inBatcher("record/chain.ts"),
    from: "row !== undefined && isSameArrival(arrival, row)",
    to: "row !== undefined",
  },
  {
    what: "takes a gap for nothing to record",
    file: inBatcher("reading/apply-rules.ts"),
    from: '  if (entry.kind === "skip") return entry;\n',
    to: '  if (entry.kind === "gap") return { kind: "skip", reason: entry.reason };\n  if (entry.kind === "skip") return entry;\n',
  },
  {
    what: "takes a gap that comes again for another one",
    file: inBatcher("reading/arrival.ts"),
    from: 'record.operation === "GAP" && entry.reason === record.reason',
    to: 'record.operation === "GAP" && entry.reason !== record.reason',
  },
  {
    what: "drops everything in a stretch that is covered, without reading it",
    file: inBatcher("ask.ts"),
    from: "isCovered && (await isRecorded(next))",
    to: "isCovered",
  },
  {
    what: "does not ask whether the record has it",
    file: inBatcher("ask.ts"),
    from: "isCovered && (await isRecorded(next))",
    to: "false",
  },
  {
    what: "drops the deliveries of a batch whose slot was lost",
    file: inBatcher("lanes/lane.ts"),
    from: "...batches.map(({ deliveries }) => deliveries), ",
    to: "",
  },
  {
    what: "takes an unclear answer for a yes",
    file: inBatcher("record/store-object.ts"),
    from: "      if (!isAway(code)) throw error;",
    to: '      if (code === "OUTCOME_UNKNOWN") return;\n      if (!isAway(code)) throw error;',
  },
  {
    what: "takes another writer's slot for its own",
    file: inBatcher("run.ts"),
    from: '    if (codeOf(error) === "KEY_CONFLICT") onEvent(',
    to: '    if (codeOf(error) !== "KEY_CONFLICT") throw error;\n    if (codeOf(error) === "KEY_CONFLICT") return void onEvent(',
  },
  {
    what: "goes on from memory after a lost slot, without reading the chain again",
    file: inBatcher("record/chains.ts"),
    from: "await known?.reload();",
    to: "",
  },
  {
    what: "keeps what it holds of an older generation beside its redelivery",
    file: inBatcher("lanes/lane.ts"),
    from: "all.filter((held) => held.generation === generation)",
    to: "all",
  },
  {
    what: "takes a hole in the slots for the end of the chain",
    file: inBatcher("record/slots.ts"),
    from: "if (!(await hasSlotBehind(store, name, seq))) return true;",
    to: "return true;",
  },
  {
    what: "a source that accepts commits of an older generation, and of another server",
    file: inBatcher("testing/memory-source.ts"),
    from: "if (deliveredIn === generation) settle(",
    to: "settle(",
  },
];
