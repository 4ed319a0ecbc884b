import { batchFolder } from "@etrap/ledger";
import { sampleBatch } from "@etrap/ledger/testing";
import type { Lie, SampleBatch } from "@etrap/ledger/testing";
import type { Random } from "@etrap/simulation";
import type { Truth } from "./fill-store.ts";

/** A lie, and the keys of which an audit must name one. */
export interface ToldLie {
  readonly lie: Lie;
  readonly keys: readonly string[];
}

/** A kind of lie. */
export interface KindOfLie {
  readonly kind: string;
  readonly lieAbout: (truth: Truth, random: Random) => ToldLie;
  /** Whether a store without anchors shows it. */
  readonly isVisible: boolean;
}

const visible = (kind: string, lieAbout: KindOfLie["lieAbout"]): KindOfLie => ({ kind, lieAbout, isVisible: true });

/** Every kind of lie that is tried. */
export const LIES: readonly KindOfLie[] = [
  visible("one bit of an object is another", ({ keys, sizes }, random) => {
    const key = oneOf(keys, random);
    return { lie: { kind: "flips", key, bit: random.below(8 * (sizes.get(key) ?? 1)) }, keys: [key] };
  }),
  visible("an object is truncated", ({ keys, sizes }, random) => {
    const key = oneOf(keys, random);
    return { lie: { kind: "truncates", key, length: random.below(sizes.get(key) ?? 1) }, keys: [key] };
  }),
  visible("an object is another one", ({ keys }, random) => {
    const [key, other] = twoOf(keys, random);
    return { lie: { kind: "serves-other", key, other }, keys: [key] };
  }),
  visible("an object is the one of an older batch", ({ batches }, random) => {
    const batch = oneOf(
      batches.filter(({ header }) => header.seq > 0),
      random,
    );
    const older = oneOf(
      batches.filter(({ header }) => isSameChain(header, batch.header) && header.seq < batch.header.seq),
      random,
    );
    const part = random.chance(0.5) ? "slot" : "data";
    return { lie: { kind: "serves-other", key: batch[part].key, other: older[part].key }, keys: [batch[part].key] };
  }),
  visible("two batches are swapped", ({ batches }, random) => {
    const [one, other] = twoOf(batches, random);
    return { lie: { kind: "swaps", keys: [one.data.key, other.data.key] }, keys: [one.data.key] };
  }),
  visible("two slots are swapped", ({ batches }, random) => {
    const [one, other] = twoOf(batches, random);
    return { lie: { kind: "swaps", keys: [one.slot.key, other.slot.key] }, keys: [one.slot.key, other.slot.key] };
  }),
  visible("an object that is not a newest slot is hidden", (truth, random) => {
    const newest = new Set(newestOf(truth).map(({ slot }) => slot.key));
    const key = oneOf(
      truth.keys.filter((each) => !newest.has(each)),
      random,
    );
    return { lie: { kind: "hides", keys: [key] }, keys: [key] };
  }),
  visible("a slot with all of its batch is hidden, not the newest", (truth, random) => {
    const newest = new Set(newestOf(truth));
    const batch = oneOf(
      truth.batches.filter((each) => !newest.has(each)),
      random,
    );
    return { lie: { kind: "hides", keys: keysOf(truth, batch) }, keys: [batch.slot.key] };
  }),
  visible("a batch that follows the newest is invented", (truth, random) => {
    const batch = oneOf(newestOf(truth), random);
    const next = sampleBatch({ chain: chainOf(batch), previous: batch.header, changes: 2 });
    return { lie: { kind: "adds", object: next.slot }, keys: [next.slot.key, next.data.key] };
  }),
  {
    kind: "the newest slot alone is hidden",
    isVisible: true,
    lieAbout: (truth, random) => {
      const batch = oneOf(newestOf(truth), random);
      return { lie: { kind: "hides", keys: [batch.slot.key] }, keys: [batchFolder(batch.header, batch.id)] };
    },
  },
  {
    kind: "a newest batch is hidden with its slot",
    isVisible: false,
    lieAbout: (truth, random) => {
      const batch = oneOf(newestOf(truth), random);
      return { lie: { kind: "hides", keys: keysOf(truth, batch) }, keys: [] };
    },
  },
];

function chainOf({ header: { database, schema, table } }: SampleBatch): Parameters<typeof batchFolder>[0] {
  return { database, schema, table };
}

function isSameChain(one: SampleBatch["header"], other: SampleBatch["header"]): boolean {
  return batchFolder(one, "") === batchFolder(other, "");
}

function newestOf({ batches }: Truth): SampleBatch[] {
  return batches.filter(
    ({ header }) => !batches.some((other) => isSameChain(other.header, header) && other.header.seq > header.seq),
  );
}

function keysOf({ keys }: Truth, { slot, header, id }: SampleBatch): string[] {
  const folder = batchFolder(header, id);
  return keys.filter((key) => key === slot.key || key.startsWith(folder));
}

function oneOf<T>(choices: readonly T[], random: Random): T {
  const choice = choices[random.below(choices.length)];
  if (choice === undefined) throw new Error("expected a choice");
  return choice;
}

function twoOf<T>(choices: readonly T[], random: Random): readonly [T, T] {
  const one = oneOf(choices, random);
  const other = oneOf(
    choices.filter((choice) => choice !== one),
    random,
  );
  return [one, other];
}
