// Makes the steps of the scenarios. What must come of them is recorded from the network's own VM:
//   node scenarios/make.mjs && UPDATE_SCENARIOS=1 cargo test --test real_vm every_step
// Then read the differences: the VM says what the contract does, and a reader what it should do.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";

const CONTRACT = "notary.acme.near";
const [OWNER, MINTER, STRANGER] = ["owner.near", "agent.acme.near", "mallory.near"];
const HOUR_NS = 3_600_000_000_000n;
const NEAR = 10n ** 24n;
const digest = (text) => createHash("sha256").update(text).digest("hex");
const base64 = (text) => createHash("sha256").update(text).digest("base64");

/** The arguments of a batch: number `seq` of a chain, by default after the one before. */
function batch(seq, options = {}) {
  const { database = "etrapdb", schema = "public", table = "financial_transactions", fork = "" } = options;
  const {
    bucket = "etrap-acme",
    base = "https://s3.amazonaws.com/etrap-acme/",
    operations = { INSERT: 5, UPDATE: 1 },
  } = options;
  const chain = `${database} ${schema} ${table}`;
  const header = (number, kind = fork) => digest(`${chain} ${number} ${kind}`);
  const previous = "previous" in options ? options.previous : seq === 0 ? null : header(seq - 1, options.after ?? "");
  const headerDigest = header(seq);
  const id = options.id ?? `BATCH-2025-06-14-${headerDigest.slice(0, 16)}-T0`;
  const folder = table === null ? `${database}/~/` : `${database}/${table}/`;
  const key = `${folder}${id}/batch-data.json`;
  const count = Object.values(operations).reduce((sum, each) => sum + each, 0);
  const subject = table === null ? `the control chain of ${database}` : `table ${table}`;
  return {
    token_id: id,
    receiver_id: OWNER,
    token_metadata: {
      title: `ETRAP Batch ${id}`,
      description: `Integrity certificate for ${count} transactions from ${subject}`,
      extra: JSON.stringify({ v: 1, schema, table, seq, previous, header_digest: headerDigest }),
      reference: `${base}${key}`,
      reference_hash: base64(`data ${chain} ${seq} ${fork}`),
    },
    batch_summary: {
      database_name: database,
      table_names: table === null ? [] : [table],
      timestamp: 1_749_855_196_423 + seq,
      tx_count: count,
      merkle_root: digest(`root ${chain} ${seq} ${fork}`),
      s3_bucket: bucket,
      s3_key: key,
      size_bytes: 4_096 + seq,
      operation_counts: operations,
    },
  };
}

const control = { schema: null, table: null, operations: { POISON: 1, GAP: 1 } };
const name = (options = {}) => ({ database: "etrapdb", schema: "public", table: "financial_transactions", ...options });

/** A list of steps, each in a block of its own, a second after the one before. */
function scenario() {
  const steps = [];
  let height = 100;
  let time = 1_749_855_200_000_000_000n;
  const step = (method, args, options = {}) => {
    height += 1;
    time += 1_000_000_000n + (options.later ?? 0n);
    const { later: _, ...rest } = options;
    steps.push({ method, args, by: OWNER, height, timestamp: String(time), ...rest });
  };
  return {
    steps,
    call: (method, args = {}, options = {}) => step(method, args, options),
    mint: (args, options = {}) => step("mint_batch", args, { by: MINTER, ...options }),
    view: (method, args = {}) => step(method, args, { view: true }),
    init: (more = {}) =>
      step("new", { organization: "acme", owner_id: OWNER, minters: [MINTER], ...more }, { by: CONTRACT }),
  };
}

function life() {
  const { steps, call, mint, view, init } = scenario();
  view("nft_total_supply");
  init();
  for (const method of [
    "nft_metadata",
    "contract_source_metadata",
    "get_settings",
    "get_batch_stats",
    "nft_total_supply",
  ])
    view(method);
  for (let seq = 0; seq < 4; seq += 1) mint(batch(seq));
  mint(batch(2)); // again, after an answer that was lost
  mint(batch(0, control));
  mint(batch(1, control));
  mint(batch(40, { table: "audit_logs" })); // a chain that is anchored late
  mint(batch(41, { table: "audit_logs" }));
  call("mint_batches", { batches: [4, 5, 6].map((seq) => batch(seq)) }, { by: MINTER });
  call("mint_batches", { batches: [6, 7].map((seq) => batch(seq)) }, { by: MINTER });
  mint(batch(8, { bucket: "etrap-acme-2", base: "https://minio.acme.example/etrap-acme-2/" }));
  for (const token_id of [
    batch(0).token_id,
    batch(1, control).token_id,
    batch(8).token_id,
    "BATCH-2025-06-14-0000000000000000-T0",
    "x",
  ])
    view("nft_token", { token_id });
  view("nft_total_supply");
  view("nft_tokens", { from_index: "0", limit: 2 });
  view("nft_tokens", { from_index: "12", limit: 9 });
  view("nft_tokens", { from_index: "340282366920938463463374607431768211455" });
  view("nft_supply_for_owner", { account_id: OWNER });
  view("nft_supply_for_owner", { account_id: STRANGER });
  view("nft_tokens_for_owner", { account_id: OWNER, limit: 1 });
  view("nft_tokens_for_owner", { account_id: STRANGER });
  view("get_batch_summary", { token_id: batch(3).token_id });
  view("get_recent_batches", { limit: 2 });
  view("get_recent_batches", { from_index: 1, limit: 1 });
  view("get_recent_batches", { from_index: 1000 });
  view("get_batches_by_database", { database: "etrapdb", limit: 2 });
  view("get_batches_by_database", { database: "other" });
  view("get_batches_by_table", { ...name(), limit: 2 });
  view("get_batches_by_table", { ...name({ schema: null, table: null }) });
  view("get_batches_by_table", { ...name({ table: "nothing" }) });
  view("get_batches_by_time_range", { from: 1_749_855_208_000, to: 1_749_855_211_000 });
  view("get_batches_by_time_range", { from: 0, to: 1 });
  for (const chain of [
    name(),
    name({ schema: null, table: null }),
    name({ table: "audit_logs" }),
    name({ table: "nothing" }),
  ])
    view("get_chain_head", chain);
  view("get_batch_stats");
  return steps;
}

function refusals() {
  const { steps, call, mint, view, init } = scenario();
  call(
    "new",
    { organization: "evil", owner_id: STRANGER, minters: [STRANGER] },
    { by: STRANGER, title: "a stranger sets it up" },
  );
  init({ organization: "" });
  init({ upgrade_delay_hours: 1 });
  init();
  call("new", { organization: "again", owner_id: OWNER, minters: [] }, { by: CONTRACT, title: "it is set up again" });
  mint(batch(0));
  mint(batch(1));
  // Who.
  for (const by of [STRANGER, OWNER, CONTRACT]) mint(batch(2), { by, title: "somebody who is no minter" });
  for (const method of ["nft_transfer", "nft_transfer_call"])
    call(
      method,
      { receiver_id: STRANGER, token_id: batch(0).token_id },
      { by: OWNER, deposit: "1", title: "a transfer" },
    );
  for (const [method, args] of [
    ["add_minter", { account_id: STRANGER }],
    ["remove_minter", { account_id: MINTER }],
    ["pause", {}],
    ["unpause", {}],
    ["propose_owner", { account_id: STRANGER }],
    ["accept_owner", {}],
    ["set_reserve_floor", { reserve_floor: "0" }],
    ["restart_chain", { chain: name(), last_good_seq: 0, reason: "mine" }],
    ["propose_upgrade", { code_hash: digest("evil") }],
    ["upgrade", {}],
    ["cancel_upgrade", {}],
    ["lock_upgrades", {}],
  ])
    call(method, args, { by: MINTER, title: "a minter in the place of the owner" });
  mint(batch(2), { deposit: "1", title: "a deposit that would be lost" });
  // Which batch.
  mint(
    batch(1, { fork: "other", id: batch(1).token_id, previous: digest("etrapdb public financial_transactions 0 ") }),
    { title: "the same id, another root" },
  );
  mint(batch(1, { fork: "other" }), { title: "a fork: another batch 1" });
  mint(batch(3), { title: "a gap: batch 3 after batch 1" });
  mint(batch(2, { fork: "b", after: "b" }), { title: "a fork: batch 2 after another batch 1" });
  mint(batch(0, { fork: "again" }), { title: "a second beginning" });
  mint({ ...batch(2), receiver_id: STRANGER }, { title: "a token for a stranger" });
  for (const id of [
    "x",
    "BATCH-2025-02-30-0000000000000000-T0",
    `${batch(2).token_id} `,
    batch(2).token_id.replace("-T0", "-T1"),
    batch(2).token_id.toUpperCase(),
  ])
    mint(batch(2, { id }), { title: "a token id that is none" });
  mint(batch(2, { id: "BATCH-2025-06-14-0000000000000000-T0" }), { title: "a token id of another header" });
  // What it says.
  const changed = (change) => {
    const args = batch(2);
    change(args.token_metadata, args.batch_summary);
    return args;
  };
  for (const change of [
    (metadata) => (metadata.title = "ETRAP Batch of another"),
    (metadata) => (metadata.description = "Integrity certificate for 7 transactions from table financial_transactions"),
    (metadata) => (metadata.reference = "https://evil.example/batch-data.json"),
    (metadata) => (metadata.reference_hash = "AAAA"),
    (metadata) => (metadata.reference_hash = metadata.reference_hash.replace("=", "")),
    (metadata) => (metadata.media = "https://evil.example/cat.png"),
    (metadata) => (metadata.copies = 2),
    (metadata) => (metadata.extra = "{}"),
    (metadata) => (metadata.extra = metadata.extra.replace('"v":1', '"v":2')),
    (metadata) => (metadata.extra = metadata.extra.replace('"v":1', '"v": 1')),
    (metadata) => (metadata.extra = metadata.extra.replace('"v":1', '"v":1,"v":1')),
    (metadata) => (metadata.extra = metadata.extra.replace('"v":1', '"v":1,"x":1')),
    (metadata) => (metadata.extra = metadata.extra.replace('"seq":2', '"seq":18446744073709551616')),
    (metadata) => (metadata.extra = metadata.extra.replace('"seq":2', '"seq":9007199254740992')),
    (metadata) => (metadata.extra = metadata.extra.replace('"schema":"public"', '"schema":null')),
    (metadata) => (metadata.extra = metadata.extra.replace(/"header_digest":".{64}"/, '"header_digest":"no"')),
    (metadata) => (metadata.extra = metadata.extra.replace(/"previous":".{64}"/, '"previous":null')),
    (_, summary) => (summary.merkle_root = "no"),
    (_, summary) => (summary.merkle_root = summary.merkle_root.toUpperCase()),
    (_, summary) => (summary.merkle_root = `${summary.merkle_root}00`),
    (_, summary) => (summary.tx_count = 7),
    (_, summary) => (summary.tx_count = -1),
    (_, summary) => (summary.timestamp = 9007199254740992),
    (_, summary) => (summary.size_bytes = 1e30),
    (_, summary) => (summary.operation_counts = {}),
    (_, summary) => (summary.operation_counts = { INSERT: 6, UPDATE: 0 }),
    (_, summary) => (summary.operation_counts = { INSERT: 6, MERGE: 1 }),
    (_, summary) => (summary.operation_counts = { INSERT: 100_001 }),
    (_, summary) => (summary.table_names = []),
    (_, summary) => (summary.table_names = ["financial_transactions", "other"]),
    (_, summary) => (summary.database_name = ""),
    (_, summary) => (summary.database_name = "d".repeat(256)),
    (_, summary) => (summary.s3_key = "elsewhere/batch-data.json"),
    (_, summary) => (summary.s3_bucket = "b".repeat(1_025)),
    (_, summary) => (summary.extra = 1),
  ])
    mint(changed(change), {
      title: String(change)
        .replace(/^.*?=> \(?/s, "")
        .replace(/\)$/, ""),
    });
  mint({ ...batch(2), unknown: 1 }, { title: "an unknown member" });
  mint({}, { title: "no arguments" });
  call("mint_batches", { batches: [] }, { by: MINTER, title: "no batch" });
  call(
    "mint_batches",
    { batches: Array.from({ length: 101 }, () => batch(2)) },
    { by: MINTER, tgas: 300, title: "101 batches" },
  );
  call("mint_batches", { batches: [batch(2), batch(4)] }, { by: MINTER, title: "a good batch before a gap" });
  // Money.
  mint(batch(2), { balance: String(NEAR), title: "a balance that is drained" });
  mint(batch(0), { balance: String(NEAR) });
  // When.
  call("pause");
  mint(batch(2), { title: "while minting is paused" });
  mint(batch(1));
  call("unpause");
  call("remove_minter", { account_id: MINTER });
  mint(batch(2), { title: "a minter who was removed" });
  mint(batch(1));
  call("add_minter", { account_id: MINTER });
  mint(batch(2));
  view("nft_total_supply");
  view("get_chain_head", name());
  for (const [method, args] of [
    ["get_batches_by_time_range", { from: -1, to: 1 }],
    ["get_batches_by_table", { database: "etrapdb" }],
    ["get_batches_by_database", { database: "etrapdb", before: "99" }],
    ["nft_tokens", { from_index: "x" }],
    ["nft_token", {}],
  ])
    view(method, args);
  return steps;
}

function roles() {
  const { steps, call, mint, view, init } = scenario();
  init({ reserve_floor: "0", upgrade_delay_hours: 24 });
  mint(batch(0));
  const heir = "heir.near";
  call("propose_owner", { account_id: heir });
  call("accept_owner", {}, { by: STRANGER });
  view("get_settings");
  call("accept_owner", {}, { by: heir });
  call("pause", {}, { by: OWNER });
  mint(batch(0)); // minted for the owner before
  mint(batch(1));
  mint({ ...batch(1), receiver_id: heir });
  view("nft_supply_for_owner", { account_id: heir });
  for (let index = 0; index < 32; index += 1) call("add_minter", { account_id: `agent-${index}.near` }, { by: heir });
  call("set_reserve_floor", { reserve_floor: String(5n * NEAR) }, { by: heir });
  view("get_settings");
  // Upgrades.
  const code = {};
  call("upgrade", code, { by: heir });
  call("propose_upgrade", { code_hash: "no" }, { by: heir });
  call("propose_upgrade", { code_hash: digest("{}") }, { by: heir });
  view("get_settings");
  call("upgrade", code, { by: heir });
  call("upgrade", code, { by: heir, later: 24n * HOUR_NS - 10_000_000_000n });
  call("upgrade", { other: 1 }, { by: heir, later: HOUR_NS });
  call("cancel_upgrade", {}, { by: heir });
  call("upgrade", code, { by: heir });
  call("propose_upgrade", { code_hash: digest("{}") }, { by: heir });
  call("lock_upgrades", {}, { by: heir });
  call("upgrade", code, { by: heir, later: 48n * HOUR_NS });
  call("propose_upgrade", { code_hash: digest("{}") }, { by: heir });
  view("get_settings");
  return steps;
}

function restarts() {
  const { steps, call, mint, view, init } = scenario();
  init();
  for (let seq = 0; seq < 3; seq += 1) mint(batch(seq));
  mint(batch(3, { fork: "false" })); // by a stolen key
  mint(batch(4, { fork: "false", after: "false" }));
  mint(batch(3));
  const restart = (last_good_seq, more = {}) =>
    call("restart_chain", { chain: name(), last_good_seq, reason: "key stolen", ...more });
  restart(9);
  restart(2, { reason: "" });
  restart(2, { reason: "x".repeat(257) });
  restart(0, { chain: name({ table: "nothing" }) });
  restart(2);
  view("get_chain_head", name());
  mint(batch(5, { fork: "false", after: "false" }));
  mint(batch(3));
  mint(batch(4));
  mint(batch(3, { fork: "false" })); // the false one again: it is there, and superseded
  view("get_chain_head", name());
  view("nft_token", { token_id: batch(3, { fork: "false" }).token_id });
  view("nft_token", { token_id: batch(2).token_id });
  view("nft_token", { token_id: batch(3).token_id });
  view("get_batches_by_table", name());
  restart(2); // too far: batch 3 was good
  mint(batch(3), { by: STRANGER });
  view("nft_token", { token_id: batch(3).token_id });
  mint(batch(3));
  view("nft_token", { token_id: batch(3).token_id });
  mint(batch(4, { fork: "false", after: "false" }));
  mint(batch(4, { fork: "b" }));
  // A stolen key that knows the id of the next batch.
  const stolen = batch(5, { after: "b" });
  stolen.batch_summary.merkle_root = digest("evil");
  mint(stolen);
  mint(batch(5, { after: "b" }));
  restart(4);
  mint(stolen, { by: STRANGER });
  mint(batch(5, { after: "b" }));
  mint(stolen);
  view("nft_token", { token_id: stolen.token_id });
  view("get_chain_head", name());
  view("get_batches_by_table", { ...name(), limit: 3 });
  view("nft_total_supply");
  // A chain that was false from its first batch on.
  mint(batch(7, { table: "audit_logs", fork: "false" }));
  call("restart_chain", { chain: name({ table: "audit_logs" }), reason: "none is good" });
  call("restart_chain", { chain: name({ table: "audit_logs" }), last_good_seq: null, reason: "none is good" });
  view("get_chain_head", name({ table: "audit_logs" }));
  restart(0, { chain: name({ table: "audit_logs" }) });
  mint(batch(0, { table: "audit_logs" }));
  view("get_chain_head", name({ table: "audit_logs" }));
  view("get_batches_by_table", name({ table: "audit_logs" }));
  return steps;
}

for (const [file, steps] of Object.entries({ life, refusals, roles, restarts }))
  writeFileSync(
    new URL(`${file}.json`, import.meta.url),
    JSON.stringify(
      steps().map((each) => ({ ...each, expect: null })),
      null,
      2,
    ),
  );
