import { digestText } from "../bytes/digest.ts";
import { VmFailure } from "../calls/vm-failure.ts";
import type { HostFunctions } from "../host/host.ts";
import { GAS_LEFT, MEMORY_EXPORT, meterModule } from "../meter/meter-module.ts";
import { undecodable } from "../meter/module-reader.ts";

/** A contract that is ready for one call. */
export interface ContractInstance {
  readonly memory: WebAssembly.Memory;
  readonly gasLeft: WebAssembly.Global<"i64">;
  /** Says what answers the imports. An import that is not among `functions` throws once called. */
  readonly serve: (functions: HostFunctions) => void;
  /**
   * Returns a method, which takes and returns nothing. Throws `VmFailure` if it has no such method.
   */
  readonly methodOf: (name: string) => () => void;
}

interface CompiledContract {
  readonly module: WebAssembly.Module;
  /** The exported functions, and whether each takes and returns nothing. */
  readonly methods: ReadonlyMap<string, boolean>;
}

/** Compiled modules by the digest of their code. A contract is compiled once. */
const compiled = new Map<string, CompiledContract>();
const MAX_COMPILED = 50;

/** Instantiates the contract `code`. Throws `VmFailure` for one that the network would not take. */
export function instantiate(code: Uint8Array): ContractInstance {
  const { methods, module } = compile(code);
  let served: HostFunctions = {};
  const { exports } = new WebAssembly.Instance(module, { env: importsOf(module, () => served) });
  const memory = exports[MEMORY_EXPORT];
  const gasLeft = exports[GAS_LEFT];
  if (!(memory instanceof WebAssembly.Memory) || !isCounter(gasLeft)) throw undecodable();
  return {
    memory,
    gasLeft,
    serve: (functions) => {
      served = functions;
    },
    methodOf: (name) => methodOf(exports[name], methods.get(name)),
  };
}

const isCounter = (value: WebAssembly.ExportValue | undefined): value is WebAssembly.Global<"i64"> =>
  value instanceof WebAssembly.Global && typeof value.value === "bigint";

function methodOf(exported: WebAssembly.ExportValue | undefined, isMethod: boolean | undefined): () => void {
  if (typeof exported !== "function") throw new VmFailure({ kind: "method", error: "MethodNotFound" });
  if (isMethod !== true) throw new VmFailure({ kind: "method", error: "MethodInvalidSignature" });
  return () => {
    exported();
  };
}

function compile(code: Uint8Array): CompiledContract {
  const hash = digestText(code);
  const known = compiled.get(hash);
  if (known !== undefined) return known;
  // Metering adds functions and a global. Code that is invalid by itself could name them.
  if (!WebAssembly.validate(new Uint8Array(code))) throw undecodable();
  const metered = meterModule(code);
  const contract = { module: compileNew(metered.code), methods: metered.methods };
  const [oldest] = compiled.keys();
  if (oldest !== undefined && compiled.size >= MAX_COMPILED) compiled.delete(oldest);
  compiled.set(hash, contract);
  return contract;
}

function compileNew(metered: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(metered);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) throw undecodable();
    throw error;
  }
}

type ImportFunction = (...args: (bigint | number)[]) => bigint | undefined;

function importsOf(module: WebAssembly.Module, functions: () => HostFunctions): Record<string, ImportFunction> {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, importOf(name, functions)]));
}

function importOf(name: string, functions: () => HostFunctions): ImportFunction {
  return (...args) => {
    const run = Object.hasOwn(functions(), name) ? functions()[name] : undefined;
    if (run === undefined) {
      throw new VmFailure({ kind: "link", message: `the localnet has no host function ${name}` });
    }
    return Reflect.apply(run, undefined, args.map(unsigned));
  };
}

/** V8 hands numbers of 64 bits over with a sign, and contracts mean them without. */
const unsigned = (value: bigint | number): bigint | number =>
  typeof value === "bigint" ? BigInt.asUintN(64, value) : value;
