/**
 * `pnpm test:s3`: the tests `*.s3.test.ts`, on real S3 servers. The first time, it builds versitygw
 * with Go and installs moto with pip, both into `.tools/`. Arguments go to vitest.
 */
import { ensurePrograms, MOTO, OPENSSL, REDIS, VERSITYGW } from "./ensure-programs.ts";
import { runVitest } from "./run-vitest.ts";

const isReady = ensurePrograms(REDIS, OPENSSL, VERSITYGW, MOTO);
process.exitCode = isReady && runVitest({ report: "test-s3", kind: "s3" }) ? 0 : 1;
