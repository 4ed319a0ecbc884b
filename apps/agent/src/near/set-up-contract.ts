import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { codeOf, messageOf } from "@etrap/ledger";
import { Account, actions, JsonRpcProvider, KeyPair, KeyPairSigner, nearToYocto } from "near-api-js";
import type { Signer } from "near-api-js";
import { AgentError } from "../agent-error.ts";

/** What is set up: a contract and an account that mints in it. */
export interface SetUp {
  readonly rpcUrl: string;
  readonly organization: string;
  /** The account that pays, and owns the contract. */
  readonly ownerId: string;
  /** Its full access key. */
  readonly signer: Signer;
  readonly contractId: string;
  readonly minterId: string;
  /** What the two new accounts get, in NEAR. */
  readonly contractBalance: string;
  readonly minterBalance: string;
  /** The file for the minter's key. The contract's own key stands beside it until it is deleted. */
  readonly keyFile: string;
}

const MINT_METHODS = ["mint_batch", "mint_batches"];

/**
 * Creates the contract's account, deploys and sets up the contract, deletes the account's only key,
 * and creates the minter with a key that can do nothing but mint. Goes on where an earlier run was
 * cut off. `onStep` is told each step that is done. Rejects with INIT_FAILED.
 */
export async function setUpContract(given: SetUp, onStep: (text: string) => void): Promise<void> {
  const provider = new JsonRpcProvider({ url: given.rpcUrl });
  const owner = new Account(given.ownerId, provider, given.signer);
  try {
    const ownerKey = await given.signer.getPublicKey();
    await setUpNotary(given, owner, onStep);
    if (await exists(provider, given.minterId)) {
      onStep(`${given.minterId} exists`);
      await readKeyPair(given.keyFile);
      return;
    }
    const pair = await keptKeyPair(given.keyFile, given.minterId);
    await owner.signAndSendTransaction({
      receiverId: given.minterId,
      actions: [
        actions.createAccount(),
        actions.transfer(nearToYocto(toAmount(given.minterBalance))),
        // The owner keeps control of the account's money.
        actions.addFullAccessKey(ownerKey),
        actions.addFunctionCallAccessKey(pair.getPublicKey(), given.contractId, MINT_METHODS),
      ],
      throwOnFailure: true,
      waitUntil: "FINAL",
    });
    onStep(`created ${given.minterId}, whose key can do nothing but mint`);
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("INIT_FAILED", `${messageOf(error)}; run the same command again once it is mended`, error);
  }
}

async function setUpNotary(given: SetUp, owner: Account, onStep: (text: string) => void): Promise<void> {
  const { contractId, ownerId, organization, minterId } = given;
  const { provider } = owner;
  if (await isSetUp(provider, contractId)) return onStep(`${contractId} is set up`);
  const contractKey = `${given.keyFile}.contract`;
  // Kept on disk before the account has it: a crash in between must not lose the account.
  const pair = await keptKeyPair(contractKey, contractId);
  if (!(await exists(provider, contractId))) {
    const wasm = await readFile(fileURLToPath(import.meta.resolve("@etrap/notary-contract/notary.wasm")));
    await owner.signAndSendTransaction({
      receiverId: contractId,
      actions: [
        actions.createAccount(),
        actions.transfer(nearToYocto(toAmount(given.contractBalance))),
        actions.addFullAccessKey(pair.getPublicKey()),
        actions.deployContract(wasm),
      ],
      throwOnFailure: true,
      waitUntil: "FINAL",
    });
    onStep(`created ${contractId} and deployed the contract`);
  }
  const contract = new Account(contractId, provider, new KeyPairSigner(pair));
  const args = { organization, owner_id: ownerId, minters: [minterId] };
  await contract.signAndSendTransaction({
    receiverId: contractId,
    // In one transaction: set up, nobody can replace the code any more.
    actions: [actions.functionCall("new", args, 30_000_000_000_000n, 0n), actions.deleteKey(pair.getPublicKey())],
    throwOnFailure: true,
    waitUntil: "FINAL",
  });
  await rm(contractKey, { force: true });
  onStep(
    `set up ${contractId} for ${organization}, owned by ${ownerId}, and deleted its own key: its code changes only by upgrade`,
  );
}

async function isSetUp(provider: Account["provider"], contractId: string): Promise<boolean> {
  try {
    await provider.callFunction({ contractId, method: "get_settings", args: {} });
    return true;
  } catch {
    return false;
  }
}

async function exists(provider: Account["provider"], accountId: string): Promise<boolean> {
  try {
    await provider.viewAccount({ accountId });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "AccountDoesNotExistError") return false;
    throw error;
  }
}

/** Returns the key pair of a file, or makes one and keeps it there. */
async function keptKeyPair(file: string, accountId: string): Promise<KeyPair> {
  const pair = KeyPair.fromRandom("ed25519");
  const content = { account_id: accountId, public_key: pair.getPublicKey().toString(), private_key: pair.toString() };
  try {
    await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`, { flag: "wx", mode: 0o600 });
    return pair;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return readKeyPair(file);
  }
}

async function readKeyPair(file: string): Promise<KeyPair> {
  try {
    const { private_key: key }: { private_key: `ed25519:${string}` } = JSON.parse(await readFile(file, "utf8"));
    return KeyPair.fromString(key);
  } catch {
    throw new AgentError(
      "INIT_FAILED",
      `${file}: expected the private key that an earlier run left there; give another --minter, or put the key back`,
    );
  }
}

function toAmount(near: string): `${number}` {
  return near as `${number}`;
}
