import { NO_RULES } from "@etrap/proof";
import type { Writer } from "../options/writer.ts";

/** A writer for tests. */
export const sampleWriter: Writer = {
  organization: "acme",
  agent: "test/0",
  capture: { carrier: "memory", source_name: "erp", options: {} },
  rules: NO_RULES,
};
