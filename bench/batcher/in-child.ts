import { fork } from "node:child_process";
import { once } from "node:events";
import type { Answer, Case } from "./one-case.ts";

/** Measures a case in a process of its own, so that memory is its own. */
export async function inChild(of: Case): Promise<Answer> {
  const child = fork(new URL("one-case.ts", import.meta.url));
  const ended = once(child, "exit");
  child.send(of);
  const [answer] = (await Promise.race([once(child, "message"), ended])) as [Answer | number];
  await ended;
  if (typeof answer !== "object") throw new Error(`the process that measures ended with ${answer}`);
  return answer;
}
