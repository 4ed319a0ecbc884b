import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  DeleteObjectCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { startMoto, startVersitygw } from "@etrap/test-servers";
import { afterAll, expect, test } from "vitest";
import { allKeys, createTestBucket, createTestClient } from "./fixtures/open-bucket.ts";
import { prepareBucket } from "./prepare-bucket.ts";
import { createS3Store } from "./s3-store.ts";

const PAGE = readFileSync(resolve(import.meta.dirname, "../../../docs/s3.md"), "utf8");
const [versitygw, moto] = await Promise.all([startVersitygw(), startMoto()]);
afterAll(() => Promise.all([versitygw.stop(), moto.stop()]));

interface Statement {
  readonly Sid: string;
  readonly Resource: string;
}

/** Returns a JSON example of docs/s3.md. */
function example(name: string): Record<string, unknown> & { readonly Statement: readonly Statement[] } {
  const [, text] = new RegExp(`\`\`\`json ${name}\\n([^\`]*)\`\`\``).exec(PAGE) ?? [];
  if (text === undefined) throw new Error(`expected docs/s3.md to have the example ${name}`);
  return JSON.parse(text);
}

test("the policies give the writer and the auditor what they need, and no more", async () => {
  const bucket = await createTestBucket(versitygw, true);
  const [owner, writer, auditor] = await Promise.all(
    ["test", "writer", "auditor"].map(async (name) => {
      const credentials = { accessKeyId: name, secretAccessKey: `${name}secret` };
      if (name !== "test") await versitygw.addUser(credentials);
      return createTestClient({ ...versitygw, credentials });
    }),
  );
  if (owner === undefined || writer === undefined || auditor === undefined) throw new Error("expected three clients");
  const statements = (["writer", "auditor"] as const).flatMap((name) =>
    example(`${name}-policy`).Statement.map((statement) => ({
      ...statement,
      Sid: `${name}${statement.Sid}`,
      // versitygw names its users by their access keys.
      Principal: { AWS: [name] },
      Resource: statement.Resource.replace("etrap-acme", bucket),
    })),
  );
  const policy = { Version: "2012-10-17", Statement: statements };
  await owner.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));

  const lock = { mode: "GOVERNANCE", days: 1 } as const;
  expect(await prepareBucket({ client: writer, bucket }, { lock })).toMatchObject({ isConditional: true, notes: [] });
  const slot = "erp/account/chain/000000000000.json";
  await createS3Store({ client: writer, bucket }, { lock }).create(slot, new Uint8Array(1));
  const remove = new DeleteObjectCommand({ Bucket: bucket, Key: slot });
  await expect(writer.send(remove)).rejects.toMatchObject({ name: "AccessDenied" });

  const read = createS3Store({ client: auditor, bucket });
  expect(await read.get(slot)).toEqual(new Uint8Array(1));
  expect(await read.get("erp/account/chain/000000000001.json")).toBeUndefined();
  expect(await allKeys(read)).toContain(slot);
  await expect(read.create("a/b", new Uint8Array(1))).rejects.toMatchObject({ trouble: "ACCESS_DENIED" });
  await expect(auditor.send(remove)).rejects.toMatchObject({ name: "AccessDenied" });
  for (const client of [owner, writer, auditor]) client.destroy();
});

test("the statement that allows creation alone has the form of a policy", () => {
  const { Effect, Action, Condition } = example("create-only-statement");
  expect({ Effect, Action, Condition }).toEqual({
    Effect: "Deny",
    Action: "s3:PutObject",
    Condition: { Null: { "s3:if-none-match": "true" } },
  });
});

test("the lifecycle and the replication are accepted", async () => {
  const client = createTestClient(moto);
  const [bucket, copy] = await Promise.all([createTestBucket(moto), createTestBucket(moto)]);
  for (const each of [bucket, copy])
    await client.send(new PutBucketVersioningCommand({ Bucket: each, VersioningConfiguration: { Status: "Enabled" } }));
  const rules = example("lifecycle");
  await client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: rules as never }),
  );
  const replication = JSON.parse(JSON.stringify(example("replication")).replace("etrap-acme-copy", copy));
  const command = new PutBucketReplicationCommand({ Bucket: bucket, ReplicationConfiguration: replication });
  await client.send(command);
  client.destroy();
});
