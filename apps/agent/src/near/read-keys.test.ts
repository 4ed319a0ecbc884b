import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyPair } from "near-api-js";
import { expect, test } from "vitest";
import { readKeys } from "./read-keys.ts";

const pair = KeyPair.fromRandom("ed25519");
const accountId = "agent.acme.near";

async function keyFile(content: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "etrap-key-")), "key.json");
  await writeFile(file, content);
  return file;
}

test.each([
  ["near-cli's form", JSON.stringify({ account_id: accountId, public_key: "ed25519:x", private_key: pair.toString() })],
  ["an older form", JSON.stringify({ secret_key: pair.toString() })],
  ["the key alone, as containers mount it", `${pair.toString()}\n`],
])("reads a key from a file: %s", async (_, content) => {
  const [signer] = await readKeys({ accountId, key: { kind: "file", file: await keyFile(content) } }, "testnet");
  expect((await signer?.getPublicKey())?.toString()).toBe(pair.getPublicKey().toString());
});

test.each([
  [
    "of another account",
    JSON.stringify({ account_id: "mallory.near", private_key: pair.toString() }),
    /expected the key of agent\.acme\.near, found that of mallory\.near/,
  ],
  ["that is none", "hunter2", /expected a private key, or JSON/],
  ["that is cut off", `ed25519:${pair.toString().slice(8, 40)}`, /ed25519: and 64 bytes in base58/],
])("refuses a file with a key %s, and tells nothing of it", async (_, content, words) => {
  const read = readKeys({ accountId, key: { kind: "file", file: await keyFile(content) } }, "testnet");
  await expect(read).rejects.toMatchObject({ code: "BAD_SETTINGS", message: expect.stringMatching(words) });
  await read.catch((error: unknown) => {
    expect(String(error)).not.toContain(pair.toString().slice(8, 20));
    expect(String(error)).not.toContain("hunter2");
  });
});

test("says where a key is looked for", async () => {
  const read = readKeys({ accountId: "nobody.near", key: { kind: "credentials" } }, "testnet");
  await expect(read).rejects.toMatchObject({
    code: "BAD_SETTINGS",
    message: expect.stringMatching(/\.near-credentials.testnet.nobody\.near\.json.*ENOENT.*NEAR_PRIVATE_KEY/),
  });
});
