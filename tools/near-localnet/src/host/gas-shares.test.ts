import fc from "fast-check";
import { expect, test } from "vitest";
import type { PromisedReceipt } from "../calls/call.ts";
import { sumOfGas } from "../transaction/action.ts";
import { createGasShares } from "./gas-shares.ts";

const receiptWith = (gas: bigint): PromisedReceipt => ({
  receiverId: "b.near",
  after: [],
  actions: [{ kind: "call", method: "x", args: new Uint8Array(), gas, deposit: 0n }],
});

test("all gas that is left is given, in proportion to the weights", () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 9n }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(weights, fc.bigInt({ min: 0n, max: 10n ** 15n }), (all, left) => {
      const shares = createGasShares();
      const receipts = all.map((weight) => {
        const receipt = receiptWith(5n);
        shares.add(receipt, weight);
        return receipt;
      });
      const sum = all.reduce((a, b) => a + b, 0n);
      const given = receipts.map(({ actions }) => sumOfGas(actions) - 5n);
      expect(given.every((gas) => gas === 0n)).toBe(true);
      expect(shares.share(left)).toBe(sum === 0n ? 0n : left);
      const got = receipts.map(({ actions }) => sumOfGas(actions) - 5n);
      expect(got.reduce((a, b) => a + b, 0n)).toBe(sum === 0n ? 0n : left);
      all.forEach((weight, i) => {
        if (sum > 0n) expect(got[i] ?? -1n).toBeGreaterThanOrEqual((left * weight) / sum);
      });
    }),
  );
});
