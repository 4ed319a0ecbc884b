/** Names that other programs use for our settings, without `REDIS_`. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ADDR: "REDIS_HOST",
  ADDRESS: "REDIS_HOST",
  HOSTNAME: "REDIS_HOST",
  SERVER: "REDIS_HOST",
  URI: "REDIS_URL",
  DSN: "REDIS_URL",
  CONNECTION_STRING: "REDIS_URL",
  DATABASE: "REDIS_DB",
  DB_INDEX: "REDIS_DB",
  ACL_USER: "REDIS_USERNAME",
  USER: "REDIS_USERNAME",
  USER_NAME: "REDIS_USERNAME",
  AUTH: "REDIS_PASSWORD",
  PASS: "REDIS_PASSWORD",
  PASSWD: "REDIS_PASSWORD",
  PWD: "REDIS_PASSWORD",
  CA: "REDIS_TLS_CA_FILE",
  CACERT: "REDIS_TLS_CA_FILE",
  CA_CERT: "REDIS_TLS_CA_FILE",
  CA_FILE: "REDIS_TLS_CA_FILE",
  CERT: "REDIS_TLS_CERT_FILE",
  CERT_FILE: "REDIS_TLS_CERT_FILE",
  KEY_FILE: "REDIS_TLS_KEY_FILE",
};

/**
 * Returns a problem for each variable that seems to be meant for the connection and has no meaning.
 * A setting that is ignored could send a password in the clear, or read another database. Other
 * programs use REDIS_ too, so only near misses are refused.
 */
export function redisNameProblems(given: readonly string[], known: readonly string[]): string[] {
  return given.flatMap((variable) => {
    if (!variable.startsWith("REDIS_") || known.includes(variable)) return [];
    const meant = meantBy(variable.slice("REDIS_".length), known);
    return meant === undefined ? [] : [`${variable}: unknown; expected ${meant}, or unset`];
  });
}

function meantBy(name: string, known: readonly string[]): string | undefined {
  if (Object.hasOwn(SYNONYMS, name)) return SYNONYMS[name];
  if (/^(USE_|ENABLE_)?(TLS|SSL)(_|$)/.test(name)) {
    return "a REDIS_URL that begins with rediss://, with REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE";
  }
  return known.find((each) => isTypo(name, each.slice("REDIS_".length)));
}

/** Whether a name is another with one slip, or two in a name of six letters and more. */
function isTypo(name: string, meant: string): boolean {
  return distance(name.replaceAll(/[_-]/g, ""), meant.replaceAll("_", "")) <= (meant.length < 6 ? 1 : 2);
}

/** Returns how many letters must be added, removed, replaced or swapped with the next one. */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, isSwap ? at(i - 2, j - 2) + 1 : changed);
      rows[i]?.splice(j, 1, least);
    }
  }
  return at(a.length, b.length);
}
