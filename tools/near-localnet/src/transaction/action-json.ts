import type { AccessKey, Action, Permission } from "./action.ts";

/** Returns an action in the JSON form of nodes. */
export function actionJson(action: Action): unknown {
  switch (action.kind) {
    case "create-account":
      return "CreateAccount";
    case "deploy":
      return { DeployContract: { code: base64(action.code) } };
    case "call":
      return {
        FunctionCall: {
          method_name: action.method,
          args: base64(action.args),
          gas: Number(action.gas),
          deposit: `${action.deposit}`,
        },
      };
    case "transfer":
      return { Transfer: { deposit: `${action.deposit}` } };
    case "stake":
      return { Stake: { stake: `${action.stake}`, public_key: action.publicKey } };
    case "add-key":
      return { AddKey: { public_key: action.publicKey, access_key: accessKeyJson(action.accessKey) } };
    case "delete-key":
      return { DeleteKey: { public_key: action.publicKey } };
    case "delete-account":
      return { DeleteAccount: { beneficiary_id: action.beneficiaryId } };
    case "unsupported":
      return action.name;
  }
}

/** Returns an access key in the JSON form of nodes. */
export function accessKeyJson({ nonce, permission }: AccessKey): {
  readonly nonce: number;
  readonly permission: unknown;
} {
  return { nonce: Number(nonce), permission: permissionJson(permission) };
}

function permissionJson(permission: Permission): unknown {
  if (permission.kind === "full") return "FullAccess";
  const { allowance, receiverId, methods } = permission;
  return {
    FunctionCall: {
      allowance: allowance === undefined ? null : `${allowance}`,
      receiver_id: receiverId,
      method_names: methods,
    },
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
