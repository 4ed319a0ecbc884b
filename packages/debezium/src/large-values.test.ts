import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

/** Decodes entries with a value of 20 MB each, whose bytes are outside of the heap. */
const CODE = `
  const { createDecoder } = await import(process.env.DECODER);
  const decode = createDecoder({ nameDatabase: () => "erp" });
  const source = '{"connector":"postgresql","db":"erp","schema":"public","table":"t"}';
  for (const unit of ["x", "é", "数", "\\\\n\\\\u0041"]) {
    const count = Math.floor((20 << 20) / Buffer.byteLength(unit));
    const message = Buffer.concat([
      Buffer.from('{"op":"c","before":null,"after":{"id":1,"value":"'),
      Buffer.alloc(count * Buffer.byteLength(unit), unit),
      Buffer.from('"},"source":' + source + "}"),
    ]);
    const entry = decode([Buffer.from("key"), Buffer.from('{"id":1}'), Buffer.from("value"), message]);
    const length = count * JSON.parse('"' + unit + '"').length;
    if (entry.after?.value.length !== length) throw new Error("expected the whole value");
  }
`;

test("an entry of 20 MB is decoded in a heap of 96 MB", async () => {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(CODE)}`), {
    execArgv: ["--conditions=@etrap/source"],
    env: { DECODER: new URL("decoder.ts", import.meta.url).href },
    resourceLimits: { maxOldGenerationSizeMb: 96 },
  });
  const [code] = await once(worker, "exit");
  expect(code).toBe(0);
});
