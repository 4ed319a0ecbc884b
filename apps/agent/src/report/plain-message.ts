import type { ProofError } from "@etrap/proof";

/** The words of the parser for what it expected, in plain English. */
const WORDS: Readonly<Record<string, string>> = {
  Array: "an array",
  Object: "an object",
  boolean: "true or false",
  check: "a value that the format allows",
  custom: "a value that the format allows",
  map: "an object",
  never: "no member of this name",
  number: "a number",
  safe_integer: "a whole number below 2⁵³",
  string: "text",
  unknown: "a value that the format allows",
};

/** Returns the message of an error, with the words of the parser in plain English. */
export function plainMessage({ code, place, message }: ProofError): string {
  const prefix = `${place}: expected `;
  if (code !== "MALFORMED_DOCUMENT" || !message.startsWith(prefix)) return message;
  return `${prefix}${plainWords(message.slice(prefix.length))}`;
}

function plainWords(raw: string): string {
  if (Object.hasOwn(WORDS, raw)) return WORDS[raw] ?? raw;
  if (/^\/.*\/u?$/.test(raw)) return `text of the form ${raw}`;
  const [, bound, limit] = /^([<>])=(\d+)$/.exec(raw) ?? [];
  if (bound !== undefined) return `at ${bound === ">" ? "least" : "most"} ${limit}, by value or length`;
  const [, alternatives] = /^\((.* \| .*)\)$/.exec(raw) ?? [];
  return alternatives === undefined ? raw : alternatives.split(" | ").map(plainWords).join(" or ");
}
