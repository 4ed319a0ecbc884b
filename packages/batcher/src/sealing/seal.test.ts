import { batchId, comparePositions, encodeProofFile, parseHeader, verifyBatch, verifyProof } from "@etrap/proof";
import { DERIVED_NAMES } from "@etrap/proof/write";
import type { Header } from "@etrap/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { abridgeEntry, encodeEntry } from "@etrap/proof/write";
import { chainFor, isSameArrival } from "../intake/arrival.ts";
import type { Arrival } from "../intake/arrival.ts";
import type { Entry } from "../ports.ts";
import { derivedObjects, seal } from "./seal.ts";
import type { Writer } from "../options/writer.ts";
import type { SealedBatch } from "./seal.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const STREAM = "etrap.public.account";
const account = { database: "erp", schema: "public", table: "account" };
const sealOptions = {
  sealedAt: 1_749_855_196_423,
  randomBytes: (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length)),
};

function arrivals(entries: readonly Entry[], firstId = 1, writer: Writer = sampleWriter): Arrival[] {
  return entries.map((entry, index) => sampleArrival(sampleDelivery(entry, `${firstId + index}-0`, STREAM), writer));
}

function sealChanges(count: number, firstId = 1, previous?: Header, writer: Writer = sampleWriter): SealedBatch {
  const deliveries = arrivals(
    Array.from({ length: count }, (_, index) => sampleChange(index)),
    firstId,
  );
  return seal({ chain: account, stream: STREAM, deliveries }, { previous, writer, ...sealOptions });
}

test("a sealed batch of any number of changes verifies", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.constantFrom("row", "fields"), (count, commitment) => {
      const { slot, data, header } = sealChanges(count, 1, undefined, { ...sampleWriter, commitment });
      const batch = verifyBatch({ slot: slot.bytes, batchData: data.bytes });
      expect(batch.rows).toHaveLength(count);
      expect(parseHeader(slot.bytes)).toEqual(header);
      expect(header.commitment).toBe(commitment);
    }),
    { numRuns: 20 },
  );
});

test("a batch without the list of proofs verifies and proves in the same way", () => {
  const closed = { chain: account, stream: STREAM, deliveries: arrivals([sampleChange(0), sampleChange(1)]) };
  for (const proofIndex of [true, false]) {
    const { slot, data } = seal(closed, { previous: undefined, writer: sampleWriter, ...sealOptions, proofIndex });
    expect(new TextDecoder().decode(data.bytes).includes('"proof_index"')).toBe(proofIndex);
    const batch = verifyBatch({ slot: slot.bytes, batchData: data.bytes });
    expect(verifyProof(encodeProofFile(batch.prove(1))).record).toEqual(batch.rows[1]?.record);
  }
});

test("a batch names the one before it, and takes the next slot", () => {
  const first = sealChanges(2);
  const second = sealChanges(3, 3, first.header);
  expect(first.slot.key).toBe("erp/account/chain/000000000000.json");
  expect(second.slot.key).toBe("erp/account/chain/000000000001.json");
  expect(second.header.previous?.batch_id).toBe(first.id);
  expect(second.header.covered).toEqual({ [STREAM]: [[0, "1-0", "5-0"]] });
  expect(second.data.key).toBe(`erp/account/${batchId(second.header)}/batch-data.json`);
});

test("positions that start again begin a new epoch", () => {
  const first = sealChanges(5, 10);
  const again = sealChanges(5, 3, first.header);
  expect(again.header.epoch).toBe(1);
  expect(again.header.covered).toEqual({
    [STREAM]: [
      [0, "10-0", "14-0"],
      [1, "3-0", "7-0"],
    ],
  });
  expect(sealChanges(1, 20, again.header).header.epoch).toBe(1);
});

test("no salt is used twice", () => {
  for (const commitment of ["row", "fields"] as const) {
    const { data } = sealChanges(20, 1, undefined, { ...sampleWriter, commitment });
    const used = Array.from(new TextDecoder().decode(data.bytes).matchAll(/"salt":"([0-9a-f]+)"/g), ([, salt]) => salt);
    expect(used.length).toBeGreaterThanOrEqual(40);
    expect(new Set(used).size).toBe(used.length);
  }
});

test("a poison entry keeps its bytes", () => {
  const [poison] = arrivals([{ kind: "poison", database: "erp", reason: "NOT_JSON" }]);
  const deliveries = poison === undefined ? [] : [poison];
  const control = { database: "erp", schema: null, table: null };
  const { data, slot } = seal(
    { chain: control, stream: STREAM, deliveries },
    { previous: undefined, writer: sampleWriter, ...sealOptions },
  );
  const { rows } = verifyBatch({ slot: slot.bytes, batchData: data.bytes });
  expect(slot.key).toBe("erp/~/chain/000000000000.json");
  expect(rows[0]?.record).toMatchObject({ operation: "POISON", reason: "NOT_JSON", table: null });
  expect(rows[0]?.payload.entry?.bytes.slice(0, 18)).toBe(`00000005${Buffer.from("value").toString("hex")}`);
});

test("of an entry that was too large, the head, the digest and the size are kept", () => {
  const fields = [new TextEncoder().encode("value"), new Uint8Array(1 << 16)];
  const delivery = { ...sampleDelivery({ kind: "poison", database: "erp", reason: "ENTRY_TOO_LARGE" }, "1-0"), fields };
  const [first, again] = [sampleArrival(delivery), sampleArrival(delivery)];
  const control = { database: "erp", schema: null, table: null };
  const { data, slot } = seal(
    { chain: control, stream: STREAM, deliveries: [first] },
    { previous: undefined, writer: sampleWriter, ...sealOptions },
  );
  const [row] = verifyBatch({ slot: slot.bytes, batchData: data.bytes }).rows;
  expect(row?.payload.entry?.bytes).toBe(encodeEntry(abridgeEntry(fields)));
  expect(first.size).toBeLessThan(1_200);
  expect(row && isSameArrival(again, row)).toBe(true);
  const other = sampleArrival({ ...delivery, fields: [...fields, Uint8Array.of(1)] });
  expect(row && isSameArrival(other, row)).toBe(false);
});

test("a gap is sealed and verified, with nothing behind it", () => {
  const gap = { kind: "gap" as const, database: "erp", reason: "TRIMMED_UNREAD" };
  const control = { database: "erp", schema: null, table: null };
  const excluding = { ...sampleWriter.rules, excluded_columns: ["*"] };
  for (const commitment of ["row", "fields"] as const)
    for (const rules of [sampleWriter.rules, excluding]) {
      const writer = { ...sampleWriter, commitment, rules };
      const deliveries = arrivals([gap], 1, writer);
      const batch = seal(
        { chain: control, stream: STREAM, deliveries },
        { previous: undefined, writer, ...sealOptions },
      );
      const { rows } = verifyBatch({ slot: batch.slot.bytes, batchData: batch.data.bytes });
      expect(rows).toMatchObject([
        { record: { operation: "GAP", reason: "TRIMMED_UNREAD", position: "1-0", raw: null } },
      ]);
      expect(rows[0]?.payload).toEqual({ key: null, before: null, after: null, entry: null });
      expect(batch.header.operations).toEqual({ GAP: 1 });
    }
});

describe("the value of an excluded column is in no stored byte", () => {
  const SECRET = "4111-1111-1111-1111";
  const card = { id: "1", owner: "Ann", card: SECRET };
  const secretIn = (entry: Entry, writer: Writer): boolean => {
    const deliveries = arrivals([entry], 1, writer);
    const [chain] = deliveries.map(chainFor);
    if (chain === undefined) throw new Error("expected an arrival");
    const { slot, data, ...sealed } = seal(
      { chain, stream: STREAM, deliveries },
      { previous: undefined, writer, ...sealOptions },
    );
    const batch = verifyBatch({ slot: slot.bytes, batchData: data.bytes });
    const proof = encodeProofFile(batch.prove(0));
    expect(verifyProof(proof).record).toEqual(batch.rows[0]?.record);
    const derived = sealed.derived().map(({ bytes }) => bytes);
    const all = Buffer.concat([slot.bytes, data.bytes, proof, ...derived]);
    return all.includes(SECRET) || all.includes(Buffer.from(SECRET).toString("hex"));
  };

  test.each<[string, Entry]>([
    ["an image", sampleChange(0, { after: card })],
    ["every image", sampleChange(0, { operation: "UPDATE", key: { card: SECRET }, before: card, after: card })],
    ["a change that no record can hold", sampleChange(0, { after: { ...card, owner: "\ud800" } })],
    ["an entry that was not decoded", { kind: "poison", database: "erp", reason: "NOT_JSON" }],
  ])("where it comes from %s", (_, entry) => {
    // The bytes of every delivery hold the value, as those of a carrier do.
    const withBytes = entry.kind === "poison" ? { ...entry, bytes: SECRET } : entry;
    for (const commitment of ["row", "fields"] as const) {
      const rules = { ...sampleWriter.rules, excluded_columns: ["*.card"] };
      expect(secretIn(withBytes, { ...sampleWriter, commitment })).toBe(true);
      expect(secretIn(withBytes, { ...sampleWriter, commitment, rules })).toBe(false);
    }
  });
});

test("the derived documents are the tree and the indices, and a pure function of the batch", () => {
  const { header, data, slot, derived } = sealChanges(5);
  const { rows } = verifyBatch({ slot: slot.bytes, batchData: data.bytes });
  const objects = derived();
  const names = objects.map(({ key }) => key.split("/").slice(3).join("/"));
  expect(names).toEqual(DERIVED_NAMES);
  expect(names).toEqual([
    "merkle-tree.json",
    "indices/by-date.json",
    "indices/by-operation.json",
    "indices/by-timestamp.json",
  ]);
  expect(derivedObjects(header, rows)).toEqual(objects);
  const [tree, , byOperation] = objects.map(({ bytes }): unknown => JSON.parse(new TextDecoder().decode(bytes)));
  expect(tree).toMatchObject({ format: "etrap-merkle-tree/0", leaf_count: 5, root: header.merkle_root });
  expect(byOperation).toMatchObject({ leaves: { INSERT: [0, 1, 2, 3, 4] } });
});

describe("positions that do not increase are refused", () => {
  test.each([
    ["equal", ["5-0", "5-0"]],
    ["falling", ["5-0", "4-9"]],
    ["not positions", ["first"]],
  ])("when they are %s", (_, ids) => {
    const deliveries = ids.map((id) => sampleArrival(sampleDelivery(sampleChange(0), id, STREAM)));
    expect(() =>
      seal(
        { chain: account, stream: STREAM, deliveries },
        { previous: undefined, writer: sampleWriter, ...sealOptions },
      ),
    ).toThrow(expect.objectContaining({ code: "POSITIONS_OUT_OF_ORDER" }));
  });
});

test("within one chain, stream and epoch, positions increase (I6)", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 12 }), (firstIds) => {
      let previous: Header | undefined;
      const newest = new Map<number, string>();
      for (const firstId of firstIds) {
        const { header } = sealChanges(3, firstId, previous);
        const before = newest.get(header.epoch);
        if (before !== undefined) expect(comparePositions(header.first_position, before)).toBeGreaterThan(0);
        newest.set(header.epoch, header.last_position);
        previous = header;
      }
    }),
    { numRuns: 30 },
  );
});

describe("a change that no record can hold", () => {
  test.each([
    ["a name too long", { table: "数".repeat(86) }],
    ["a lone surrogate in a name", { schema: "\ud800" }],
    ["a lone surrogate in a value", { after: { id: "1", owner: "\udc00" } }],
    ["an array of too many dimensions", { after: JSON.parse('{"id":[[[[[[["1"]]]]]]]}') }],
    ["an LSN that is no number", { lsn: "0/16B3748" }],
    ["a time that is no whole number", { timestamp: 1.5 }],
  ])("becomes poison: %s", (_, members) => {
    const entry = sampleArrival(sampleDelivery(sampleChange(0, members), "1-0")).entry;
    expect(entry).toEqual({ kind: "poison", database: "erp", reason: "NOT_RECORDABLE" });
  });
});

test.each(["x".repeat(2000), "", "\ud800"])(
  "an entry whose database name no record can hold (%#) is recorded under the name of the source",
  (database) => {
    for (const entry of [sampleChange(0, { database }), { kind: "poison" as const, database, reason: "NOT_JSON" }]) {
      expect(sampleArrival(sampleDelivery(entry, "1-0")).entry).toEqual({
        kind: "poison",
        database: "erp",
        reason: "NOT_RECORDABLE",
      });
    }
  },
);

test("a stream whose name no header can hold is refused with NOT_SEALABLE", () => {
  const stream = "x".repeat(2000);
  const deliveries = [sampleArrival(sampleDelivery(sampleChange(0), "1-0", stream))];
  expect(() =>
    seal({ chain: account, stream, deliveries }, { previous: undefined, writer: sampleWriter, ...sealOptions }),
  ).toThrow(expect.objectContaining({ code: "NOT_SEALABLE" }));
});

test("the chain of another organization is not continued", () => {
  const { header } = sealChanges(2);
  const deliveries = arrivals([sampleChange(3)], 9);
  const closed = { chain: account, stream: STREAM, deliveries };
  expect(() =>
    seal(closed, { previous: header, writer: { ...sampleWriter, organization: "other" }, ...sealOptions }),
  ).toThrow(expect.objectContaining({ code: "OTHER_ORGANIZATION" }));
});
