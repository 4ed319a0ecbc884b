import { expect, test } from "vitest";
import * as exported from "./index.ts";

test("exports what it promises, and nothing more", () => {
  expect(Object.keys(exported).toSorted()).toMatchInlineSnapshot(`
    [
      "RedisSourceError",
      "openRedisSource",
      "redisClientOptions",
      "streamsMeet",
    ]
  `);
});
