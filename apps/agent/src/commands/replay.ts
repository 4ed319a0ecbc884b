import type { Command } from "commander";
import { replayCapture } from "../recording/replay-capture.ts";
import { chooseDatabase } from "../settings/choose-database.ts";
import { describeVariables } from "../settings/describe-variables.ts";
import { parseSettings } from "../settings/settings.ts";
import { createCommandReporter } from "./command-context.ts";
import type { CommandContext } from "./command-context.ts";
import { SINGLE_WRITER_OPTION } from "./single-writer.ts";
import type { SingleWriterOptions } from "./single-writer.ts";

/** Adds the command `replay`. */
export function addReplayCommand(program: Command, context: CommandContext): void {
  program
    .command("replay")
    .description("record the changes of a capture file (JSON lines of stream entries)")
    .argument("<file>")
    .option("--database <name>", "database of the file; with ETRAP_DATABASES_FILE, one of the databases in it")
    .option(...SINGLE_WRITER_OPTION)
    .addHelpText("after", describeVariables("replay"))
    .action(async (file: string, options: SingleWriterOptions & { database?: string }) => {
      const { environment, signal } = context.shell;
      const settings = parseSettings(environment);
      const database = chooseDatabase(settings, options.database);
      const replay = { file, settings, database, isSingleWriter: options.singleWriter };
      await replayCapture(replay, createCommandReporter(context, settings), signal);
    });
}
