import { digest } from "../bytes/digest.ts";
import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import type { RuntimeBlock } from "../receipts/outcome.ts";
import type { State } from "../state/state.ts";
import { createVersionedState } from "../state/state.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import type { Archive } from "./archive.ts";
import { createArchive } from "./archive.ts";
import type { Block } from "./block.ts";
import { nextBlock, ZERO_DIGEST } from "./block.ts";
import type { Genesis } from "./genesis.ts";
import { writeGenesis } from "./genesis.ts";
import { createPool } from "./pool.ts";
import { createReceiptQueue } from "./receipt-queue.ts";
import { runBlock } from "./run-block.ts";

/** A chain of blocks with its pool of transactions. It keeps every block and every state. */
export interface Chain {
  readonly genesis: Genesis;
  readonly archive: Archive;
  readonly head: () => Block;
  /** Returns the state after the block at `height`. */
  readonly stateAt: (height: number) => State;
  /**
   * Takes a transaction for the next block. One that is known already is taken as it was. Throws
   * `InvalidTransaction`.
   */
  readonly submit: (transaction: DecodedTransaction) => void;
  /** Returns the transactions that wait for the next block. */
  readonly pool: () => readonly DecodedTransaction[];
  /** Whether transactions or receipts wait for the next block. */
  readonly hasWork: () => boolean;
  /** Makes the next block of what waits, or of `planned`, and returns it. */
  readonly produce: (planned: PlannedBlock) => Block;
}

/** A block before it is made. */
export interface PlannedBlock {
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  /** Its transactions where they are known, as those of a block that is made again. */
  readonly transactions?: readonly DecodedTransaction[];
}

/** Creates a chain that has its first block. */
export function createChain(genesis: Genesis): Chain {
  const stateAt = createVersionedState();
  const archive = createArchive();
  const queue = createReceiptQueue();
  const pool = createPool();
  begin(genesis, archive, stateAt);
  return {
    genesis,
    archive,
    stateAt,
    head: archive.head,
    pool: pool.all,
    hasWork: () => pool.all().length > 0 || !queue.isEmpty(),
    submit: (transaction) => {
      if (archive.transaction(transaction.hash) !== undefined) return;
      checkAge(transaction, archive, genesis);
      const { height } = archive.head();
      pool.add(transaction, stateAt(height), height + 1);
    },
    produce: ({ timestamp, transactions: planned }) => {
      const before = archive.head();
      const state = stateAt(before.height + 1);
      const transactions = planned ?? pool.take(state, before.height + 1);
      const outcomeRoot = archive.outcomeRoot(before.height);
      const block = nextBlock(before, { timestamp, outcomeRoot, content: transactions.map(({ hash }) => hash) });
      const result = runBlock({ state, block: runtimeBlock(genesis, block), queue, transactions });
      archive.addTransactions(transactions, block.height);
      archive.addBlock(block, result);
      return block;
    },
  };
}

/** Makes the first block, which has the accounts of the beginning. */
function begin(genesis: Genesis, archive: Archive, stateAt: (height: number) => State): void {
  const { chainId, timestamp } = genesis;
  const first = nextBlock(undefined, { timestamp, outcomeRoot: ZERO_DIGEST, content: [chainId] });
  writeGenesis(stateAt(first.height), genesis);
  archive.addBlock(first, { outcomes: [], receipts: [] });
}

/** Returns what contracts may learn of a block. */
export function runtimeBlock({ chainId }: Genesis, { hash, height, timestamp }: Block): RuntimeBlock {
  return { chainId, height, timestamp, epoch: 1, randomSeed: digest(Buffer.from(hash)) };
}

/** A transaction names a block, and is refused once that is too old. */
function checkAge({ blockHash }: DecodedTransaction, archive: Archive, { validityPeriod }: Genesis): void {
  const block = archive.blockByHash(blockHash);
  if (block === undefined || archive.head().height - block.height > validityPeriod) {
    throw new InvalidTransaction("Expired");
  }
}
