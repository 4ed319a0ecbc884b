export { openFsStore } from "./fs-store.ts";
export type { FsStore, FsStoreOptions } from "./fs-store.ts";
export { FsStoreError } from "./fs-store-error.ts";
