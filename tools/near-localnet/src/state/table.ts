/** Values by account and name. */
interface TableReader<V> {
  readonly get: (accountId: string, name: string) => V | undefined;
  /** The names and values of one account. */
  readonly entries: (accountId: string) => ReadonlyMap<string, V>;
  /** The accounts that have, or once had, a value. */
  readonly accountIds: () => readonly string[];
}

/** A table that can be written. */
export interface Table<V> extends TableReader<V> {
  /** Sets a value, or removes it where `value` is undefined. */
  readonly set: (accountId: string, name: string, value: V | undefined) => void;
}

/** A table over another one, which keeps what is written to itself. */
export interface Draft<V> extends Table<V> {
  /** Writes all of it to the table below. */
  readonly commit: () => void;
}

/** Creates a draft over `below`. Without `commit`, `below` does not change. */
export function draftOver<V>(below: Table<V>): Draft<V> {
  const written = new Map<string, Map<string, V | undefined>>();
  return {
    get: (accountId, name) => {
      const own = written.get(accountId);
      return own?.has(name) === true ? own.get(name) : below.get(accountId, name);
    },
    entries: (accountId) => withoutRemoved([...below.entries(accountId), ...(written.get(accountId) ?? [])]),
    accountIds: () => [...new Set([...below.accountIds(), ...written.keys()])],
    set: (accountId, name, value) => ofAccount(written, accountId).set(name, value),
    commit: () => {
      for (const [accountId, values] of written) {
        for (const [name, value] of values) below.set(accountId, name, value);
      }
    },
  };
}

/** A table that remembers every value that it had, by the height of the block that wrote it. */
export interface VersionedTable<V> {
  /**
   * Returns the table as it was after the block at `height`. What is written there is of that
   * block.
   */
  readonly at: (height: number) => Table<V>;
}

interface Version<V> {
  readonly height: number;
  readonly value: V | undefined;
}

/** Creates an empty table. Blocks are written in order of their height. */
export function createVersionedTable<V>(): VersionedTable<V> {
  const all = new Map<string, Map<string, Version<V>[]>>();
  const latest = (versions: readonly Version<V>[] | undefined, height: number): V | undefined =>
    versions?.findLast((version) => version.height <= height)?.value;
  return {
    at: (height) => ({
      get: (accountId, name) => latest(all.get(accountId)?.get(name), height),
      entries: (accountId) =>
        withoutRemoved([...(all.get(accountId) ?? [])].map(([name, versions]) => [name, latest(versions, height)])),
      accountIds: () => [...all.keys()],
      set: (accountId, name, value) => {
        const names = ofAccount(all, accountId);
        const versions = names.get(name) ?? [];
        if (versions.at(-1)?.height === height) versions.pop();
        versions.push({ height, value });
        names.set(name, versions);
      },
    }),
  };
}

function withoutRemoved<V>(entries: Iterable<readonly [string, V | undefined]>): ReadonlyMap<string, V> {
  const values = new Map<string, V>();
  for (const [name, value] of entries) {
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }
  return values;
}

function ofAccount<T>(all: Map<string, Map<string, T>>, accountId: string): Map<string, T> {
  const found = all.get(accountId) ?? new Map<string, T>();
  all.set(accountId, found);
  return found;
}
