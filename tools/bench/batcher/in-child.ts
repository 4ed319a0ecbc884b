import { fork } from "node:child_process";
import { once } from "node:events";
import type { Answer, Case } from "./one-case.ts";

/** Measures a case in its own process, which uses no memory for anything else. */
export async function inChild(measured: Case): Promise<Answer> {
  const child = fork(new URL("one-case.ts", import.meta.url));
  const ended = once(child, "exit");
  child.send(measured);
  const [answer] = (await Promise.race([once(child, "message"), ended])) as [Answer | number];
  await ended;
  if (typeof answer !== "object") throw new Error(`the process that measures ended with ${answer}`);
  return answer;
}
