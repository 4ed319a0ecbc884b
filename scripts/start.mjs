// Plain JavaScript, since this may run on any Node: pnpm runs a script even where the install before it failed, and then on the system's Node.
const [command, ...args] = process.argv.slice(2);
if (Number(process.versions.node.split(".")[0]) < 24) {
  process.stderr.write(
    "The install before this script failed (its error is above): mend that, then run the command again.\n",
  );
  process.exit(1);
}
process.argv = [process.argv[0], command, ...args];
await import(command);
