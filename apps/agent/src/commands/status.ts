import { messageOf } from "@etrap/ledger";
import type { Command } from "commander";
import * as v from "valibot";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { printable } from "../report/printable.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import { parseSettings } from "../settings/settings.ts";
import type { CommandContext } from "./command-context.ts";

/** Adds the command `status`. */
export function addStatusCommand(program: Command, context: CommandContext): void {
  program
    .command("status")
    .description("ask a running agent how it is")
    .option("--url <url>", "address of its /health (default: that of the settings, such as http://127.0.0.1:8080)")
    .addHelpText(
      "after",
      "\nExit codes: 0 healthy or starting, 1 something keeps it from its work, 2 no agent answers.\n\nWithout a running agent, etrap doctor checks what it needs, and etrap anchors list reads the ledger.",
    )
    .action(async ({ url }: { readonly url?: string }) => context.setExit(await status(url, context)));
}

/** The longest wait for an agent, whose probes take up to four seconds. */
const LONGEST_MS = 10_000;

const reportSchema = v.looseObject({
  status: v.string(),
  redis: v.string(),
  s3: v.string(),
  near: v.string(),
  role: v.string(),
  pending_events: v.number(),
  pending_batches: v.number(),
  oldest_pending_batch_seconds: v.nullable(v.number()),
  uptime_seconds: v.number(),
  version: v.string(),
  problems: v.array(
    v.object({
      part: v.string(),
      subject: v.optional(v.string()),
      code: v.string(),
      message: v.string(),
      since: v.number(),
    }),
  ),
});

async function status(url: string | undefined, { shell, isJson }: CommandContext): Promise<ExitCode> {
  const address = url ?? addressOf(parseSettings(shell.environment).watching);
  let report: v.InferOutput<typeof reportSchema>;
  try {
    const response = await fetch(new URL("/health", address), { signal: AbortSignal.timeout(LONGEST_MS) });
    report = v.parse(reportSchema, await response.json());
  } catch (error) {
    const message = `${address}: no agent answers there: ${messageOf(error)}; etrap doctor checks what an agent needs`;
    writeErrorInfo({ code: "NO_AGENT", message }, { writeError: shell.writeError, json: isJson() });
    return EXIT.couldNotCheck;
  }
  if (isJson()) shell.write(JSON.stringify(report));
  else for (const line of linesOf(report)) shell.write(printable(line));
  return report.problems.length === 0 ? EXIT.yes : EXIT.no;
}

function linesOf(report: v.InferOutput<typeof reportSchema>): string[] {
  const {
    role,
    uptime_seconds: up,
    version,
    redis,
    s3,
    near,
    pending_events: events,
    pending_batches: batches,
  } = report;
  const oldest = report.oldest_pending_batch_seconds;
  const age = oldest === null ? "" : `, the oldest for ${oldest} s`;
  return [
    `${report.problems.length === 0 ? "✅" : "❌"} ${report.status}: ${role} for ${up} s, version ${version}`,
    `   Redis ${redis}, store ${s3}, NEAR ${near}`,
    `   ${events} changes wait to be recorded, ${batches} batches for their token${age}`,
    ...report.problems.map(({ part, subject, code, message, since }) => {
      const about = subject === undefined ? part : `${part} ${subject}`;
      return `   ❌ ${about}: ${message} (${code}), since ${new Date(since).toISOString()}`;
    }),
  ];
}

function addressOf({
  healthPort,
  address,
}: {
  readonly healthPort: number | undefined;
  readonly address: string;
}): string {
  // An agent that listens everywhere is asked on this machine.
  const host = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  return `http://${host.includes(":") ? `[${host}]` : host}:${healthPort ?? 8080}`;
}
