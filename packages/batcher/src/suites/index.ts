export { describeAnchor } from "./anchor-suite.ts";
export type { AnchorHarness } from "./anchor-suite.ts";
export { describeChangeSource } from "./change-source-suite.ts";
export type { ChangeSourceHarness } from "./change-source-suite.ts";
