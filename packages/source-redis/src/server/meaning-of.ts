const NAME = "the host name cannot be resolved";
const NETWORK = "the network does not reach the host";
const CUT = "the connection was cut";
const PASSWORD = "Redis does not accept the user or password, or expects one";
const CLUSTER = "the server is part of a cluster, which is not supported";

const MEANINGS: Readonly<Record<string, string>> = {
  NO_CONNECTION: "no connection stands: the server closed it, expects TLS, or is still loading its data",
  PROTOCOL: "the server that answers does not speak Redis's protocol, or TLS is set on one side only",
  ECONNREFUSED: "no server listens at this host and port",
  ETIMEDOUT: "the server does not answer in time",
  ECONNRESET: CUT,
  EPIPE: CUT,
  ENOTFOUND: NAME,
  EAI_AGAIN: NAME,
  EHOSTUNREACH: NETWORK,
  ENETUNREACH: NETWORK,
  WRONGPASS: PASSWORD,
  NOAUTH: PASSWORD,
  NOPERM: "the user may not run a command, or not use a key, that the source needs",
  READONLY: "the server is a read-only replica; connect to the primary",
  MISCONF: "the server takes no writes because it could not save its data; look at its log and its disk",
  OOM: "the server's memory is full",
  LOADING: "the server is still loading its data",
  BUSY: "the server is busy with a script of another client",
  MASTERDOWN: "the server is a replica that has lost its primary",
  NOREPLICAS: "the server takes no writes because too few replicas are connected",
  CLUSTERDOWN: CLUSTER,
  MOVED: CLUSTER,
  CROSSSLOT: CLUSTER,
  WRONGTYPE:
    "a key that the source uses holds another type of value; look at the keys etrap:lease:… and etrap:source:…",
  DB_OUT_OF_RANGE: "the server has no database of the number that is selected",
  ERR: "the server refuses a command, and gives no word for the reason",
};

/** Returns in plain words what an error code of Redis, the system or TLS means. */
export function meaningOf(code: string): string {
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  if (meaning !== undefined) return meaning;
  if (/CERT|SIGNED|UNABLE_TO|SSL|TLS|EPROTO/.test(code)) return "TLS fails; check the certificates and the host name";
  return "Redis cannot be used at the moment";
}
