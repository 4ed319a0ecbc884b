// Plain JavaScript, which every Node runs: pnpm runs a script even where the install before it
// failed, on the system's Node.
import { existsSync, readFileSync } from "node:fs";

const [command, ...args] = process.argv.slice(2);
const pinned = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).devDependencies.node;
// The system's Node may have the pinned version by chance. pnpm writes this file at the end of an
// install.
const isInstalled = existsSync(new URL("../../node_modules/.modules.yaml", import.meta.url));
if (process.versions.node !== pinned || !isInstalled) {
  process.stderr.write(
    `This command needs Node ${pinned} from node_modules, but the install before it failed. Mend the error above, then run the command again.\n`,
  );
  process.exit(1);
}
process.argv = [process.argv[0], command, ...args];
await import(command);
