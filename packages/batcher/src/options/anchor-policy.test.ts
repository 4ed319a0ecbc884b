import { expect, test } from "vitest";
import { anchorPolicyProblems, DEFAULT_ANCHOR_POLICY } from "./anchor-policy.ts";

const policy = DEFAULT_ANCHOR_POLICY;

test("every member of an anchor policy that is out of range is a problem", () => {
  expect(anchorPolicyProblems(policy)).toEqual([]);
  const anchorFrom = JSON.parse('"later"');
  const wrong = {
    ...policy,
    anchorFrom,
    maxPerCall: 0,
    maxMintRetries: 0.5,
    firstRetryMs: 0,
    longestRetryMs: -1,
    maxInMemory: -1,
  };
  const names = ["anchorFrom", "maxPerCall", "maxMintRetries", "firstRetryMs", "longestRetryMs", "maxInMemory"];
  expect(anchorPolicyProblems(wrong).map(({ member }) => member)).toEqual(names.map((name) => `anchorPolicy.${name}`));
});
