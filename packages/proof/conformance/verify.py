"""Checks ETRAP proof files, as FORMAT.md says: python3 verify.py FILE... A line of JSON for each; whether it is anchored, ask the anchor."""
import datetime, decimal, hashlib, json, re, sys
UNREAD = ("TOO_LARGE", "MALFORMED_DOCUMENT", "NOT_CANONICAL", "UNSUPPORTED_VERSION")
class Refusal(Exception): pass
def require(condition, code):
    if not condition: raise Refusal(code)
# Canonical JSON (RFC 8785). Every number is a double, written as ECMAScript writes it.
def number(x):
    if 1e-6 <= abs(x) < 1e21: return re.sub(r"\.0$", "", format(decimal.Decimal(repr(x)), "f"))
    return "0" if x == 0 else re.sub(r"e([+-])0", r"e\1", repr(x))
def units(text): return text.encode("utf-16-be", "surrogatepass")
def canonical(v):
    if isinstance(v, float): return number(v)
    if isinstance(v, list): return "[%s]" % ",".join(map(canonical, v))
    if not isinstance(v, dict): return json.dumps(v, ensure_ascii=False)
    return "{%s}" % ",".join(canonical(k) + ":" + canonical(v[k]) for k in sorted(v, key=units))
def jcs(v): return canonical(v).encode()
def parse(data):
    require(len(data) <= 256 << 20, "TOO_LARGE")
    try:
        text = data.decode()
        value = json.loads(text, parse_int=float, parse_constant=lambda _: require(False, "MALFORMED_DOCUMENT"))
        tight = canonical(value)
    except (ValueError, RecursionError): require(False, "MALFORMED_DOCUMENT")
    require(tight == re.sub(r'("(?:[^"\\]|\\.)*")|[ \t\n\r]+', lambda m: m[1] or "", text), "NOT_CANONICAL")
    require(not re.search("[\ud800-\udfff]", tight), "NOT_CANONICAL")  # a lone surrogate
    version = value.get("format") if isinstance(value, dict) else None
    require(version == "etrap-proof/0" or not fits(version, "etrap-proof/[^/]*"), "UNSUPPORTED_VERSION")
    require(fits(value, PROOF), "MALFORMED_DOCUMENT")
    return value
# A shape: None, a pattern, a test, {name: shape} ("?": may be missing), {"*": shape}, [shape, least, most], (one, or, another).
def fits(v, shape):
    if isinstance(shape, str): return isinstance(v, str) and re.fullmatch(shape, v, re.S) is not None
    if isinstance(shape, tuple): return any(fits(v, s) for s in shape)
    if isinstance(shape, list): return isinstance(v, list) and shape[1] <= len(v) <= shape[2] and all(fits(m, shape[0]) for m in v)
    if not isinstance(shape, dict): return v is None if shape is None else shape(v)
    if not isinstance(v, dict) or any(n not in v for n in shape if n[-1] not in "?*"): return False
    return all(fits(m, shape.get("*") or shape.get(n) or shape.get(n + "?") or (lambda _: False)) for n, m in v.items())
def count(low=0, high=2**53 - 1): return lambda v: isinstance(v, float) and v == int(v) and low <= v <= high
def text(low, high): return lambda v: isinstance(v, str) and low <= len(units(v)) // 2 <= high
def table(v): return fits(v, NAME) and len(v.encode()) <= 255
def position(v): return fits(v, "(0|[1-9][0-9]*)(-(0|[1-9][0-9]*)){0,3}") and len(v) <= 256
def stretch(v): return isinstance(v, list) and len(v) == 3 and fits(v[0], EPOCH) and position(v[1]) and position(v[2])
def column(v, depth=6):
    return all(column(m, depth - 1) for m in v) if isinstance(v, list) and depth else v is None or isinstance(v, (str, bool))
def nesting(v): return 1 + max(map(nesting, v.values() if isinstance(v, dict) else v), default=0) if isinstance(v, (dict, list)) else 0
def header(v): return fits(v, HEADER) and (v["schema"] is None, v["previous"] is None) == (v["table"] is None, v["seq"] == 0)
def named(*groups): return {name: shape for names, shape in groups for name in names.split()}
NAME, HEX, SALT, CODE, DIGITS = text(1, 1024), "[0-9a-f]{64}", "[0-9a-f]{32}", "[A-Z][A-Z0-9_]{0,63}", "0|[1-9][0-9]{0,38}"
ID, TIME, EPOCH = "BATCH-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{16}-T0", (None, count(1 - 2**53)), count(0, 65535)
ENTRY, NAMES = (None, {"salt": SALT, "bytes": "([0-9a-f]{2})*"}), [NAME, 0, 10000]
IMAGE = (None, {"salt": SALT, "values": {"*": column}}, {"fields": {"*": ({"salt": SALT, "value": column}, {"digest": HEX})}})
RECORD = named(("database", table), ("schema table", (None, table)), ("timestamp", TIME), ("captured_at lsn tx_id", (None, DIGITS)),
    ("position", position), ("tx_order", (None, count())), ("run", (None, NAME)), ("key before after raw", (None, HEX)),
    ("reason", (None, CODE)), ("omitted", (None, named(("key? before? after?", {"*": CODE})))),
    ("operation", "INSERT|UPDATE|DELETE|SNAPSHOT|TRUNCATE|POISON"))
HEADER = named(("format", "etrap-header/0"), ("organization_id stream agent", NAME), ("database", table), ("schema table", (None, table)),
    ("seq", count()), ("previous", (None, {"batch_id": ID, "digest": HEX})), ("merkle_root", HEX), ("leaf_count", count(1, 100000)),
    ("hash", "rfc9162-sha256"), ("commitment", "row|fields"), ("sealed_at", count(0, 253402300799999)), ("epoch", EPOCH),
    ("first_position last_position", position), ("first_timestamp last_timestamp", TIME), ("covered", {"*": [stretch, 1, 16]}),
    ("operations", {"*": count(1)}), ("capture", {"carrier": NAME, "source_name": NAME, "options": {"*": text(0, 1024)}}),
    ("rules", named(("included_tables included_operations", (None, NAMES)), ("excluded_tables excluded_columns", NAMES))))
ANCHOR = ({"kind": "pending"}, named(("kind", "near-nft"), ("network contract token_id", NAME), ("tx_hash", (None, NAME)),
    ("block_height", count()), ("block_time", DIGITS), ("evidence", (None, {"*": lambda v: nesting(v) <= 32}))))
PROOF = named(("format", "etrap-proof/0"), ("batch_id", ID), ("record", RECORD), ("headers", [header, 1, 10000]), ("anchor", ANCHOR),
    ("inclusion", {"leaf_index": count(), "tree_size": count(1, 100000), "path": [HEX, 0, 64]}),
    ("payload", named(("key before after", IMAGE), ("entry", ENTRY))))
def digest(domain, *parts): return hashlib.sha256(bytes([domain]) + b"".join(parts)).hexdigest()
def header_digest(h): return digest(5, jcs(h))
def batch_id(h): return f"BATCH-{datetime.date.fromordinal(719163 + int(h['sealed_at'] // 86400000))}-{header_digest(h)[:16]}-T0"
def order(p): return [int(n) for n in p.split("-")]
def commitment(image):
    if "values" in image: return "row", digest(2, bytes.fromhex(image["salt"]), jcs(image["values"]))
    fields = [(n, image["fields"][n]) for n in sorted(image["fields"], key=units)]
    return "fields", digest(4, jcs([[n, f.get("digest") or digest(3, bytes.fromhex(f["salt"]), jcs(f["value"]))] for n, f in fields]))
def root(node, index, last, path):  # RFC 9162 §2.1.3.2
    for sibling in path:
        require(last > 0, "INCLUSION_MALFORMED")
        is_right = index % 2 == 1 or index == last
        while is_right and index % 2 == 0: index, last = index // 2, last // 2  # carried up as it is
        node = digest(1, bytes.fromhex(sibling + node if is_right else node + sibling))
        index, last = index // 2, last // 2
    require(last == 0, "INCLUSION_MALFORMED")
    return node
def covered(before, h):  # the epoch and `covered` of a header on top of what the chain holds
    first, last, ranges = h["first_position"], h["last_position"], list(before.get(h["stream"], []))
    epoch, start = (ranges[-1][0] + 1, first) if ranges else (0, first)
    if ranges and order(first) > order(ranges[-1][2]): epoch, start, _ = ranges.pop()
    ranges.append([epoch, start, last])
    if len(ranges) > 16:
        (_, a, b), (newer, c, d) = ranges[:2]
        ranges[:2] = [[newer, min(a, c, key=order), max(b, d, key=order)]]
    return epoch, {**before, h["stream"]: ranges}
def check_successor(before, h):
    require(all(h[n] == before[n] for n in ("organization_id", "database", "schema", "table")), "CHAIN_MIXED")
    require(h["seq"] <= before["seq"] + 1, "CHAIN_GAP")
    is_fork = h["seq"] == before["seq"] and header_digest(h) != header_digest(before)
    require(h["seq"] > before["seq"], "CHAIN_FORKED" if is_fork else "CHAIN_REORDERED")
    require(h["previous"] == {"batch_id": batch_id(before), "digest": header_digest(before)}, "BATCH_REPLACED")
    require((h["epoch"], h["covered"]) == covered(before["covered"], h), "HEADER_MISMATCH")
def check(proof):
    record, payload, (own, *later), at = proof["record"], proof["payload"], proof["headers"], proof["inclusion"]
    entry, is_poison = payload["entry"], record["operation"] == "POISON"
    for part in filter(payload.get, ("key", "before", "after")):
        require(commitment(payload[part]) == (own["commitment"], record[part]), "COMMITMENT_MISMATCH")
    require(not entry or digest(6, bytes.fromhex(entry["salt"] + entry["bytes"])) == record["raw"], "COMMITMENT_MISMATCH")
    require(at["tree_size"] == own["leaf_count"], "HEADER_MISMATCH")
    require(at["leaf_index"] < at["tree_size"], "INCLUSION_MALFORMED")
    require(root(digest(0, jcs(record)), at["leaf_index"], at["tree_size"] - 1, at["path"]) == own["merkle_root"], "ROOT_MISMATCH")
    require(all(record[n] == own[n] for n in ("database", "schema", "table"))
        and all(is_poison == is_so for is_so in (record["table"] is None, record["raw"] is not None, record["reason"] is not None))
        and order(own["first_position"]) <= order(record["position"]) <= order(own["last_position"])
        and record["operation"] in own["operations"] and batch_id(own) == proof["batch_id"], "HEADER_MISMATCH")
    require(own["seq"] > 0 or (own["epoch"], own["covered"]) == covered({}, own), "HEADER_MISMATCH")
    for before, h in zip([own, *later], later): check_successor(before, h)
    return {"verdict": "pending", "code": None, "batch_id": proof["batch_id"], "header_digest": header_digest(own)}
for path in sys.argv[1:]:
    try: answer = check(parse(open(path, "rb").read()))
    except Refusal as code: answer = {"verdict": "could not check" if str(code) in UNREAD else "tampered", "code": str(code)}
    print(json.dumps({"file": path, **answer}), flush=True)
