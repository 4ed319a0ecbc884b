import type { Outcome } from "../receipts/outcome.ts";
import type { Receipt } from "../receipts/receipt.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import type { Block } from "./block.ts";
import { outcomesOf, ZERO_DIGEST } from "./block.ts";
import type { PathItem } from "./merkle.ts";
import type { BlockResult } from "./run-block.ts";

/** An outcome with its place. */
export interface ArchivedOutcome {
  readonly outcome: Outcome;
  readonly block: Block;
  /** The path from the outcome to the root over the block's outcomes. */
  readonly path: readonly PathItem[];
}

/** A transaction and the height of its block. */
export interface ArchivedTransaction {
  readonly transaction: DecodedTransaction;
  readonly height: number;
}

/** All that ever happened on a chain. */
export interface Archive {
  readonly head: () => Block;
  readonly blockAt: (height: number) => Block | undefined;
  readonly blockByHash: (hash: string) => Block | undefined;
  /** Returns the root over the outcomes of the block at `height`. */
  readonly outcomeRoot: (height: number) => string;
  readonly transaction: (hash: string) => ArchivedTransaction | undefined;
  /** Returns the transactions of all blocks, oldest first. */
  readonly transactions: () => readonly ArchivedTransaction[];
  /** Returns the transactions of the block at `height`. */
  readonly transactionsOf: (height: number) => readonly DecodedTransaction[];
  /** Returns the outcome of a transaction by its hash, or of a receipt by its id. */
  readonly outcome: (id: string) => ArchivedOutcome | undefined;
  /** Returns all outcomes. */
  readonly outcomes: () => readonly ArchivedOutcome[];
  readonly receipt: (id: string) => Receipt | undefined;
  readonly addTransactions: (transactions: readonly DecodedTransaction[], height: number) => void;
  readonly addBlock: (block: Block, result: BlockResult) => void;
}

/** Creates an empty archive. Heights count from 1 without gaps. */
export function createArchive(): Archive {
  const blocks: Block[] = [];
  const roots: string[] = [];
  const byHash = new Map<string, Block>();
  const transactions = new Map<string, ArchivedTransaction>();
  const byHeight = new Map<number, readonly DecodedTransaction[]>();
  const outcomes = new Map<string, ArchivedOutcome>();
  const receipts = new Map<string, Receipt>();
  return {
    head: () => {
      const last = blocks.at(-1);
      if (last === undefined) throw new Error("a chain has a first block before it is asked");
      return last;
    },
    blockAt: (height) => blocks[height - 1],
    blockByHash: (hash) => byHash.get(hash),
    outcomeRoot: (height) => roots[height - 1] ?? ZERO_DIGEST,
    transaction: (hash) => transactions.get(hash),
    transactions: () => [...transactions.values()],
    transactionsOf: (height) => byHeight.get(height) ?? [],
    outcome: (id) => outcomes.get(id),
    outcomes: () => [...outcomes.values()],
    receipt: (id) => receipts.get(id),
    addTransactions: (added, height) => {
      byHeight.set(height, added);
      for (const transaction of added) transactions.set(transaction.hash, { transaction, height });
    },
    addBlock: (block, result) => {
      const { root, paths } = outcomesOf(result.outcomes);
      blocks.push(block);
      roots.push(root);
      byHash.set(block.hash, block);
      result.outcomes.forEach((outcome, i) => outcomes.set(outcome.id, { outcome, block, path: paths[i] ?? [] }));
      for (const receipt of result.receipts) receipts.set(receipt.id, receipt);
    },
  };
}
