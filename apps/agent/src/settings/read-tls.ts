import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { codeOf } from "@etrap/ledger";
import { AgentError } from "../agent-error.ts";
import type { TlsFiles } from "./redis-settings.ts";

/** What a TLS connection uses, as Node's `tls.connect` takes it. */
export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * Reads the files of a TLS connection. Throws BAD_SETTINGS for a file that cannot be read or is not
 * what it should be. Without this check, the connection would be tried for ever.
 */
export async function readTls({ caFile, certFile, keyFile }: TlsFiles): Promise<TlsOptions> {
  const ca = await readPem("REDIS_TLS_CA_FILE", caFile);
  const cert = await readPem("REDIS_TLS_CERT_FILE", certFile);
  const key = await readPem("REDIS_TLS_KEY_FILE", keyFile);
  if (ca !== undefined) attempt("REDIS_TLS_CA_FILE: expected certificates in PEM form", () => new X509Certificate(ca));
  if (cert !== undefined)
    attempt("REDIS_TLS_CERT_FILE: expected a certificate in PEM form", () => new X509Certificate(cert));
  const options = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const expected =
    "REDIS_TLS_KEY_FILE: expected the private key of REDIS_TLS_CERT_FILE in PEM form, without a passphrase";
  attempt(expected, () => createSecureContext(options));
  return options;
}

async function readPem(variable: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AgentError("BAD_SETTINGS", `${variable}: ${file}: cannot be read (${codeOf(cause)})`, cause);
  }
}

function attempt(problem: string, parse: () => unknown): void {
  try {
    parse();
  } catch (cause) {
    throw new AgentError("BAD_SETTINGS", `${problem} (${codeOf(cause)})`, cause);
  }
}
