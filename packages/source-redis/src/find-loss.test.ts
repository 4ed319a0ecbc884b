import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareEntryIds, nextEntryId } from "./entry-id.ts";
import { findLoss } from "./find-loss.ts";
import type { Finding, Reached } from "./find-loss.ts";
import type { StreamFacts } from "./stream-facts.ts";

/** Ten entries were added; 6-0 to 10-0 are left. */
const facts: StreamFacts = { length: 5, first: "6-0", last: "10-0", added: 10, newestDeleted: "0-0" };
const empty: StreamFacts = { ...facts, length: 0, first: undefined };

describe("what can be told", () => {
  test.each<[string, StreamFacts, Reached, Finding]>([
    ["all that is gone was read", facts, { id: "5-0", entriesRead: 5 }, { kind: "whole", entriesRead: 5 }],
    ["two were not", facts, { id: "3-0", entriesRead: 3 }, { kind: "lost", count: 2, entriesRead: 5 }],
    ["nothing was read", facts, { id: "0-0", entriesRead: 0 }, { kind: "lost", count: 5, entriesRead: 5 }],
    ["nothing is left", empty, { id: "5-0", entriesRead: 5 }, { kind: "lost", count: 5, entriesRead: 10 }],
    [
      "nothing is left, and it was not counted",
      empty,
      { id: "5-0", entriesRead: undefined },
      { kind: "lost", count: null, entriesRead: 10 },
    ],
    [
      "read to the end, which tells the count",
      facts,
      { id: "10-0", entriesRead: undefined },
      { kind: "whole", entriesRead: 10 },
    ],
    ["trimming has not come so far", facts, { id: "7-0", entriesRead: 7 }, { kind: "whole", entriesRead: 7 }],
    [
      "those deleted are in front of all that is left",
      { ...facts, newestDeleted: "5-0" },
      { id: "3-0", entriesRead: 3 },
      { kind: "lost", count: 2, entriesRead: 5 },
    ],
    [
      "what was deleted was read before",
      { ...facts, newestDeleted: "2-0" },
      { id: "5-0", entriesRead: 5 },
      { kind: "whole", entriesRead: 5 },
    ],
  ])("%s", (_, stream, reached, finding) => {
    expect(findLoss(stream, reached)).toEqual(finding);
  });
});

describe("what cannot be told", () => {
  test.each<[string, StreamFacts, Reached, Finding]>([
    [
      "a server that does not count what is added",
      { ...facts, added: undefined },
      { id: "3-0", entriesRead: undefined },
      { kind: "untold", reason: "not-counted", entriesRead: undefined },
    ],
    [
      "what was read was not counted: all that is gone may have been",
      facts,
      { id: "3-0", entriesRead: undefined },
      { kind: "untold", reason: "not-counted", entriesRead: 5 },
    ],
    [
      "so it is before trimming comes so far",
      facts,
      { id: "7-0", entriesRead: undefined },
      { kind: "untold", reason: "not-counted", entriesRead: undefined },
    ],
    [
      "somebody counted more than there were",
      facts,
      { id: "3-0", entriesRead: 8 },
      { kind: "untold", reason: "not-counted", entriesRead: 5 },
    ],
    [
      "deleted from among those to be read, while what was read is there",
      { ...facts, newestDeleted: "9-0" },
      { id: "7-0", entriesRead: 7 },
      { kind: "untold", reason: "entries-deleted", entriesRead: undefined },
    ],
    [
      "or is gone",
      { ...facts, newestDeleted: "9-0", length: 4 },
      { id: "5-0", entriesRead: 5 },
      { kind: "untold", reason: "entries-deleted", entriesRead: 6 },
    ],
  ])("%s", (_, stream, reached, finding) => {
    expect(findLoss(stream, reached)).toEqual(finding);
  });
});

/** Where a reader stands, and which entries behind that place it has accounted for as lost or not told. */
interface State {
  readonly reached: Reached;
  readonly accounted: ReadonlySet<string>;
}

/** A stream that remembers what it forgot, and one reader of it. */
class Model {
  readonly everAdded: string[] = [];
  held: string[] = [];
  newestDeleted = "0-0";
  committed: State = { reached: { id: "0-0", entriesRead: 0 }, accounted: new Set() };
  state = this.committed;

  get facts(): StreamFacts {
    const { length } = this.held;
    const last = this.everAdded.at(-1) ?? "0-0";
    return { length, first: this.held[0], last, added: this.everAdded.length, newestDeleted: this.newestDeleted };
  }

  /** Entries behind where the reader stands that are gone. */
  get missing(): string[] {
    return this.everAdded.filter((id) => compareEntryIds(id, this.state.reached.id) > 0 && !this.held.includes(id));
  }

  add(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const last = this.everAdded.at(-1) ?? "0-0";
      // As often as not directly behind the one before, as entries of one millisecond are.
      const id = index % 2 === 0 ? `${Number.parseInt(last, 10) + 1}-0` : nextEntryId(last);
      this.everAdded.push(id);
      this.held.push(id);
    }
  }

  trim(count: number): void {
    this.held = this.held.slice(count);
  }

  /** As our own retention does. */
  trimCommitted(): void {
    this.held = this.held.filter((id) => compareEntryIds(id, this.committed.reached.id) > 0);
  }

  delete(at: number): void {
    const [id] = this.held.splice(at % Math.max(1, this.held.length), 1);
    if (id !== undefined && compareEntryIds(id, this.newestDeleted) > 0) this.newestDeleted = id;
  }

  compare(): void {
    const { missing, facts: now } = this;
    const { reached, accounted } = this.state;
    const finding = findLoss(now, reached);
    const fresh = missing.filter((id) => !accounted.has(id));
    if (finding.kind === "whole") expect(fresh).toEqual([]);
    if (finding.kind === "lost") {
      expect(missing.length).toBeGreaterThan(0);
      expect([null, fresh.length]).toContain(finding.count);
      const end = now.first ?? nextEntryId(now.last);
      for (const id of [...missing, nextEntryId(reached.id)]) expect(compareEntryIds(id, end)).toBeLessThan(0);
    }
    const id = finding.kind === "lost" ? nextEntryId(reached.id) : reached.id;
    this.state = {
      reached: { id, entriesRead: finding.entriesRead },
      accounted: finding.kind === "whole" ? accounted : new Set(missing),
    };
  }

  /** Looks for a loss and reads, in one moment. */
  read(count: number): void {
    this.compare();
    for (const id of this.held.filter((each) => compareEntryIds(each, this.state.reached.id) > 0).slice(0, count)) {
      const { entriesRead } = this.state.reached;
      const reached = { id, entriesRead: entriesRead === undefined ? undefined : entriesRead + 1 };
      this.state = { ...this.state, reached };
    }
  }

  commit(): void {
    this.committed = this.state;
  }

  restart(): void {
    this.state = this.committed;
  }

  /** As when somebody else moved the group's position. */
  forgetCount(): void {
    const { reached, accounted } = this.committed;
    this.committed = { reached: { ...reached, entriesRead: undefined }, accounted };
    this.state = this.committed;
  }

  /** As when the group was removed: what is gone by then is not a loss that the new one can speak of. */
  beginAgain(): void {
    this.state = {
      reached: { id: "0-0", entriesRead: this.everAdded.length - this.held.length },
      accounted: new Set(),
    };
    this.state = { ...this.state, accounted: new Set(this.missing) };
    this.committed = this.state;
  }
}

type Step = (model: Model) => void;
const small = fc.integer({ min: 1, max: 6 });
/** What happens most. */
const work: fc.Arbitrary<Step> = fc.oneof(
  small.map((count) => (model: Model) => model.add(count)),
  small.map((count) => (model: Model) => model.read(count)),
  small.map((count) => (model: Model) => model.trim(count)),
  fc.constant((model: Model) => model.commit()),
);
const restarts: fc.Arbitrary<Step> = fc.oneof(
  fc.constant((model: Model) => model.trimCommitted()),
  fc.constant((model: Model) => model.restart()),
  fc.constant((model: Model) => model.beginAgain()),
);
const deletion: fc.Arbitrary<Step> = fc.nat(20).map((at) => (model) => model.delete(at));
const forgetting: fc.Arbitrary<Step> = fc.constant((model: Model) => model.forgetCount());

test("no loss is told that is none, and none is passed over in silence, whatever befalls a stream", () => {
  const anything = fc.oneof(
    { weight: 10, arbitrary: work },
    { weight: 1, arbitrary: restarts },
    { weight: 2, arbitrary: deletion },
    { weight: 1, arbitrary: forgetting },
  );
  fc.assert(
    fc.property(fc.array(anything, { minLength: 20, maxLength: 60 }), (plan) => {
      const model = new Model();
      for (const step of plan) step(model);
    }),
    { numRuns: 3_000 },
  );
});

test("of a stream from which nothing is deleted by its id, every loss is told", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: work }, restarts), { maxLength: 40 }), (plan) => {
      const model = new Model();
      for (const step of plan) {
        step(model);
        expect(findLoss(model.facts, model.state.reached).kind).not.toBe("untold");
      }
    }),
    { numRuns: 1_000 },
  );
});
