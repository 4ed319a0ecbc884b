import type { Rules } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { slotKeysIn, STREAM } from "./fixtures/real-clock.ts";
import type { ChangeSource, Delivery } from "./ports.ts";
import { sampleChange, sampleDelivery } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

const delivery = sampleDelivery(sampleChange(1), "12-0", "shop.public.orders");
const PLACE = "shop.public.orders 12-0: ";

/** Runs a batcher once on a source that delivers this. Returns its error and its commits. */
async function runWith(
  pulled: unknown,
  rules: Partial<Rules> = {},
): Promise<{ readonly store: MemoryStore; readonly commits: number; readonly error: unknown }> {
  const [store, given] = [createMemoryStore(), [pulled]];
  let commits = 0;
  const source: ChangeSource = {
    generation: 0,
    // As a source in plain JavaScript may.
    pull: async () => (given.length > 0 ? given.pop() : []) as Delivery[],
    commit: async ({ length }) => void (commits += length),
  };
  const writer = { ...sampleWriter, rules: { ...sampleWriter.rules, ...rules } };
  const error = await createBatcher({ source, store }, writer)
    .runOnce()
    .catch((reason: unknown) => reason);
  return { store, commits, error };
}

describe("a source that breaks its contract is refused, and nothing is committed:", () => {
  const entryWith = (members: object): unknown => [{ ...delivery, entry: { ...delivery.entry, ...members } }];

  test.each<[string, unknown, string]>([
    ["no list", undefined, "a delivery without a place: pull: expected a list of deliveries, got undefined"],
    ["no delivery", [7], "a delivery without a place: position: expected an object with stream and id, got undefined"],
    ["no stream", [{ ...delivery, position: { id: "1-0" } }], "position.stream: expected text, got undefined"],
    ["an id that is a number", [{ ...delivery, position: { stream: "s", id: 12 } }], "position.id: expected text"],
    ["no generation", [{ ...delivery, generation: undefined }], `${PLACE}generation: expected a whole number`],
    ["no size", [{ ...delivery, size: undefined }], `${PLACE}size: expected a whole number of bytes, got undefined`],
    ["a size below 0", [{ ...delivery, size: -1 }], `${PLACE}size: expected a whole number of bytes, got a number`],
    ["a broken size", [{ ...delivery, size: 0.5 }], `${PLACE}size: `],
    ["no size that ends", [{ ...delivery, size: Number.POSITIVE_INFINITY }], `${PLACE}size: `],
    ["a size as text", [{ ...delivery, size: "9" }], `${PLACE}size: expected a whole number of bytes, got a string`],
    ["text as fields", [{ ...delivery, fields: ["a"] }], `${PLACE}fields: expected a list of Uint8Array, got an array`],
    ["no entry", [{ ...delivery, entry: undefined }], `${PLACE}entry: expected an object whose kind is`],
    ["an unknown kind", entryWith({ kind: "row" }), `${PLACE}entry: expected an object whose kind is`],
    ["a table that is a number", entryWith({ table: 7 }), `${PLACE}table: expected text, got a number`],
    ["an unknown operation", entryWith({ operation: "insert" }), `${PLACE}operation: expected one of INSERT, UPDATE`],
    ["a time as a Date", entryWith({ timestamp: new Date(0) }), `${PLACE}timestamp: expected a number or null, got an`],
    ["an LSN that is a number", entryWith({ lsn: 24_023_128 }), `${PLACE}lsn: expected text or null, got a number`],
    [
      "no image",
      entryWith({ before: undefined }),
      `${PLACE}before: expected an object of columns or null, got undefin`,
    ],
    ["an image that is a Map", entryWith({ after: new Map([["id", "1"]]) }), `${PLACE}after: expected an object of`],
    ["an image that is an array", entryWith({ after: ["1"] }), `${PLACE}after: expected an object of columns or null`],
    [
      "codes in a list",
      entryWith({ omitted: { after: ["LOSSY_TYPE"] } }),
      `${PLACE}omitted: expected an object of key,`,
    ],
    [
      "a number in an image",
      entryWith({ after: { id: "1", amount: 9.5 } }),
      `${PLACE}after.amount: expected text, a b`,
    ],
    [
      "nothing in an image",
      entryWith({ after: { amount: undefined } }),
      "after.amount: expected text, a boolean, null",
    ],
    [
      "a number in an array",
      entryWith({ key: { ids: ["1", [2]] } }),
      `${PLACE}key.ids: expected text, a boolean, null`,
    ],
    ["a Date in an image", entryWith({ before: { at: new Date(0) } }), `${PLACE}before.at: expected text, a boolean`],
    ["bytes in an image", entryWith({ after: { photo: new Uint8Array(2) } }), "got an instance of a class"],
    ["a big integer", entryWith({ after: { id: 1n } }), `${PLACE}after.id: expected text, a boolean, null or an array`],
    [
      "poison without a reason",
      [{ ...delivery, entry: { kind: "poison", database: "erp" } }],
      `${PLACE}reason: expect`,
    ],
    ["a skip without a reason", [{ ...delivery, entry: { kind: "skip" } }], `${PLACE}reason: expected text, got undef`],
  ])("%s", async (_, pulled, message) => {
    for (const rules of [{}, { excluded_columns: ["*.owner"] }]) {
      const { store, commits, error } = await runWith(pulled, rules);
      expect(error).toMatchObject({ code: "BAD_DELIVERY", message: expect.stringContaining(message) });
      expect([commits, store.keys()]).toEqual([0, []]);
    }
  });

  test.each([
    ["a lone surrogate", { after: { owner: "\ud800" } }, "after.owner: expected text without a lone surrogate"],
    [
      "a lone surrogate in a name",
      { after: { "\ud800": "1" } },
      "after.\ufffd: expected a name of text without a lone surrogate",
    ],
    [
      "too many dimensions",
      { after: { id: [[[[[[["1"]]]]]]] } },
      "after.id: expected an array of at most 6 dimensions",
    ],
    ["a long name", { table: "x".repeat(300) }, "table: expected what a record can hold"],
    ["a broken time", { timestamp: 1.5 }, "timestamp: expected what a record can hold"],
  ])("%s that no record can hold, without the bytes of the entry", async (_, members, message) => {
    const unheld = { ...delivery, entry: { ...delivery.entry, ...members } };
    for (const fields of [[], [new Uint8Array()]]) {
      const { store, commits, error } = await runWith([{ ...unheld, fields }]);
      expect(error).toMatchObject({
        code: "BAD_DELIVERY",
        message: expect.stringContaining(`${PLACE}${message}, or the entry's bytes in fields to record`),
      });
      expect([commits, store.keys()]).toEqual([0, []]);
    }
    // With its bytes it is poison, which keeps them.
    const { commits, error } = await runWith([unheld]);
    expect([commits, error]).toEqual([1, undefined]);
  });
});

test("values that the rules leave out are not looked at", async () => {
  const entry = sampleChange(1, { after: JSON.parse('{"id":"1","amount":9.5}') });
  for (const rules of [{ included_tables: ["audit.*"] }, { excluded_columns: ["*.amount"] }])
    expect(await runWith([{ ...delivery, entry }], rules)).toMatchObject({ commits: 1, error: undefined });
});

test("no value of a row stands in the message of a refusal", async () => {
  const entry = sampleChange(1, { after: JSON.parse('{"iban":[4711,"DE02120300000000202051"]}') });
  const { error } = await runWith([{ ...delivery, entry }]);
  expect(String(error)).not.toMatch(/4711|DE02/);
  expect(String(error)).toContain("got a number");
});

test("members that a source adds to a delivery or a skip have no effect", async () => {
  const [store, commits]: [MemoryStore, string[]] = [createMemoryStore(), []];
  const skip = { kind: "skip", reason: "TOMBSTONE", position: { stream: STREAM, id: "2-0" } } as const;
  const deliveries = [
    { ...sampleDelivery(sampleChange(1), "1-0", STREAM), reason: "mine", kind: "skip" },
    sampleDelivery(skip, "2-0", STREAM),
  ];
  const source: ChangeSource = {
    generation: 0,
    pull: async () => deliveries.splice(0),
    commit: async (given) => void commits.push(...given.map(({ position }) => position.id)),
  };
  await createBatcher({ source, store }, sampleWriter).runOnce();
  expect(commits).toEqual(["2-0", "1-0"]);
  expect(slotKeysIn(store)).toHaveLength(1);
});
