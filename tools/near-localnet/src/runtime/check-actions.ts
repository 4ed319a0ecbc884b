import { isAccountId } from "../transaction/account-id.ts";
import type { Action } from "../transaction/action.ts";
import { sumOfGas } from "../transaction/action.ts";

/** The most gas that the calls of one receipt may be given. */
const MAX_PREPAID_GAS = 1_000_000_000_000_000n;
const MAX_ACTIONS = 100;
const MAX_CODE = 4_194_304;
const MAX_ARGS = 4_194_304;
const MAX_METHOD = 256;
const MAX_METHODS_BYTES = 2_000;

/**
 * Returns what is wrong with the actions of a transaction or receipt in nodes' JSON form, if
 * anything.
 */
export function checkActions(actions: readonly Action[]): unknown {
  if (actions.length > MAX_ACTIONS) {
    return { TotalNumberOfActionsExceeded: { total_number_of_actions: actions.length, limit: MAX_ACTIONS } };
  }
  const isDeletedEarly = actions.slice(0, -1).some(({ kind }) => kind === "delete-account");
  if (isDeletedEarly) return "DeleteActionMustBeFinal";
  const wrong = actions.map(checkAction).find((error) => error !== undefined);
  if (wrong !== undefined) return wrong;
  const gas = sumOfGas(actions);
  if (gas <= MAX_PREPAID_GAS) return undefined;
  return { TotalPrepaidGasExceeded: { total_prepaid_gas: Number(gas), limit: Number(MAX_PREPAID_GAS) } };
}

function checkAction(action: Action): unknown {
  switch (action.kind) {
    case "deploy":
      return over(action.code.length, MAX_CODE, (size, limit) => ({ ContractSizeExceeded: { size, limit } }));
    case "call":
      return checkCall(action.method, action.args, action.gas);
    case "add-key":
      return action.accessKey.permission.kind === "full" ? undefined : checkPermission(action.accessKey.permission);
    case "delete-account":
      return isAccountId(action.beneficiaryId) ? undefined : { InvalidAccountId: { account_id: action.beneficiaryId } };
    case "unsupported":
      return { UnsupportedProtocolFeature: { protocol_feature: action.name, version: 0 } };
    default:
      return undefined;
  }
}

function checkCall(method: string, args: Uint8Array, gas: bigint): unknown {
  if (gas === 0n) return "FunctionCallZeroAttachedGas";
  return (
    over(Buffer.byteLength(method), MAX_METHOD, (length, limit) => ({
      FunctionCallMethodNameLengthExceeded: { length, limit },
    })) ?? over(args.length, MAX_ARGS, (length, limit) => ({ FunctionCallArgumentsLengthExceeded: { length, limit } }))
  );
}

function checkPermission({
  receiverId,
  methods,
}: {
  readonly receiverId: string;
  readonly methods: readonly string[];
}): unknown {
  if (!isAccountId(receiverId)) return { InvalidAccountId: { account_id: receiverId } };
  const total = methods.reduce((sum, name) => sum + Buffer.byteLength(name) + 1, 0);
  const longest = Math.max(0, ...methods.map((name) => Buffer.byteLength(name)));
  return (
    over(longest, MAX_METHOD, (length, limit) => ({ AddKeyMethodNameLengthExceeded: { length, limit } })) ??
    over(total, MAX_METHODS_BYTES, (bytes, limit) => ({
      AddKeyMethodNamesNumberOfBytesExceeded: { total_number_of_bytes: bytes, limit },
    }))
  );
}

function over(value: number, limit: number, error: (value: number, limit: number) => unknown): unknown {
  return value > limit ? error(value, limit) : undefined;
}
