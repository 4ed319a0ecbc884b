/** Measures the cost of sealing a change of ten columns, as a whole and step by step. */
// On one core, next to JSON.stringify and one SHA-256 of the same data.
import { hash } from "node:crypto";
import { commitToImage, createSalts, encodeRecord, openImage, recordTree } from "@etrap/proof/write";
import type { ChangeRecord, Commitment, Image, OpenedImage } from "@etrap/proof";

const BATCH = 1_000;
const CHANGES = 20 * BATCH;
const ROUNDS = 7;

function sha256InNode(data: Uint8Array): Uint8Array {
  const text = hash("sha256", data, "binary");
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

const salt = createSalts();

const keys: readonly Image[] = Array.from({ length: CHANGES }, (_, index) => ({ id: String(index) }));
const images: readonly Image[] = keys.map((key, index) => ({
  ...key,
  owner: `owner ${index}`,
  email: `owner.${index}@example.com`,
  iban: `DE${String(index).padStart(20, "0")}`,
  balance: `${index}.25`,
  currency: "EUR",
  is_open: index % 7 !== 0,
  note: index % 3 === 0 ? null : "opened at the counter",
  created: "2025-06-13T22:52:15.648000Z",
  changed: "2025-06-13T22:52:15.648000Z",
}));
const recordOf = (index: number, key: string, after: string): ChangeRecord => ({
  database: "erp",
  schema: "public",
  table: "account",
  operation: "INSERT",
  timestamp: 1_749_855_135_648,
  captured_at: "1749855135650123456",
  position: `1749855135650-${index}`,
  lsn: String(24_023_128 + index),
  tx_id: "555",
  tx_order: index,
  run: "01a205fb-ce78-74e3-b0ed-31a261964408",
  key,
  before: null,
  after,
  omitted: null,
  raw: null,
  reason: null,
});

/**
 * Returns microseconds per change, the median of several rounds. The first round, in which the code
 * is compiled, is left out.
 */
function cost(work: () => unknown): number {
  work();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return ((performance.now() - start) * 1000) / CHANGES;
  });
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
}

type Hash = typeof sha256InNode | undefined;

function seal(commitment: Commitment, hashOf: Hash): void {
  for (let start = 0; start < CHANGES; start += BATCH) {
    const records = images.slice(start, start + BATCH).map((image, index) => {
      const key = openImage(keys[start + index] ?? {}, commitment, salt);
      const after = openImage(image, commitment, salt);
      return recordOf(start + index, commitToImage(key, hashOf), commitToImage(after, hashOf));
    });
    recordTree(records, hashOf).root();
  }
}

const encoder = new TextEncoder();
const floor = cost(() =>
  images.forEach((image, index) => {
    const text = JSON.stringify([keys[index], image, recordOf(index, "a".repeat(64), "b".repeat(64))]);
    sha256InNode(encoder.encode(text));
  }),
);

console.log(
  `A change: an insert with a key of one column and a row of ten; batches of ${BATCH}, one core, median of ${ROUNDS}.\n`,
);
console.log("whole: open, commit, record, leaf, tree        µs/change    changes/s   × JSON.stringify and one SHA-256");
for (const commitment of ["row", "fields"] as const) {
  for (const [name, hashOf] of [
    ["Node's SHA-256", sha256InNode],
    ["default SHA-256", undefined],
  ] as const) {
    const spent = cost(() => seal(commitment, hashOf));
    const columns = [`${commitment}, ${name}`.padEnd(44), spent.toFixed(2).padStart(11)];
    console.log(
      [
        ...columns,
        Math.round(1e6 / spent)
          .toString()
          .padStart(12),
        (spent / floor).toFixed(2).padStart(8),
      ].join(" "),
    );
  }
}
console.log(["JSON.stringify and one SHA-256 (Node's)".padEnd(44), floor.toFixed(2).padStart(11)].join(" "));

const opened = images.map((image, index): [OpenedImage, OpenedImage] => [
  openImage(keys[index] ?? {}, "row", salt),
  openImage(image, "row", salt),
]);
const records = opened.map(([key, after], index) =>
  recordOf(index, commitToImage(key, sha256InNode), commitToImage(after, sha256InNode)),
);
const steps: readonly (readonly [string, () => unknown])[] = [
  ["salts: two of 16 random bytes, as hex", () => images.forEach(() => [salt(), salt()])],
  [
    "commitments to key and row",
    () => opened.forEach((pair) => pair.map((image) => commitToImage(image, sha256InNode))),
  ],
  ["the record's canonical bytes", () => records.forEach((record) => encodeRecord(record))],
  ["those bytes, leaf and tree", () => recordTree(records, sha256InNode)],
];
console.log("\nrow, Node's SHA-256, step by step               µs/change");
for (const [name, work] of steps) console.log([name.padEnd(44), cost(work).toFixed(2).padStart(11)].join(" "));
