import type { Completeness } from "./copy-sources.ts";

/** Notes on how much of each database is in a copy. */
export interface Databases {
  /** Notes whether the chain in a folder is whole in the copy. */
  add(folder: string, isWhole: boolean): void;
  /** Notes that the chain in a folder was not asked for. */
  leaveOut(folder: string): void;
  readonly completeness: (database: string) => Completeness;
}

/** Creates the notes on databases, by the first segment of their folders. */
export function createDatabases(): Databases {
  const [chosen, partial] = [new Set<string>(), new Set<string>()];
  const nameOf = (folder: string): string => folder.replace(/\/.*/s, "");
  return {
    add(folder, isWhole) {
      chosen.add(nameOf(folder));
      if (!isWhole) partial.add(nameOf(folder));
    },
    leaveOut: (folder) => void partial.add(nameOf(folder)),
    completeness(database) {
      if (!partial.has(database)) return "whole";
      return chosen.has(database) ? "partial" : "left out";
    },
  };
}
