import type { Command } from "commander";
import { recordDatabases } from "../recording/record-databases.ts";
import { describeVariables } from "../settings/describe-variables.ts";
import { parseSettings } from "../settings/settings.ts";
import { createCommandReporter } from "./command-context.ts";
import type { CommandContext } from "./command-context.ts";
import { SINGLE_WRITER_OPTION } from "./single-writer.ts";
import type { SingleWriterOptions } from "./single-writer.ts";

interface RunOptions extends SingleWriterOptions {
  readonly adoptSource: boolean;
}

/** Adds the command `run`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command("run")
    .description("record changes from Redis until a signal asks to stop")
    .option(
      "--adopt-source",
      "accept a Redis and a ledger that do not know each other, after SOURCE_MISMATCH; entries that were committed for another ledger are not in this one",
      false,
    )
    .option(...SINGLE_WRITER_OPTION)
    .addHelpText("after", describeVariables("run"))
    .action(async ({ adoptSource: adopt, singleWriter: isSingleWriter }: RunOptions) => {
      const { environment, signal } = context.shell;
      const settings = parseSettings(environment);
      const report = createCommandReporter(context, settings);
      await recordDatabases(settings, { adopt, isSingleWriter, report, signal });
    });
}
