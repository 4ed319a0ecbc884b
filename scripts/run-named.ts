/** `pnpm bench NAME` and `pnpm report NAME [--options]`: runs the file of that name; without one, says which there are. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";

const [, , folder = "", ...args] = process.argv;
const firstOption = args.findIndex((arg) => arg.startsWith("--"));
const names = firstOption === -1 ? args : args.slice(0, firstOption);
const files = globSync(`${folder}/*.ts`).toSorted();

if (names.length === 0) {
  for (const file of files)
    console.log(
      `${basename(file, ".ts").padEnd(16)} ${/\/\*\* (.*?)(?: \*\/)?$/m.exec(readFileSync(file, "utf8"))?.[1]}`,
    );
}
for (const name of names) {
  const file = resolve(folder, `${name}.ts`);
  if (!existsSync(file)) {
    console.error(`${folder} has no ${name}; without a name, this command says which there are`);
    process.exit(3);
  }
  await import(file);
}
