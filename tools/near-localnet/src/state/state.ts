import { digestText } from "../bytes/digest.ts";
import type { AccessKey } from "../transaction/action.ts";
import type { Draft, Table, VersionedTable } from "./table.ts";
import { createVersionedTable, draftOver } from "./table.ts";

/** An account. Its keys and records are in tables of their own. */
export interface Account {
  /** In yoctoNEAR. */
  readonly balance: bigint;
  /** The bytes that the account takes, by the network's count. */
  readonly storageUsage: number;
  /** The digest of its contract, or `NO_CODE`. */
  readonly codeHash: string;
}

/** The code hash of an account without a contract. */
export const NO_CODE = "11111111111111111111111111111111";

/** The accounts of the chain with their keys and records. */
export interface State {
  readonly accounts: Table<Account>;
  /** Access keys by public key. */
  readonly keys: Table<AccessKey>;
  /** Records by key, as Latin-1 text. */
  readonly records: Table<Uint8Array>;
  readonly codes: CodeStore;
}

/** Code by its digest. It is never removed. */
interface CodeStore {
  readonly get: (codeHash: string) => Uint8Array | undefined;
  /** Keeps `code` and returns its digest. */
  readonly add: (code: Uint8Array) => string;
}

/** A state over another one. */
export interface StateDraft extends State {
  /** Writes all of it to the state below. */
  readonly commit: () => void;
}

/** The name under which an account stands in `accounts`. */
const SELF = "";

/** Returns an account, or undefined. */
export function accountOf(state: State, accountId: string): Account | undefined {
  return state.accounts.get(accountId, SELF);
}

/** Sets an account, or removes it where `account` is undefined. */
export function setAccount(state: State, accountId: string, account: Account | undefined): void {
  state.accounts.set(accountId, SELF, account);
}

/** Creates a draft over `state`. */
export function draftState(state: State): StateDraft {
  const accounts: Draft<Account> = draftOver(state.accounts);
  const keys: Draft<AccessKey> = draftOver(state.keys);
  const records: Draft<Uint8Array> = draftOver(state.records);
  const commit = (): void => {
    for (const table of [accounts, keys, records]) table.commit();
  };
  return { accounts, keys, records, codes: state.codes, commit };
}

/** Creates an empty state that remembers every block. Returns it at a height. */
export function createVersionedState(): (height: number) => State {
  const accounts: VersionedTable<Account> = createVersionedTable();
  const keys: VersionedTable<AccessKey> = createVersionedTable();
  const records: VersionedTable<Uint8Array> = createVersionedTable();
  const codes = createCodeStore();
  return (height) => ({ accounts: accounts.at(height), keys: keys.at(height), records: records.at(height), codes });
}

function createCodeStore(): CodeStore {
  const codes = new Map<string, Uint8Array>();
  return {
    get: (codeHash) => codes.get(codeHash),
    add: (code) => {
      const codeHash = digestText(code);
      codes.set(codeHash, code);
      return codeHash;
    },
  };
}
