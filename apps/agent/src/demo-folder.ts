import { lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { AgentError } from "./agent-error.ts";

/** The list of the demo's own files, one path in a line. Nothing else is ever deleted. */
const LIST = "files-of-the-demo.txt";

const README = `# The demo's files

| | |
|---|---|
| \`ledger/\` | the ledger: a folder for each database, and in it one for each table |
| \`ledger/{database}/{table}/chain/{number}.json\` | the slots: the header of each batch, which names the batch before it |
| \`ledger/{database}/{table}/BATCH-…/batch-data.json\` | a batch: its changes with their values and salts |
| \`ledger/{database}/{table}/BATCH-…/merkle-tree.json\`, \`indices/\` | documents that are made from the batch, and can be made again |
| \`ledger/{database}/~/\` | the control chain: entries that could not be decoded, and gaps |
| \`ledger/{database}/{table}/BATCH-…/anchor.json\` | where the batch is on the chain: contract, token, block |
| \`ledger/tmp!/\` | files that are being written; empty afterwards |
| \`chain/\` | the NEAR chain of the demo: each block with its transactions |
| \`near/\` | the agent's settings for it, and its key, which is worth nothing elsewhere |
| \`proofs/*.etrap.json\` | proof files: each is all that is needed to check one change |
| \`tampered.etrap.json\` | a copy of a proof with one changed byte, which is refused |
| \`${LIST}\` | the list of these files: the next demo deletes them, and no others |
`;

/** The folder of a demo that runs. */
export interface DemoFolder {
  /**
   * Writes the README, and lists the files that were made, so that the next demo can delete them.
   */
  close(): Promise<void>;
}

/**
 * Opens the folder of a demo, and deletes the files that an earlier demo made there. Throws
 * FILE_EXISTS where the ledger or the proofs in it are not the demo's: the demo would write to
 * them.
 */
export async function openDemoFolder(folder: string): Promise<DemoFolder> {
  await mkdir(folder, { recursive: true });
  await deleteListed(folder);
  const others = new Set(await filesOf(folder));
  refuseForeign(folder, others);
  return {
    async close() {
      if (!others.has("README.md")) await writeFile(join(folder, "README.md"), README);
      const own = (await filesOf(folder)).filter((file) => !others.has(file));
      await writeFile(join(folder, LIST), `${[...own, LIST].join("\n")}\n`);
    },
  };
}

function refuseForeign(folder: string, others: ReadonlySet<string>): void {
  const foreign = Array.from(others).find((file) =>
    /^ledger\/.*\.json$|^(?:chain|near)\/|^tampered\.etrap\.json$/.test(file),
  );
  if (foreign === undefined) return;
  throw new AgentError(
    "FILE_EXISTS",
    `${join(folder, foreign)}: expected only files of the demo there, found another; move ${folder} away`,
  );
}

async function deleteListed(folder: string): Promise<void> {
  const list = await readFile(join(folder, LIST), "utf8").catch(() => "");
  for (const name of list.split("\n")) {
    const file = resolve(folder, name);
    // A list that was edited must not lead out of the folder.
    if (name === "" || !file.startsWith(folder + sep)) continue;
    if ((await lstat(file).catch(() => undefined))?.isFile() !== true) continue;
    await rm(file);
    await removeEmpty(dirname(file), folder);
  }
}

/** Removes a folder and those above it, up to `top`, as far as they are empty. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let each = folder; each !== top; each = dirname(each)) {
    try {
      await rmdir(each);
    } catch {
      return;
    }
  }
}

/** Returns the paths of all files in a folder, with `/` between their parts. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, "/"));
}
