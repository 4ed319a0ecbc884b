import type { Entry } from "./ports.ts";

/** How many of the entries are skips, by their reason. */
export function countByReason(entries: readonly Entry[]): Readonly<Record<string, number>> {
  const skips = entries.filter((entry) => entry.kind === "skip");
  const groups = Map.groupBy(skips, ({ reason }) => reason);
  return Object.fromEntries(Array.from(groups, ([reason, members]) => [reason, members.length]));
}
