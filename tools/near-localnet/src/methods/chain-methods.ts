import { GAS_PRICE } from "../receipts/outcome.ts";
import { blockJson, PROTOCOL_VERSION } from "../rpc/block-json.ts";
import type { NodeView } from "../rpc/node.ts";
import { blockReferenceSchema, findBlock, parseParams } from "../rpc/params.ts";
import { YOCTO_PER_BYTE } from "../state/storage-usage.ts";

/** The method `block`: shows a block. */
export function block(node: NodeView, params: unknown): unknown {
  return blockJson(node.chain, findBlock(node, parseParams(blockReferenceSchema, params)));
}

/** The method `gas_price`: what a unit of gas costs. It never changes. */
export function gasPrice(): unknown {
  return { gas_price: `${GAS_PRICE}` };
}

/** The method `status`: tells of the node. */
export function status(node: NodeView): unknown {
  const { archive, genesis } = node.chain;
  const head = node.head();
  const first = archive.blockAt(1);
  return {
    version: { version: "near-localnet", build: "near-localnet", rustc_version: "" },
    chain_id: genesis.chainId,
    protocol_version: PROTOCOL_VERSION,
    latest_protocol_version: PROTOCOL_VERSION,
    genesis_hash: first?.hash,
    rpc_addr: null,
    validators: [],
    sync_info: {
      latest_block_hash: head.hash,
      latest_block_height: head.height,
      latest_state_root: head.innerLite.previousStateRoot,
      latest_block_time: timeText(head.timestamp),
      earliest_block_hash: first?.hash,
      earliest_block_height: 1,
      earliest_block_time: timeText(genesis.timestamp),
      syncing: false,
    },
    validator_account_id: null,
    uptime_sec: Number((head.timestamp - genesis.timestamp) / 1_000_000_000n),
  };
}

/** The method `EXPERIMENTAL_protocol_config`: the parameters that clients read. */
export function protocolConfig({ chain: { genesis } }: NodeView): unknown {
  return {
    protocol_version: PROTOCOL_VERSION,
    genesis_time: timeText(genesis.timestamp),
    chain_id: genesis.chainId,
    genesis_height: 1,
    transaction_validity_period: genesis.validityPeriod,
    min_gas_price: `${GAS_PRICE}`,
    max_gas_price: `${GAS_PRICE}`,
    runtime_config: { storage_amount_per_byte: `${YOCTO_PER_BYTE}` },
  };
}

const timeText = (nanoseconds: bigint): string => new Date(Number(nanoseconds / 1_000_000n)).toISOString();
