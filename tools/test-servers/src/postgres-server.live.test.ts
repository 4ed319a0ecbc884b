import { afterAll, expect, test } from "vitest";
import { startPostgres } from "./postgres-server.ts";

const postgres = await startPostgres();
afterAll(() => postgres.stop());

test("what was committed is there after kill -9, and what was not is not", async () => {
  await postgres.psql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)");
  const open = postgres.psql("BEGIN; INSERT INTO kept VALUES (2); SELECT pg_sleep(60); COMMIT");
  const refused = expect(open).rejects.toThrow(/psql/);
  while ((await postgres.psql("SELECT 1 FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'")).length === 0);
  await postgres.kill();
  await refused;
  await expect(postgres.psql("SELECT 1")).rejects.toThrow(/refused/);
  await postgres.start();
  expect(await postgres.psql("SELECT id, id + 1 FROM kept")).toEqual(["1|2"]);
});

test("psql stops at the first error, and names it", async () => {
  const statements = "CREATE TABLE first (id int); SELECT * FROM missing; CREATE TABLE third (id int)";
  await expect(postgres.psql(statements)).rejects.toThrow(/relation "missing" does not exist/);
  expect(await postgres.psql("SELECT tablename FROM pg_tables WHERE tablename IN ('first', 'third')")).toEqual([
    "first",
  ]);
});
