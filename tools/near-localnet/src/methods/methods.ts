import type { Method } from "../rpc/node.ts";
import { block, gasPrice, protocolConfig, status } from "./chain-methods.ts";
import { query } from "./query.ts";
import { sendTx } from "./send-tx.ts";
import { receipt, tx, txStatus } from "./tx.ts";

/** The methods of a node by name. All others are answered `METHOD_NOT_FOUND`. */
export const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["block", block],
  ["EXPERIMENTAL_protocol_config", protocolConfig],
  ["EXPERIMENTAL_receipt", receipt],
  ["EXPERIMENTAL_tx_status", txStatus],
  ["gas_price", gasPrice],
  ["query", query],
  ["send_tx", sendTx],
  ["status", status],
  ["tx", tx],
]);
