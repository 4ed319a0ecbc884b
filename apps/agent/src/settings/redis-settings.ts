import * as v from "valibot";
import { redisNameProblems } from "./redis-names.ts";
import { parseRedisUrl } from "./redis-url.ts";
import type { RedisUrl } from "./redis-url.ts";
import { text } from "./schemas/text.ts";
import { numberFrom } from "./schemas/whole-number.ts";
import { optional } from "./schemas/with-default.ts";

/** The files of a TLS connection. A file that is left out is not used. */
export interface TlsFiles {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** The settings of the connection to Redis. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Undefined for a connection without TLS. */
  readonly tls: TlsFiles | undefined;
}

/** The settings of the connection, or every problem of them. Problems hold no value. */
export type ParsedRedis =
  | { readonly kind: "valid"; readonly settings: RedisSettings }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

type Given = Readonly<Record<string, string | undefined>>;

const pemFile = (help: string): v.GenericSchema<unknown, string | undefined> =>
  optional(text("a file", /./), `${help}; with rediss:// only`);

const schema = v.object({
  REDIS_URL: optional(
    v.string(),
    "redis[s]://[user[:password]@]host[:port][/database] in place of the next five; rediss:// is TLS",
  ),
  REDIS_HOST: optional(text("a host, without scheme and port", /^[^\s/@]+$/), "Redis host (default: localhost)"),
  REDIS_PORT: optional(numberFrom(1, 65_535), "Redis port (default: 6379)"),
  REDIS_DB: optional(numberFrom(0, 1_000_000), "Redis database index (default: 0)"),
  REDIS_USERNAME: optional(v.string(), "Redis ACL user (default: the server's default user)"),
  REDIS_PASSWORD: optional(v.string(), "Redis password"),
  REDIS_TLS_CA_FILE: pemFile("PEM file of the certificates to trust in place of the system's"),
  REDIS_TLS_CERT_FILE: pemFile("PEM file of the client certificate"),
  REDIS_TLS_KEY_FILE: pemFile("PEM file of its private key, without a passphrase"),
});

/** Every variable of the connection, with its text in `--help`. */
export const redisVariables: ReadonlyMap<string, string> = new Map(
  Object.entries(schema.entries).map(([variable, entry]) => [variable, v.getDescription(entry) ?? ""]),
);

/** Parses the variables of the connection to Redis. Reports every problem at once. */
export function parseRedis(given: Given): ParsedRedis {
  const result = v.safeParse(schema, given);
  const url = given["REDIS_URL"] === undefined ? undefined : parseRedisUrl(given["REDIS_URL"]);
  const problems = [
    ...redisNameProblems(Object.keys(given), Array.from(redisVariables.keys())),
    ...(result.issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`),
    ...(url?.kind === "invalid" ? [`REDIS_URL: ${url.problem}`] : []),
    ...(url?.kind === "valid" ? conflicts(given, url.url) : []),
    ...tlsProblems(given, url?.kind === "valid" && url.url.isTls),
  ];
  if (!result.success || problems.length > 0) return { kind: "invalid", problems };
  return { kind: "valid", settings: toSettings(result.output, url?.kind === "valid" ? url.url : undefined) };
}

/** Returns a problem for each part of the connection that is given twice. */
function conflicts(given: Given, url: RedisUrl): string[] {
  const parts = [
    ["REDIS_HOST", url.host],
    ["REDIS_PORT", url.host],
    ["REDIS_DB", url.db],
    ["REDIS_USERNAME", url.username],
    ["REDIS_PASSWORD", url.password],
  ] as const;
  return parts
    .filter(([variable, part]) => given[variable] !== undefined && part !== undefined)
    .map(([variable]) => `${variable}: expected unset, since REDIS_URL gives it`);
}

function tlsProblems(given: Given, isTls: boolean): string[] {
  const files = ["REDIS_TLS_CA_FILE", "REDIS_TLS_CERT_FILE", "REDIS_TLS_KEY_FILE"];
  const set = files.filter((variable) => given[variable] !== undefined);
  if (!isTls)
    return set.map((variable) => `${variable}: expected a REDIS_URL that begins with rediss://, since it is for TLS`);
  const [cert, key] = ["REDIS_TLS_CERT_FILE", "REDIS_TLS_KEY_FILE"];
  if (set.includes(cert) === set.includes(key)) return [];
  const [present, absent] = set.includes(cert) ? [cert, key] : [key, cert];
  return [`${absent}: missing, since ${present} is set`];
}

function toSettings(given: v.InferOutput<typeof schema>, url: RedisUrl | undefined): RedisSettings {
  const username = url?.username ?? given.REDIS_USERNAME;
  return {
    host: url?.host ?? given.REDIS_HOST ?? "localhost",
    port: url?.port ?? given.REDIS_PORT ?? 6379,
    db: url?.db ?? given.REDIS_DB ?? 0,
    username,
    // A user without a password accepts any. Without one, the client would not send the user.
    password: url?.password ?? given.REDIS_PASSWORD ?? (username === undefined ? undefined : ""),
    tls:
      url?.isTls === true
        ? { caFile: given.REDIS_TLS_CA_FILE, certFile: given.REDIS_TLS_CERT_FILE, keyFile: given.REDIS_TLS_KEY_FILE }
        : undefined,
  };
}
