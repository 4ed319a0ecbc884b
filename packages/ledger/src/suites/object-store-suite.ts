import { describe, expect, onTestFinished, test } from "vitest";
import type { ObjectRemover, ObjectStore } from "../object-store.ts";

/** A store under test, which is empty at first. */
export interface ObjectStoreHarness {
  readonly store: ObjectStore & ObjectRemover;
  /** The longest segment of a key that the store takes. Default: 900 characters. */
  readonly longestSegment?: number;
  /** Opens another store on the same objects, as another process does. */
  reopen(): Promise<ObjectStore>;
  /**
   * Breaks off what is under way, as a crash or a cut connection does, and makes the store usable
   * again. Left out where calls cannot be broken off.
   */
  interrupt?(): Promise<void>;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function isEqual(held: Uint8Array | undefined, content: Uint8Array): boolean {
  return held?.length === content.length && held.every((byte, index) => byte === content[index]);
}

async function keysOf(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all;
}

/**
 * Defines the tests of the duties of `ObjectStore`. `open` creates an empty store for each test.
 */
export function describeObjectStore(name: string, open: () => Promise<ObjectStoreHarness>): void {
  const openHarness = async (): Promise<ObjectStoreHarness> => {
    const harness = await open();
    onTestFinished(async () => harness.close());
    return harness;
  };
  const openStore = async (): Promise<ObjectStore & ObjectRemover> => (await openHarness()).store;

  describe(`${name}, as ObjectStore,`, () => {
    test("returns the bytes that were created", async () => {
      const store = await openStore();
      const large = new Uint8Array(64 << 20).map((_, index) => index * 7);
      for (const [key, content] of [
        ["a/empty", new Uint8Array()],
        ["a/text", bytes("é")],
        ["large", large],
      ] as const) {
        await store.create(key, content);
        // An assertion on each of so many bytes would take minutes.
        expect(isEqual(await store.get(key), content)).toBe(true);
      }
    });

    test("returns undefined for a key without an object", async () => {
      const store = await openStore();
      await store.create("a/b", bytes("1"));
      for (const key of ["b", "a", "a/c", "a/b/c", "c/d/e"]) expect(await store.get(key)).toBeUndefined();
    });

    test("accepts the same bytes again", async () => {
      const store = await openStore();
      await store.create("a/b", bytes("1"));
      await store.create("a/b", bytes("1"));
      expect(await store.get("a/b")).toEqual(bytes("1"));
    });

    test.each(["2", "", "11"])("refuses other bytes (%j) and changes nothing", async (other) => {
      const store = await openStore();
      await store.create("a/b", bytes("1"));
      await expect(store.create("a/b", bytes(other))).rejects.toMatchObject({ code: "KEY_CONFLICT" });
      expect(await store.get("a/b")).toEqual(bytes("1"));
    });

    test("lets exactly one of fifty creations of a key with different bytes succeed, in twenty rounds", async () => {
      const { store, reopen } = await openHarness();
      const stores = [store, await reopen()];
      for (let round = 0; round < 20; round += 1) {
        const key = `race/${round}`;
        const outcomes = await Promise.allSettled(
          Array.from({ length: 50 }, async (_, index) => stores[index % 2]?.create(key, bytes(`${index}`))),
        );
        const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
        expect(winners).toHaveLength(1);
        expect(await store.get(key)).toEqual(bytes(`${winners[0]}`));
        for (const outcome of outcomes)
          if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "KEY_CONFLICT" });
      }
    });

    test("lets all of fifty creations of a key with the same bytes succeed", async () => {
      const store = await openStore();
      await Promise.all(Array.from({ length: 50 }, async () => store.create("a/b", bytes("1"))));
      expect(await store.get("a/b")).toEqual(bytes("1"));
    });

    test("keeps what it acknowledged for another process", async () => {
      const { store, reopen } = await openHarness();
      const keys = Array.from({ length: 20 }, (_, index) => `a/${index}`);
      await Promise.all(keys.map(async (key) => store.create(key, bytes(key))));
      const other = await reopen();
      for (const key of keys) expect(await other.get(key)).toEqual(bytes(key));
    });

    test("leaves objects whole or absent when calls are broken off, and creates them again", async () => {
      const { store, reopen, interrupt } = await openHarness();
      const content = new Uint8Array(1 << 20).fill(7);
      const keys = Array.from({ length: 8 }, (_, index) => `a/${index}`);
      const outcomes = Promise.allSettled(keys.map(async (key) => store.create(key, content)));
      await interrupt?.();
      for (const outcome of await outcomes)
        if (outcome.status === "rejected")
          expect(["UNAVAILABLE", "OUTCOME_UNKNOWN"]).toContain((outcome.reason as { code?: string }).code);
      const other = await reopen();
      for (const key of keys) expect([undefined, content]).toContainEqual(await other.get(key));
      await Promise.all(keys.map(async (key) => other.create(key, content)));
      for (const key of keys) expect(await other.get(key)).toEqual(content);
    });

    test("copies the bytes that it is given, and those that it returns", async () => {
      const store = await openStore();
      const given = bytes("1");
      await store.create("a", given);
      given[0] = 0;
      (await store.get("a"))?.fill(0);
      expect(await store.get("a")).toEqual(bytes("1"));
    });

    test.each([
      "",
      "/",
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "a/../b",
      "./a",
      "a/.",
      "a b",
      "a\u0000b",
      "é",
      "a\\b",
      "a+b",
      "a*",
    ])("refuses the key %j", async (key) => {
      const store = await openStore();
      await expect(store.create(key, bytes("1"))).rejects.toMatchObject({ code: "BAD_KEY" });
      await expect(store.get(key)).rejects.toMatchObject({ code: "BAD_KEY" });
    });

    test("accepts every character of a key, long segments, and keys that differ only in case", async () => {
      const { store, longestSegment = 900 } = await openHarness();
      const long = "%E6%95%B0".repeat(Math.min(42, Math.floor(longestSegment / 20)));
      const keys = [
        "erp/~/x.json",
        ".etrap/a",
        "%2E%2E%2Fetc/b",
        "A/b",
        "a/B",
        "a/b",
        `${long}/x`,
        `${long}.${long}/x`,
        `d/${"n".repeat(longestSegment)}`,
        ...Array.from("AZaz09_.%~-", (character) => `odd/${character}${character}${character}`),
        "odd/%2F",
        "odd/%",
        "odd/-",
        "odd/~",
        "odd/..a",
        "odd/a..",
      ];
      for (const key of keys) await store.create(key, bytes(key));
      for (const key of keys) expect(await store.get(key)).toEqual(bytes(key));
      expect(await keysOf(store.list(""))).toEqual(keys.toSorted());
    });

    test("lists keys in byte order, those with a prefix, and those after a key", async () => {
      const store = await openStore();
      const keys = ["a-b", "a.json", "a/x", "a/y/z", "a0", "ab/c", "b"];
      for (const key of keys.toReversed()) await store.create(key, bytes("1"));
      expect(await keysOf(store.list(""))).toEqual(keys);
      expect(await keysOf(store.list("a/"))).toEqual(["a/x", "a/y/z"]);
      expect(await keysOf(store.list("a"))).toEqual(keys.slice(0, -1));
      expect(await keysOf(store.list("a/y"))).toEqual(["a/y/z"]);
      expect(await keysOf(store.list("c"))).toEqual([]);
      expect(await keysOf(store.list("", "a/x"))).toEqual(["a/y/z", "a0", "ab/c", "b"]);
      expect(await keysOf(store.list("", "a/y/~"))).toEqual(["a0", "ab/c", "b"]);
      expect(await keysOf(store.list("a", "a.json"))).toEqual(["a/x", "a/y/z", "a0", "ab/c"]);
      expect(await keysOf(store.list("", "b"))).toEqual([]);
    });

    test("removes an object, also one that is not there", async () => {
      const store = await openStore();
      for (const key of ["a/b", "a/c"]) await store.create(key, bytes(key));
      for (const key of ["a/b", "a/b", "x/y/z"]) await store.remove(key);
      expect(await store.get("a/b")).toBeUndefined();
      expect(await keysOf(store.list(""))).toEqual(["a/c"]);
      await expect(store.remove("a/../c")).rejects.toMatchObject({ code: "BAD_KEY" });
    });

    test(
      "lists each of ten thousand keys once, in byte order, while others are created",
      { timeout: 300_000 },
      async () => {
        const store = await openStore();
        const keys = Array.from({ length: 10_000 }, (_, index) => `n/${String(index).padStart(5, "0")}.json`);
        for (let start = 0; start < keys.length; start += 250)
          await Promise.all(keys.slice(start, start + 250).map(async (key) => store.create(key, bytes(key))));
        const seen: string[] = [];
        for await (const key of store.list("n/")) {
          if (seen.length % 1_000 === 0) await store.create(`m/${seen.length}`, bytes("1"));
          seen.push(key);
        }
        expect(seen).toEqual(keys);
        expect(await keysOf(store.list("n/", "n/09989.json"))).toEqual(keys.slice(-10));
      },
    );
  });
}
