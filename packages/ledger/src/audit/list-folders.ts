import type { ObjectReader } from "../object-store.ts";

/**
 * Lists the folders of folders in a store, such as `erp/account/`, in byte order. Calls `onStray`
 * for each key that is in no such folder. Costs a request for each folder, and one for each
 * thousand stray keys.
 */
export async function* listFolders(reader: ObjectReader, onStray: (key: string) => void): AsyncGenerator<string> {
  let after: string | undefined;
  for (;;) {
    let folder: string | undefined;
    for await (const key of reader.list("", after)) {
      const [first, second, ...rest] = key.split("/");
      if (rest.length === 0) {
        onStray(key);
        continue;
      }
      folder = `${first}/${second}/`;
      break;
    }
    if (folder === undefined) return;
    yield folder;
    // `0` follows `/` in byte order, so this skips every key of the folder.
    after = `${folder.slice(0, -1)}0`;
  }
}
