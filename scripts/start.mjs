// Plain JavaScript, since this may run on any Node: pnpm runs a script even where the install before it failed, and then on the system's Node.
import { existsSync, readFileSync } from "node:fs";

const [command, ...args] = process.argv.slice(2);
const pinned = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).devDependencies.node;
// The system's Node may have the pinned version too; pnpm writes this file when it has installed everything.
const isInstalled = existsSync(new URL("../node_modules/.modules.yaml", import.meta.url));
if (process.versions.node !== pinned || !isInstalled) {
  process.stderr.write(
    `This runs on Node ${pinned} from node_modules, which the install before it did not bring (its error is above): mend that, then run the command again.\n`,
  );
  process.exit(1);
}
process.argv = [process.argv[0], command, ...args];
await import(command);
