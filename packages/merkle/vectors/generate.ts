/** Writes the vectors anew. Run it as `pnpm --filter @etrap/merkle vectors`. */
import { writeFileSync } from "node:fs";
import { generateVectors } from "../src/fixtures/generate-vectors.ts";

writeFileSync(new URL("rfc9162-sha256.json", import.meta.url), generateVectors());
