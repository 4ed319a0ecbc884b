import { describe, expect, test } from "vitest";
import { INVARIANTS, STEP_INVARIANTS } from "./chain-invariants.ts";
import { createChainModel } from "./chain-protocol.ts";
import { CHAIN_SYSTEMS } from "./chain-systems.ts";
import { ENDLESS, explore, STUCK } from "./explore.ts";
import { PLANTED_FAULTS } from "./planted-faults.ts";

/** Hundreds of thousands of states take some ten seconds on one core. */
const TIMEOUT_MS = 120_000;

/** A step's name without its writer and numbers. */
const kindOf = (name: string): string =>
  name
    .replace(/^[AB] /, "")
    .replaceAll(/\[[^\]]*\]/g, "[…]")
    .replaceAll(/\d+/g, "#");

const taken = new Set<string>();

describe("the chain protocol", () => {
  test.each(Object.entries(CHAIN_SYSTEMS))(
    "keeps every invariant, and every run ends well: %s",
    (_, options) => {
      const { violation, ends, names } = explore(createChainModel(options));
      expect(violation).toBeUndefined();
      expect(ends).toBeGreaterThan(0);
      for (const name of names) taken.add(kindOf(name));
    },
    TIMEOUT_MS,
  );

  test("is explored in all that can happen", () => {
    expect([...taken].toSorted()).toEqual([
      "asks for slot # for batch # of […]",
      "commits #",
      "crashes",
      "finds a slot missing and stops",
      "has a source that steps back",
      "hears that slot # is lost",
      "hears that slot # is taken",
      "is given slot # for batch # of […]",
      "needs a missing slot to tell of #, and stops",
      "reads #",
      "reads # and drops it as recorded",
      "reads the committed position, #",
      "reads the slots, #",
      "seals batch # of […]",
      "sees that its source stepped back to #",
      "stores the data of batch # of […]",
      "the late request for slot # for batch # of […] arrives",
      "the store loses slot #",
      "the stream is rebuilt with other entries after #",
    ]);
  });
});

describe("a planted fault is found: a writer that", () => {
  test.each(Object.entries(PLANTED_FAULTS))("%s", (_, { options, breaks }) => {
    const { planted: _planted, ...sound } = options;
    expect(explore(createChainModel(sound)).violation).toBeUndefined();
    expect(explore(createChainModel(options)).violation?.broken).toBe(breaks);
  });

  test("breaks each of the invariants at least once", () => {
    const broken = new Set(Object.values(PLANTED_FAULTS).map(({ breaks }) => breaks));
    const all = [...Object.keys(INVARIANTS), ...Object.keys(STEP_INVARIANTS), STUCK, ENDLESS];
    expect([...broken].toSorted()).toEqual(all.toSorted());
  });

  test("drops a lost race's deliveries loses one in this way, and in no shorter one", () => {
    const fault = PLANTED_FAULTS["drops the deliveries of a lost race"];
    expect(fault && explore(createChainModel(fault.options)).violation?.trace).toMatchInlineSnapshot(`
      [
        "A reads the committed position, 0",
        "A reads the slots, 0",
        "A reads 1",
        "A reads 2",
        "A seals batch 0 of [1, 2]",
        "A stores the data of batch 0 of [1, 2]",
        "A asks for slot 0 for batch 0 of [1, 2]",
        "B reads the committed position, 0",
        "B reads the slots, 0",
        "B reads 1",
        "B seals batch 0 of [1]",
        "B stores the data of batch 0 of [1]",
        "B asks for slot 0 for batch 0 of [1]",
        "B is given slot 0 for batch 0 of [1]",
        "A hears that slot 0 is lost",
      ]
    `);
  });
});
