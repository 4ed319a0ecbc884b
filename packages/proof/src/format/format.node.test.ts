import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { bytesToHex, hexToBytes } from "../bytes/digest.ts";
import { exampleProofs } from "../fixtures/example-proofs.ts";
import { jsonSchemas } from "../fixtures/json-schemas.ts";
import { verifyProof } from "../verify/verify-proof.ts";

const FORMAT = readFileSync(join(import.meta.dirname, "../../FORMAT.md"), "utf8");

describe("the published examples", () => {
  test.each(Array.from(exampleProofs()))("%s is up to date, and verifies", async (name, text) => {
    // vitest -u writes the files.
    await expect(text).toMatchFileSnapshot(`../../examples/${name}`);
    expect(verifyProof(new TextEncoder().encode(text)).verdict).toBe("pending");
  });
});

/** Returns the value at a path such as `headers.0.merkle_root` in an example. */
function at(file: string, path: string): unknown {
  let value: unknown = JSON.parse(exampleProofs().get(file) ?? "null");
  for (const name of path.split(".")) value = Reflect.get(Object(value), name);
  return value;
}

/**
 * The worked examples in FORMAT.md: lines of bytes in hex (`x`), of text (`"`) or of the canonical
 * text of a part of the file (`<`), then the SHA-256 of all (`=`). The fence may name the file, and
 * the path of the hash in it.
 */
const EXAMPLES = Array.from(
  FORMAT.matchAll(/^```hash(?: (\S+) (\S+))?\n(.*?)^```/gms),
  ([, file = "account.etrap.json", path = "", body = ""]) => ({
    file,
    path,
    lines: body.trimEnd().split("\n"),
  }),
);

test("FORMAT.md has worked examples of every hash", () => {
  const domains = EXAMPLES.map(({ lines }) => lines[0]);
  expect(new Set(domains)).toEqual(new Set(["x 00", "x 01", "x 02", "x 03", "x 04", "x 05", "x 06"]));
});

test.each(EXAMPLES)("$path of $file is the hash that FORMAT.md works out", ({ file, path, lines }) => {
  const bytes = lines.slice(0, -1).map((line) => {
    const [kind, rest] = [line.slice(0, 1), line.slice(2)];
    if (kind === "x") return hexToBytes(rest.replaceAll(" ", ""));
    return kind === "<" ? encodeCanonical(at(file, rest)) : utf8ToBytes(rest);
  });
  const hash = bytesToHex(sha256(concatBytes(...bytes)));
  expect(lines.at(-1)).toBe(`= ${hash}`);
  if (path !== "") expect(at(file, path)).toBe(hash);
});

test("FORMAT.md states the batch id of the example", () => {
  expect(FORMAT).toContain(`\`${String(at("account.etrap.json", "batch_id"))}\``);
});

test("FORMAT.md states the bound of every document", () => {
  for (const text of jsonSchemas().values()) {
    const { title, description }: { title: string; description: string } = JSON.parse(text);
    const [bytes = ""] = /\d+/.exec(description) ?? [];
    const bound = Number(bytes) >= 1 << 20 ? `${Number(bytes) / (1 << 20)} MiB` : `${Number(bytes) / 1024} KiB`;
    const name = title.startsWith("etrap-index-") ? "etrap-index-*/0" : title;
    expect(FORMAT.split("\n").filter((line) => line.includes(`\`${name}\``) && line.includes(bound))).not.toEqual([]);
  }
});

test("FORMAT.md names every member of every document", () => {
  for (const text of jsonSchemas().values()) {
    for (const [, name = ""] of text.matchAll(/^ +"([a-z_]+)": \{$/gm)) {
      if (["properties", "items", "additionalProperties", "value"].includes(name)) continue;
      expect(FORMAT).toContain(name);
    }
  }
});
