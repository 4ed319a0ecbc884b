import { expect, test } from "vitest";
import { databaseOf, ORG, problemsOf } from "../fixtures/parse-environment.ts";

test.each([
  ['{"public.log": 5}', /public\.log: expected any of batch_size, /],
  ['{"public.log": {"batchsize": 5}}', /public\.log\.batchsize: expected any of batch_size, /],
  ['{"public.log": {"batch_size": 0}}', /public\.log\.batch_size: expected a whole number from 1 to 100000/],
  ['{"public.log": {"batch_size": null}}', /public\.log\.batch_size: expected a whole number/],
  ['{"public.log": {"min_batch_size": 2000}}', /public\.log\.min_batch_size: expected a whole number from 1 to 1000/],
  ['{"public.a": {}, "log": {}}', /ETRAP_TABLE_POLICIES: expected a glob/],
])("refuses %s", (value, problem) => {
  expect(problemsOf({ ...ORG, ETRAP_TABLE_POLICIES: value })).toMatch(problem);
});

test("accepts a table's batch size below the database's minimum, if the table has its own minimum", () => {
  const own = { "public.log": { batch_size: 10, min_batch_size: 5 } };
  const environment = { ETRAP_MIN_BATCH_SIZE: "500", ETRAP_TABLE_POLICIES: JSON.stringify(own) };
  expect(databaseOf(environment)?.tablePolicies[0]?.policy).toMatchObject({ batchSize: 10, minBatchSize: 5 });
  expect(problemsOf({ ...ORG, ...environment, ETRAP_TABLE_POLICIES: '{"public.log": {"batch_size": 10}}' })).toContain(
    "public.log.min_batch_size: expected a whole number from 1 to 10",
  );
});
