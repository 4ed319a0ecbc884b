import type { Writer } from "../sealing/seal.ts";

/** A writer for tests. */
export const sampleWriter: Writer = {
  organization: "acme",
  agent: "test/0",
  capture: { carrier: "memory", source_name: "erp", options: {} },
  rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
};
