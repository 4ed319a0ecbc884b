/** Variables that hold a secret. Each may be in a file that `{variable}_FILE` names. */
export const SECRETS: readonly string[] = [
  "REDIS_PASSWORD",
  "REDIS_URL",
  "NEAR_PRIVATE_KEY",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
];

/** Whether a variable holds a secret. */
export function isSecret(variable: string): boolean {
  return SECRETS.includes(variable);
}
