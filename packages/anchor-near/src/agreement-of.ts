import { NearError } from "./near-error.ts";

/** Returns how many of the nodes must agree. Throws BAD_OPTIONS. */
export function agreementOf(nodes: number, given: number | undefined): number {
  if (nodes === 0) throw new NearError("BAD_OPTIONS", "expected at least one RPC node");
  const agreement = given ?? Math.min(nodes, 2);
  if (Number.isInteger(agreement) && agreement >= 1 && agreement <= nodes) return agreement;
  throw new NearError(
    "BAD_OPTIONS",
    `expected as many RPC nodes as must agree: 1 to ${nodes}, got ${agreement}; give more nodes or a smaller number`,
  );
}
