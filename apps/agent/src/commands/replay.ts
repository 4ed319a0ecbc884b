import type { Command } from "commander";
import { replayCapture } from "../recording/replay-capture.ts";
import { chooseDatabase } from "../settings/choose-database.ts";
import { describeVariables } from "../settings/describe-variables.ts";
import { parseSettings } from "../settings/settings.ts";
import { createCommandReporter } from "./command-context.ts";
import type { CommandContext } from "./command-context.ts";

/** Adds the command `replay`. */
export function addReplayCommand(program: Command, context: CommandContext): void {
  program
    .command("replay")
    .description("record the changes of a capture file (JSON lines of stream entries)")
    .argument("<file>")
    .option("--database <name>", "database of the file; with ETRAP_DATABASES_FILE, one of the databases in it")
    .addHelpText("after", describeVariables("replay"))
    .action(async (file: string, options: { database?: string }) => {
      const { environment, signal } = context.shell;
      const settings = parseSettings(environment);
      const database = chooseDatabase(settings, options.database);
      await replayCapture({ file, settings, database }, createCommandReporter(context, settings), signal);
    });
}
