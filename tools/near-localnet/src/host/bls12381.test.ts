import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { failureText } from "../calls/vm-failure.ts";
import { blsContract } from "../fixtures/bls-contract.ts";
import { CALL } from "../fixtures/run-wat.ts";
import { runCall } from "../vm/run-call.ts";

const FOLDER = join(import.meta.dirname, "../../testdata/bls12381");

const recordedSchema = v.object({
  name: v.string(),
  input: v.string(),
  /** In hex: the number that the function returned, and what it wrote to its register. */
  answer: v.nullable(v.string()),
  failure: v.nullable(v.string()),
  burntGas: v.number(),
});

const recorded = v.parse(v.array(recordedSchema), JSON.parse(readFileSync(join(FOLDER, "real-vm.json"), "utf8")));
const code = blsContract();
const NO_RECORDS = { get: () => undefined, set: () => undefined };

test.each([...new Set(recorded.map(({ name }) => name))])(
  "bls12381_%s does what it does in the network's own VM",
  (name) => {
    const calls = recorded.filter((call) => call.name === name);
    const outcomes = calls.map(({ input }) =>
      runCall(code, { ...CALL, method: name, input: Buffer.from(input, "hex"), prepaidGas: 10n ** 15n }, NO_RECORDS),
    );
    const observed = outcomes.map(({ burntGas, failure, returned }, i) => ({
      ...calls[i],
      answer: returned.kind === "value" ? Buffer.from(returned.value).toString("hex") : null,
      failure: failure === undefined ? null : failureText(failure),
      burntGas: Number(burntGas),
    }));
    expect(calls.length).toBeGreaterThan(4);
    expect(observed).toEqual(calls);
  },
);
