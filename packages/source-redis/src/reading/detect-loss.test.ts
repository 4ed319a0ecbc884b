import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GroupPosition } from "../streams/consumer-group.ts";
import { compareEntryIds, nextEntryId } from "../streams/entry-id.ts";
import type { StreamFacts } from "../streams/stream-facts.ts";
import { detectLoss } from "./detect-loss.ts";
import type { Finding } from "./detect-loss.ts";

/** Ten entries were added; 6-0 to 10-0 are left. */
const facts: StreamFacts = { length: 5, first: "6-0", last: "10-0", added: 10, newestDeleted: "0-0" };
const empty: StreamFacts = { ...facts, length: 0, first: undefined };

describe("a finding that is certain", () => {
  test.each<[string, StreamFacts, GroupPosition, Finding]>([
    ["every entry that is gone was read", facts, { id: "5-0", entriesRead: 5 }, { kind: "whole", entriesRead: 5 }],
    [
      "two entries that are gone were not read",
      facts,
      { id: "3-0", entriesRead: 3 },
      { kind: "lost", count: 2, entriesRead: 5 },
    ],
    ["nothing was read", facts, { id: "0-0", entriesRead: 0 }, { kind: "lost", count: 5, entriesRead: 5 }],
    ["nothing is left", empty, { id: "5-0", entriesRead: 5 }, { kind: "lost", count: 5, entriesRead: 10 }],
    [
      "nothing is left, and reading was not counted",
      empty,
      { id: "5-0", entriesRead: undefined },
      { kind: "lost", count: null, entriesRead: 10 },
    ],
    [
      "everything was read, which gives the count",
      facts,
      { id: "10-0", entriesRead: undefined },
      { kind: "whole", entriesRead: 10 },
    ],
    ["trimming has not reached the position", facts, { id: "7-0", entriesRead: 7 }, { kind: "whole", entriesRead: 7 }],
    [
      "the deleted entries come before all that is left",
      { ...facts, newestDeleted: "5-0" },
      { id: "3-0", entriesRead: 3 },
      { kind: "lost", count: 2, entriesRead: 5 },
    ],
    [
      "the deleted entries had been read",
      { ...facts, newestDeleted: "2-0" },
      { id: "5-0", entriesRead: 5 },
      { kind: "whole", entriesRead: 5 },
    ],
  ])("%s", (_, stream, reached, finding) => {
    expect(detectLoss(stream, reached)).toEqual(finding);
  });
});

describe("a finding that cannot be decided", () => {
  test.each<[string, StreamFacts, GroupPosition, Finding]>([
    [
      "the server does not count added entries",
      { ...facts, added: undefined },
      { id: "3-0", entriesRead: undefined },
      { kind: "untold", reason: "not-counted", entriesRead: undefined },
    ],
    [
      "reading was not counted: every entry that is gone may have been read",
      facts,
      { id: "3-0", entriesRead: undefined },
      { kind: "untold", reason: "not-counted", entriesRead: 5 },
    ],
    [
      "reading was not counted, and trimming has not reached the position",
      facts,
      { id: "7-0", entriesRead: undefined },
      { kind: "untold", reason: "not-counted", entriesRead: undefined },
    ],
    [
      "the count of entries read is too high",
      facts,
      { id: "3-0", entriesRead: 8 },
      { kind: "untold", reason: "not-counted", entriesRead: 5 },
    ],
    [
      "entries were deleted among those still to be read, while those read are kept",
      { ...facts, newestDeleted: "9-0" },
      { id: "7-0", entriesRead: 7 },
      { kind: "untold", reason: "entries-deleted", entriesRead: undefined },
    ],
    [
      "entries were deleted among those still to be read, and those read are gone",
      { ...facts, newestDeleted: "9-0", length: 4 },
      { id: "5-0", entriesRead: 5 },
      { kind: "untold", reason: "entries-deleted", entriesRead: 6 },
    ],
  ])("%s", (_, stream, reached, finding) => {
    expect(detectLoss(stream, reached)).toEqual(finding);
  });
});

/** The position of a reader, and the entries after it that were already found lost or undecided. */
interface State {
  readonly reached: GroupPosition;
  readonly accounted: ReadonlySet<string>;
}

/** A stream that remembers every entry it ever had, and one reader of it. */
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

  /** The entries after the reader's position that are gone. */
  get missing(): string[] {
    return this.everAdded.filter((id) => compareEntryIds(id, this.state.reached.id) > 0 && !this.held.includes(id));
  }

  add(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const last = this.everAdded.at(-1) ?? "0-0";
      // Every second id directly follows the one before, as with entries of the same millisecond.
      const id = index % 2 === 0 ? `${Number.parseInt(last, 10) + 1}-0` : nextEntryId(last);
      this.everAdded.push(id);
      this.held.push(id);
    }
  }

  trim(count: number): void {
    this.held = this.held.slice(count);
  }

  /** Trims as the source's own retention does. */
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
    const finding = detectLoss(now, reached);
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

  /** Looks for a loss and reads, without anything in between. */
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

  /** Does what happens when somebody else moves the group's position. */
  forgetCount(): void {
    const { reached, accounted } = this.committed;
    this.committed = { reached: { ...reached, entriesRead: undefined }, accounted };
    this.state = this.committed;
  }

  /**
   * Does what happens when the group is removed: the new one cannot know of entries that were gone
   * before.
   */
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
/** The most frequent steps. */
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

test("every reported loss is real and none is silently passed over, whatever happens to a stream", () => {
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

test("every loss is reported for a stream from which no entry is deleted by its id", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: work }, restarts), { maxLength: 40 }), (plan) => {
      const model = new Model();
      for (const step of plan) {
        step(model);
        expect(detectLoss(model.facts, model.state.reached).kind).not.toBe("untold");
      }
    }),
    { numRuns: 1_000 },
  );
});
