/** The parts of a Redis URL. A part that it does not give is undefined. */
export interface RedisUrl {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number | undefined;
  readonly db: number | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The parts, or the problem of the URL, which holds nothing of it: it may hold a password. */
export type ParsedUrl =
  | { readonly kind: "valid"; readonly url: RedisUrl }
  | { readonly kind: "invalid"; readonly problem: string };

const EXPECTED =
  "expected redis[s]://[user[:password]@]host[:port][/database], with special characters of user and password percent-encoded";

/** Parses a Redis URL. */
export function parseRedisUrl(text: string): ParsedUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = /^\/?(\d{0,6})$/.exec(url?.pathname ?? "")?.[1];
  const scheme = /^(redis|rediss):$/.exec(url?.protocol ?? "")?.[1];
  if (url === undefined || scheme === undefined || db === undefined || url.hostname === "" || url.port === "0") {
    return { kind: "invalid", problem: EXPECTED };
  }
  if (url.search !== "" || url.hash !== "") return { kind: "invalid", problem: `${EXPECTED}, and nothing after it` };
  try {
    return { kind: "valid", url: { isTls: scheme === "rediss", ...placeOf(url, db), ...loginOf(url) } };
  } catch {
    // A percent sign that begins no encoded character.
    return { kind: "invalid", problem: EXPECTED };
  }
}

function placeOf({ hostname, port }: URL, db: string): Pick<RedisUrl, "host" | "port" | "db"> {
  return {
    // An IPv6 address stands in brackets.
    host: decodeURIComponent(hostname).replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? undefined : Number(port),
    db: db === "" ? undefined : Number(db),
  };
}

function loginOf({ username, password }: URL): Pick<RedisUrl, "username" | "password"> {
  return {
    username: username === "" ? undefined : decodeURIComponent(username),
    password: password === "" ? undefined : decodeURIComponent(password),
  };
}
