import { hash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { ObjectStore } from "@etrap/ledger";

const SLOT = /\/chain\/\d{12}\.json$/;

/** A store that counts its calls. */
export interface Watched extends ObjectStore {
  gets: number;
  /** The size of every object created, in order. */
  readonly sizes: number[];
  slots: number;
  /** The time during which some slot was being created, in milliseconds. */
  slotMs: number;
  /** The largest number of creations at one time. */
  mostAtOnce: number;
}

/**
 * Creates a store in memory that keeps slots, and only digests of all other objects, which is
 * enough to refuse other bytes.
 */
export function createDigestStore(): ObjectStore {
  const slots = new Map<string, Uint8Array>();
  const digests = new Map<string, string>();
  return {
    async get(key) {
      if (digests.has(key) && !SLOT.test(key)) throw new Error(`${key}: only its digest is kept`);
      return slots.get(key);
    },
    async create(key, bytes) {
      const digest = hash("sha256", bytes);
      const held = digests.get(key) ?? digest;
      if (held !== digest) throw Object.assign(new Error(key), { code: "KEY_CONFLICT" });
      digests.set(key, digest);
      if (SLOT.test(key)) slots.set(key, bytes);
    },
    async *list(prefix, after = "") {
      yield* [...digests.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    },
  };
}

/** Returns the store with this much more time for each creation. */
export function slowed(store: ObjectStore, ms: number): ObjectStore {
  return {
    ...store,
    async create(key, bytes) {
      await setTimeout(ms);
      await store.create(key, bytes);
    },
  };
}

/** Returns the store with counts of its calls. */
export function watched(store: ObjectStore): Watched {
  let [atOnce, slotsAtOnce, slotSince] = [0, 0, 0];
  const counts: Watched = {
    gets: 0,
    sizes: [],
    slots: 0,
    slotMs: 0,
    mostAtOnce: 0,
    list: store.list,
    async get(key) {
      counts.gets += 1;
      return store.get(key);
    },
    async create(key, bytes) {
      const isSlot = SLOT.test(key);
      atOnce += 1;
      counts.mostAtOnce = Math.max(counts.mostAtOnce, atOnce);
      counts.sizes.push(bytes.length);
      if (isSlot && slotsAtOnce === 0) slotSince = performance.now();
      if (isSlot) slotsAtOnce += 1;
      await store.create(key, bytes);
      atOnce -= 1;
      if (!isSlot) return;
      slotsAtOnce -= 1;
      counts.slots += 1;
      if (slotsAtOnce === 0) counts.slotMs += performance.now() - slotSince;
    },
  };
  return counts;
}
