const FORM = /^(([a-z\d]+[-_])*[a-z\d]+\.)*([a-z\d]+[-_])*[a-z\d]+$/u;

/**
 * Whether `text` is a well-formed account id: 2 to 64 bytes, lower case, parts with dots between.
 */
export function isAccountId(text: string): boolean {
  return text.length >= 2 && text.length <= 64 && FORM.test(text);
}

/** Whether the account id is the hex of an ed25519 key, whose owner has the account implicitly. */
export function isImplicit(accountId: string): boolean {
  return /^[\da-f]{64}$/u.test(accountId);
}

/** Whether `accountId` stands directly below `parentId`, as `a.b` stands below `b`. */
export function isSubAccount(accountId: string, parentId: string): boolean {
  const prefix = accountId.slice(0, -(parentId.length + 1));
  return accountId === `${prefix}.${parentId}` && prefix.length > 0 && !prefix.includes(".");
}
