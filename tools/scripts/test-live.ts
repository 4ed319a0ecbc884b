/**
 * `pnpm test:live`: the tests `*.live.test.ts`, on a real PostgreSQL, Debezium, Redis and S3
 * server. The first time, it puts what is missing into `.tools/`: PostgreSQL and Redis of Debian,
 * versitygw, Debezium and a Java, 2 GB in all. Arguments go to vitest.
 */
import {
  DEBEZIUM,
  ensurePrograms,
  LOGROTATE,
  POSTGRES,
  PROMETHEUS,
  REDIS,
  SYSTEMD,
  VERSITYGW,
} from "./ensure-programs.ts";
import { runVitest } from "./run-vitest.ts";

const isReady = ensurePrograms(REDIS, POSTGRES, VERSITYGW, PROMETHEUS, SYSTEMD, LOGROTATE, DEBEZIUM);
process.exitCode = isReady && runVitest({ report: "test-live", kind: "live" }) ? 0 : 1;
