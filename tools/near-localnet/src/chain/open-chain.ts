import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import { decodeTransaction } from "../transaction/decode-transaction.ts";
import type { Block } from "./block.ts";
import { blockLine, genesisLine, genesisOf } from "./chain-lines.ts";
import type { Chain, PlannedBlock } from "./chain.ts";
import { createChain } from "./chain.ts";
import type { Genesis } from "./genesis.ts";
import type { BlockLine, RecordedChain } from "./journal-lines.ts";
import { damaged } from "./journal-lines.ts";
import type { Journal } from "./journal.ts";
import { openJournal } from "./journal.ts";
import { LocalnetError } from "./localnet-error.ts";

/** A chain whose blocks are kept in a folder, if it was given one. */
export interface KeptChain {
  readonly chain: Chain;
  /** Makes the next block and keeps it. */
  readonly produce: (timestamp: bigint) => Block;
  readonly close: () => void;
}

/**
 * Opens the chain that `folder` holds, by making its blocks again, or begins one with `genesis`.
 * Without a folder, the chain ends with the process. Throws `LocalnetError`.
 */
export function openChain(genesis: Genesis, folder: string | undefined): KeptChain {
  const journal = folder === undefined ? undefined : openJournal(folder);
  const recorded = journal?.recorded;
  if (recorded === undefined) {
    journal?.append(genesisLine(genesis));
    return keep(createChain(genesis), journal);
  }
  return keep(replay(recorded, genesis), journal);
}

function keep(chain: Chain, journal: Journal | undefined): KeptChain {
  let isBehind = false;
  return {
    chain,
    produce: (timestamp) => {
      // A block that was not kept must have none after it, or the journal would have a hole.
      if (isBehind) throw damaged("the journal", "could not be written, so the chain has ended");
      isBehind = true;
      const block = chain.produce({ timestamp });
      // Nobody has seen the block yet. A crash here loses it, and with it nothing that was
      // answered.
      journal?.append(blockLine(chain, block));
      isBehind = false;
      return block;
    },
    close: () => journal?.close(),
  };
}

function replay({ genesis: line, blocks }: RecordedChain, wanted: Genesis): Chain {
  if (line.chainId !== wanted.chainId) {
    throw new LocalnetError(
      "JOURNAL_OTHER_CHAIN",
      `the folder holds the chain ${line.chainId}, and ${wanted.chainId} is asked for: use another folder`,
    );
  }
  const chain = createChain(genesisOf(line));
  blocks.forEach((block, i) => {
    const { hash } = produceAgain(chain, plan(block, i), placeOf(i));
    if (hash !== block.hash) throw damaged(placeOf(i), `names the block ${block.hash}, and ${hash} comes of it`);
  });
  return chain;
}

/**
 * A transaction of the journal was valid once, so one that is not now shows that the file was
 * changed.
 */
function produceAgain(chain: Chain, planned: PlannedBlock, place: string): Block {
  try {
    return chain.produce(planned);
  } catch (error) {
    throw error instanceof InvalidTransaction ? damaged(place, "has a transaction that is not valid", error) : error;
  }
}

const placeOf = (index: number): string => `line ${index + 2} of the journal`;

function plan({ timestamp, transactions }: BlockLine, index: number): PlannedBlock {
  try {
    const decoded = transactions.map((text) => decodeTransaction(Buffer.from(text, "base64")));
    return { timestamp: BigInt(timestamp), transactions: decoded };
  } catch (error) {
    throw damaged(placeOf(index), "has a transaction that cannot be read", error);
  }
}
