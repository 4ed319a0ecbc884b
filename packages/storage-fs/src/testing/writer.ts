/** A process that creates objects: `race ROOT TEXT` tells the rounds it won, `write ROOT NUMBER` each key once it is durable. */
import { openFsStore } from "../fs-store.ts";

const [mode = "", root = "", name = ""] = process.argv.slice(2);
const store = await openFsStore({ root });
const tell = (message: unknown): void => void process.send?.(message);

if (mode === "race") {
  const won: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    await store.create(`race/${round}`, new TextEncoder().encode(name)).then(
      () => won.push(round),
      (error: Error & { code?: string }) => {
        if (error.code !== "KEY_CONFLICT") throw error;
      },
    );
  }
  tell(won);
  process.disconnect();
} else {
  for (let number = 0; ; number += 1) {
    const key = `kill/${name}-${number}`;
    await store.create(key, new Uint8Array(200_000).fill(number % 251));
    tell(key);
  }
}
