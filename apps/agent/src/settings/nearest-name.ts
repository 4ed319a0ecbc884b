import { closest, distance } from "fastest-levenshtein";

/** Returns the known name that a name was most likely meant to be. Undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const nearest = closest(name, [...known]);
  return distance(name, nearest) <= Math.max(2, name.length / 4) ? nearest : undefined;
}
