import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChangeSource } from "@etrap/batcher";
import { describeChangeSource } from "@etrap/batcher/suites";
import { openLogs } from "./custom-source.ts";

/**
 * The streams of the suite are files, without their ending. This source never steps back by itself,
 * so the harness steps back for it: it opens the folder again, under the next generation.
 */
describeChangeSource("the source on log files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "etrap-open-logs-"));
  let generation = 0;
  let logs = openLogs(folder);

  const source: ChangeSource = {
    get generation() {
      return generation;
    },
    async pull({ paused, ...options }) {
      const deliveries = await logs.pull({
        ...options,
        paused: new Set(Array.from(paused, (stream) => `${stream}.log`)),
      });
      return deliveries.map((delivery) => {
        const stream = delivery.position.stream.replace(/\.log$/, "");
        return { ...delivery, generation, position: { ...delivery.position, stream } };
      });
    },
    commit: (deliveries) =>
      logs.commit(
        deliveries
          .filter((delivery) => delivery.generation === generation)
          .map((delivery) => {
            const { stream, id } = delivery.position;
            return { ...delivery, position: { stream: `${stream}.log`, id } };
          }),
      ),
  };

  return {
    async append(stream, ...numbers) {
      const line = "2026-11-25T09:00:00Z;public.a;INSERT;id=1;id=1\n";
      appendFileSync(join(folder, `${stream}.log`), line.repeat(numbers.length));
    },
    async open() {
      logs = openLogs(folder);
      return source;
    },
    async stepBack() {
      generation += 1;
      logs = openLogs(folder);
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
});
