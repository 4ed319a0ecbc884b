/** What a proof is made of. */
export type Value = number | Uint8Array | readonly Value[];
type Change<T> = readonly [name: string, changed: T];

/**
 * The same fields with one thing changed, for each thing that can be, and what it is called: a number one less or more; bytes with a bit
 * flipped, one short, one more; an element left out, repeated, swapped with the next or changed, and a hash more. `bit` says which is flipped.
 */
export function mutationsOf<T extends { readonly [K in keyof T]: Value }>(fields: T, bit: number): Change<T>[] {
  return Object.entries<Value>(fields).flatMap(([field, value]) =>
    changesOf(value, bit).map(([name, changed]): Change<T> => [`${field}${name}`, { ...fields, [field]: changed }]),
  );
}

function changesOf(value: Value, bit: number): Change<Value>[] {
  if (typeof value === "number") {
    return [
      [" − 1", value - 1],
      [" + 1", value + 1],
    ];
  }
  if (value instanceof Uint8Array) {
    return [
      [`: bit ${bit} flipped`, flipped(value, bit)],
      [": a byte short", value.slice(1)],
      [": a byte more", Uint8Array.of(...value, 0)],
    ];
  }
  const more: Change<Value>[] = value.some(Number.isInteger) ? [] : [[": a hash more", [...value, new Uint8Array(32)]]];
  return [...value.flatMap((element, at) => changesAt(value, at, element, bit)), ...more];
}

function changesAt(list: readonly Value[], at: number, element: Value, bit: number): Change<Value>[] {
  return [
    [`[${at}] left out`, list.toSpliced(at, 1)],
    [`[${at}] repeated`, list.toSpliced(at, 0, element)],
    ...list
      .slice(at + 1, at + 2)
      .map((next): Change<Value> => [`[${at}] and [${at + 1}] swapped`, list.toSpliced(at, 2, next, element)]),
    ...changesOf(element, bit).map(([name, changed]): Change<Value> => [`[${at}]${name}`, list.with(at, changed)]),
  ];
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const at = Math.floor(bit / 8) % bytes.length;
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit % 8)));
}
