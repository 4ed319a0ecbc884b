/** Returns the name of a value's type, for messages. It never holds the value itself. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return isPlainObject(value) ? "an object" : "an instance of a class";
  return `a ${typeof value}`;
}

/**
 * Whether a value is an object that holds everything in its own members. An array, a Map or an
 * instance of a class does not, so reading its members would lose the rest.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
