import { startVersitygw } from "@etrap/test-servers";
import { afterAll, expect, test } from "vitest";
import { runWithKills } from "./fixtures/kill-run.ts";

const s3 = await startVersitygw();
afterAll(() => s3.stop());

test(
  "I1, I7: on S3, kill -9 at 20 random moments of a load of 20,000 entries loses nothing and doubles nothing",
  { timeout: 300_000 },
  async () => {
    const { kills, expected, recorded } = await runWithKills({ entries: 20_000, kills: 20, s3 });
    expect(kills.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 20 }, () => null));
    expect(recorded).toEqual(expected);
  },
);
