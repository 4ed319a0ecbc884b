import { types } from "node:util";
import { IMAGES } from "@etrap/proof";
import type { Delivery } from "../ports.ts";
import { badDelivery } from "./bad-delivery.ts";
import type { BadMember } from "./bad-delivery.ts";
import { isPlainObject } from "./type-name.ts";

/** The type of one member, as the port requires it. */
interface MemberType {
  readonly expected: string;
  fits(value: unknown): boolean;
}

/** The types of an object's members. */
type Shape = readonly (readonly [member: string, type: MemberType])[];

const OPERATIONS = ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"];

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";
const isOmitted = (value: unknown): boolean =>
  isPlainObject(value) && IMAGES.every((part) => value[part] === undefined || isMapOfText(value[part]));
const isMapOfText = (value: unknown): boolean => isPlainObject(value) && Object.values(value).every(isText);
const orNull = ({ expected, fits }: MemberType): MemberType => {
  return { expected: `${expected} or null`, fits: (value) => value === null || fits(value) };
};

const TEXT: MemberType = { expected: "text", fits: isText };
const NUMBER: MemberType = { expected: "a number", fits: isNumber };
const IMAGE: MemberType = { expected: "an object of columns", fits: isPlainObject };
const OMITTED: MemberType = { expected: "an object of key, before and after with codes by column", fits: isOmitted };
const OPERATION: MemberType = {
  expected: `one of ${OPERATIONS.join(", ")}`,
  fits: (value) => OPERATIONS.some((operation) => operation === value),
};
const FIELDS: MemberType = {
  expected: "a list of Uint8Array",
  fits: (value) => Array.isArray(value) && value.every((field) => types.isUint8Array(field)),
};
const SIZE: MemberType = {
  expected: "a whole number of bytes",
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

const POSITION: Shape = [
  ["stream", TEXT],
  ["id", TEXT],
];
const DELIVERY: Shape = [
  ["generation", { expected: "a whole number", fits: Number.isSafeInteger }],
  ["size", SIZE],
  ["fields", FIELDS],
];
const CONTROL: Shape = [
  ["database", TEXT],
  ["reason", TEXT],
];
const ENTRIES: ReadonlyMap<unknown, Shape> = new Map<unknown, Shape>([
  ["skip", [["reason", TEXT]]],
  ["poison", CONTROL],
  ["gap", CONTROL],
  [
    "change",
    [
      ["database", TEXT],
      ["schema", TEXT],
      ["table", TEXT],
      ["operation", OPERATION],
      ["timestamp", orNull(NUMBER)],
      ["capturedAt", orNull(TEXT)],
      ["lsn", orNull(TEXT)],
      ["txId", orNull(TEXT)],
      ["txOrder", orNull(NUMBER)],
      ["run", orNull(TEXT)],
      ["key", orNull(IMAGE)],
      ["before", orNull(IMAGE)],
      ["after", orNull(IMAGE)],
      ["omitted", orNull(OMITTED)],
    ],
  ],
]);

/**
 * Checks the types of what a source returned from `pull`, since a source may be written in plain
 * JavaScript. Throws BAD_DELIVERY, which names the delivery and the member. Such a delivery must
 * not become a skip or poison: it would be committed, and its change lost. The values of images are
 * not looked at here, because those of excluded columns never are.
 */
export function checkDeliveries(pulled: unknown): asserts pulled is Delivery[] {
  if (!Array.isArray(pulled))
    throw badDelivery(undefined, { member: "pull", expected: "a list of deliveries", value: pulled });
  for (const delivery of pulled as readonly unknown[]) {
    const members = isObject(delivery) ? delivery : {};
    const problem = problemOf(members);
    if (problem !== undefined) throw badDelivery(members["position"], problem);
  }
}

function problemOf({ position, entry, ...delivery }: Readonly<Record<string, unknown>>): BadMember | undefined {
  if (!isObject(position)) return { member: "position", expected: "an object with stream and id", value: position };
  const place = firstMisfit(position, POSITION);
  if (place !== undefined) return { ...place, member: `position.${place.member}` };
  const shape = isObject(entry) ? ENTRIES.get(entry["kind"]) : undefined;
  if (!isObject(entry) || shape === undefined)
    return { member: "entry", expected: "an object whose kind is change, poison, gap or skip", value: entry };
  return firstMisfit(delivery, DELIVERY) ?? firstMisfit(entry, shape);
}

function firstMisfit(object: Readonly<Record<string, unknown>>, shape: Shape): BadMember | undefined {
  const misfit = shape.find(([member, { fits }]) => !fits(object[member]));
  return misfit && { member: misfit[0], expected: misfit[1].expected, value: object[misfit[0]] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
