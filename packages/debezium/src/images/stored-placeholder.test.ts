import { expect, test } from "vitest";
import { changeOf, decode, describedAs } from "../fixtures/decode.ts";
import { envelope, extended } from "../fixtures/messages.ts";

test("a placeholder is a stored value only where the row before is real", () => {
  const row = { id: 1, a: "__debezium_unavailable_value" };
  const update = extended(envelope({ op: "u", before: row, after: row }));
  expect(changeOf(update, decode).omitted).toEqual({
    before: { a: "REPLICA_IDENTITY" },
    after: { a: "UNCHANGED_TOAST" },
  });
  expect(changeOf(update, describedAs({ id: "int4", a: "text" }, {}, "full"))).toMatchObject({
    after: { a: row.a },
    omitted: null,
  });
});
