type Value = number | Uint8Array | readonly Value[];

/**
 * The same fields with one thing changed, for each thing that can be: a number one less or more; bytes with a bit flipped, one short, one more;
 * an element dropped, repeated, swapped with the next, changed, or added at the end. `bit` says which bit is flipped.
 */
export function mutationsOf<T extends Readonly<Record<string, Value>>>(fields: T, bit: number): T[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    changesOf(value, bit).map((changed) => ({ ...fields, [name]: changed })),
  );
}

function changesOf(value: Value, bit: number): Value[] {
  if (typeof value === "number") return [value - 1, value + 1];
  if (value instanceof Uint8Array) return [flipped(value, bit), value.slice(1), Uint8Array.of(...value, 0)];
  const changedAt = (at: number, element: Value): Value[] => [
    value.toSpliced(at, 1),
    value.toSpliced(at, 0, element),
    value.toSpliced(at, 2, ...value.slice(at, at + 2).toReversed()),
    ...changesOf(element, bit).map((changed) => value.with(at, changed)),
  ];
  return [...value.flatMap((element, at) => changedAt(at, element)), [...value, new Uint8Array(32)]];
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const at = Math.floor(bit / 8) % bytes.length;
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit % 8)));
}
