import { describeAnchor } from "../suites/anchor-suite.ts";
import { createMemoryAnchor } from "./memory-anchor.ts";

describeAnchor("the memory anchor", async () => {
  const anchor = createMemoryAnchor();
  return {
    anchor,
    reopen: async () => anchor,
    mints: async (header) => anchor.mints(header),
    occupy: async ({ header }) => anchor.occupy(header),
    close: async () => {},
  };
});
