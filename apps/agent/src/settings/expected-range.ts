import type { OptionProblem } from "@etrap/batcher";

/** The unit of a setting's number. The batcher counts bytes and milliseconds. */
export type Unit = "bytes" | "seconds" | "none";

const UNITS = ["GB", "MB", "KB"] as const;

/** Describes what was expected instead of an option, in the unit of the setting that gave it. */
export function describeExpected({ expected, number }: OptionProblem, unit: Unit): string {
  if (number === undefined || unit === "none") return expected;
  const { least, most } = number;
  if (unit === "seconds") return `${Math.ceil(least / 1000)} to ${Math.floor(most / 1000)} seconds`;
  return `${describeBytes(least)} to ${describeBytes(most)}`;
}

/** Returns a number of bytes as a setting may give it. */
function describeBytes(bytes: number): string {
  const unit = UNITS.find((_, index) => bytes % 1024 ** (UNITS.length - index) === 0);
  return unit === undefined ? String(bytes) : `${bytes / 1024 ** (UNITS.length - UNITS.indexOf(unit))}${unit}`;
}
