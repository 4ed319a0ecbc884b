import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { codeOf } from "@etrap/ledger";
import type { Command } from "commander";
import { AgentError } from "../agent-error.ts";
import { EXIT } from "../exit-code.ts";
import { NEAR_OPTIONS } from "../near/near-options.ts";
import type { NearOptions } from "../near/near-options.ts";
import { readKeys } from "../near/read-keys.ts";
import { setUpContract } from "../near/set-up-contract.ts";
import { printable } from "../report/printable.ts";
import { parseNear } from "../settings/near-settings.ts";
import { givenVariables } from "../settings/settings.ts";
import type { CommandContext } from "./command-context.ts";

interface InitOptions extends Omit<NearOptions, "contract"> {
  readonly organization: string;
  readonly account: string;
  readonly contract?: string;
  readonly minter?: string;
  readonly accountKey?: string;
  readonly contractBalance: string;
  readonly minterBalance: string;
  readonly out: string;
  readonly yes: boolean;
}

/** Adds the command `init`. */
export function addInitCommand(program: Command, context: CommandContext): void {
  const [network, , rpc] = NEAR_OPTIONS;
  program
    .command("init")
    .description("set up a notary contract on NEAR and an account that mints in it, and write the settings")
    .requiredOption("--organization <name>", "name of the organization, as in ETRAP_ORG_ID")
    .requiredOption("--account <account>", "your NEAR account, which pays, and owns the contract")
    .option(
      "--account-key <file>",
      "file with its full access key, as near-cli writes it (default: NEAR_PRIVATE_KEY, or ~/.near-credentials)",
    )
    .option(...network)
    .option(...rpc)
    .option("--contract <account>", "account to create for the contract (default: notary.{account})")
    .option("--minter <account>", "account to create for the agent (default: agent.{account})")
    .option("--contract-balance <near>", "NEAR for the contract: 2.4 for its code, 1 in reserve, 0.0028 a batch", "10")
    .option("--minter-balance <near>", "NEAR for the agent's gas: 0.0003 a batch", "1")
    .option("--out <folder>", "folder for the settings and the agent's key", "etrap-near")
    .option("--yes", "do it. Without this, only say what would be done", false)
    .addHelpText(
      "after",
      "\nExample:\n  etrap init --organization acme --account acme.testnet --yes\n  set -a; . etrap-near/near.env; set +a; etrap run\n\nA run that was cut off is completed by the same command. The contract's own key is deleted, so nobody can replace its code but by its upgrade method.",
    )
    .action(async (options: InitOptions) => init(options, context));
}

const AMOUNT = /^\d{1,9}(?:\.\d{1,6})?$/;

async function init(options: InitOptions, { shell, setExit }: CommandContext): Promise<void> {
  for (const [name, amount] of [
    ["--contract-balance", options.contractBalance],
    ["--minter-balance", options.minterBalance],
  ] as const)
    if (!AMOUNT.test(amount)) throw new AgentError("BAD_ARGUMENT", `${name}: expected an amount of NEAR, such as 10`);
  const { account, organization } = options;
  const { contract: contractId = `notary.${account}`, minter: minterId = `agent.${account}` } = options;
  const given = givenVariables(shell.environment);
  const parsed = parseNear({
    NEAR_ACCOUNT_ID: account,
    NEAR_CONTRACT_ID: contractId,
    NEAR_NETWORK: options.network ?? given["NEAR_NETWORK"],
    NEAR_RPC_URLS: options.rpc ?? given["NEAR_RPC_URLS"],
    NEAR_KEY_FILE: options.accountKey,
    NEAR_PRIVATE_KEY: options.accountKey === undefined ? given["NEAR_PRIVATE_KEY"] : undefined,
  });
  if (parsed.kind === "invalid")
    throw new AgentError("BAD_SETTINGS", ["invalid settings:", ...parsed.problems].join("\n  "));
  const { place, writer } = parsed.settings;
  const [rpcUrl] = place.rpcUrls;
  if (writer === undefined || rpcUrl === undefined)
    throw new AgentError("BAD_SETTINGS", "expected an account and an RPC node");
  const write = (line: string): void => shell.write(printable(line));

  write(
    `On ${place.network}, ${account} creates ${contractId} with ${options.contractBalance} NEAR for the contract of ${organization},`,
  );
  write(
    `and ${minterId} with ${options.minterBalance} NEAR for the agent. Settings and the agent's key go to ${resolve(options.out)}.`,
  );
  if (!options.yes) {
    write("Nothing was done. Add --yes to do it.");
    return setExit(EXIT.usage);
  }
  const [signer] = await readKeys(writer, place.network);
  if (signer === undefined) throw new AgentError("BAD_SETTINGS", "expected the key of the account");
  await mkdir(options.out, { recursive: true });
  const keyFile = resolve(options.out, "agent-key.json");
  const { contractBalance, minterBalance } = options;
  await setUpContract(
    { rpcUrl, organization, ownerId: account, signer, contractId, minterId, contractBalance, minterBalance, keyFile },
    (text) => write(`✅ ${text}`),
  );
  const settings = join(options.out, "near.env");
  await writeSettings(settings, {
    ETRAP_ORG_ID: organization,
    NEAR_ACCOUNT_ID: minterId,
    NEAR_KEY_FILE: keyFile,
    NEAR_NETWORK: place.network,
    NEAR_CONTRACT_ID: contractId,
    NEAR_RPC_URLS: place.rpcUrls.join(","),
  });
  write(`🎉 The settings of the agent are in ${settings}: set -a; . ${settings}; set +a; etrap run`);
}

async function writeSettings(file: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  try {
    await writeFile(file, lines.join(""), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    throw new AgentError(
      "FILE_EXISTS",
      `${file}: exists; the contract is set up. Remove the file and run the command again to write it`,
    );
  }
}
