"""Checks ETRAP proof files as FORMAT.md describes. Usage: python3 verify.py FILE...

Prints one line of JSON for each file. It does not ask the anchor, so no verdict is better than "pending".
"""
import datetime, decimal, hashlib, itertools, json, re, sys
class Refusal(Exception): unread = ("TOO_LARGE", "MALFORMED_DOCUMENT", "NOT_CANONICAL", "UNSUPPORTED_VERSION")
def require(condition, code):
    if not condition: raise Refusal(code)
def number(x):  # every number is a double, in the notation of ECMAScript
    if 1e-6 <= abs(x) < 1e21: return re.sub(r"\.0$", "", format(decimal.Decimal(repr(x)), "f"))
    return "0" if x == 0 else re.sub(r"e([+-])0", r"e\1", repr(x))
def units(text): return text.encode("utf-16-be", "surrogatepass")
def canonical(v):  # RFC 8785
    if isinstance(v, float): return number(v)
    if isinstance(v, list): return "[%s]" % ",".join(map(canonical, v))
    if not isinstance(v, dict): return json.dumps(v, ensure_ascii=False)
    return "{%s}" % ",".join(canonical(k) + ":" + canonical(v[k]) for k in sorted(v, key=units))
def parse(data):
    require(len(data) <= 256 << 20, "TOO_LARGE")
    try: text = data.decode()
    except ValueError: require(False, "MALFORMED_DOCUMENT")
    bare = re.sub(r'"(?:[^"\\]|\\.)*(?:"|$)', "", text, flags=re.S)  # the text without its strings
    depth, members = itertools.accumulate((c in "[{") - (c in "]}") for c in bare), sum(map(bare.count, ",[{"))
    require(max(depth, default=0) <= 64 and members <= 2**21, "TOO_LARGE")
    try: value = json.loads(text, parse_int=float, parse_constant=lambda _: require(False, "MALFORMED_DOCUMENT"))
    except ValueError: require(False, "MALFORMED_DOCUMENT")
    tight, spaceless = canonical(value), re.sub(r'("(?:[^"\\]|\\.)*")|[ \t\n\r]+', lambda m: m[1] or "", text)
    require(tight == spaceless and not re.search("[\ud800-\udfff]", tight), "NOT_CANONICAL")  # no lone surrogate
    is_other = isinstance(value, dict) and fits(value.get("format"), r"etrap-proof/(?!0\Z)[^/]*")
    require(fits(value, PROOF), "UNSUPPORTED_VERSION" if is_other else "MALFORMED_DOCUMENT")
    return value
def fits(v, shape):  # a shape: None, a pattern, a test, {name: shape}, {ANY: shape}, [shape, min, max] or (one, or, another)
    if isinstance(shape, str): return isinstance(v, str) and re.fullmatch(shape, v, re.S) is not None
    if isinstance(shape, tuple): return any(fits(v, s) for s in shape)
    if isinstance(shape, list): return isinstance(v, list) and shape[1] <= len(v) <= shape[2] and all(fits(m, shape[0]) for m in v)
    if not isinstance(shape, dict): return v is None if shape is None else shape(v)
    if not isinstance(v, dict) or (ANY not in shape and v.keys() != shape.keys()): return False
    return all(fits(m, shape.get(n, shape.get(ANY))) for n, m in v.items())
def count(low=0, high=2**53 - 1): return lambda v: isinstance(v, float) and v == int(v) and low <= v <= high
def text(low, high): return lambda v: isinstance(v, str) and low <= len(units(v)) // 2 <= high
def table(v): return fits(v, NAME) and len(v.encode()) <= 255
def position(v): return fits(v, "(0|[1-9][0-9]*)(-(0|[1-9][0-9]*)){0,3}") and len(v) <= 256
def stretch(v): return isinstance(v, list) and len(v) == 3 and fits(v[0], EPOCH) and position(v[1]) and position(v[2])
def column(v, deep=6): return all(column(m, deep - 1) for m in v) if isinstance(v, list) and deep else v is None or isinstance(v, (str, bool))
def header(v): return fits(v, HEADER) and (v["schema"] is None, v["previous"] is None) == (v["table"] is None, v["seq"] == 0)
def named(*groups): return {name: shape for names, shape in groups for name in names.split()}
NAME, HEX, SALT, CODE, DIGITS = text(1, 1024), "[0-9a-f]{64}", "[0-9a-f]{32}", "[A-Z][A-Z0-9_]{0,63}", "0|[1-9][0-9]{0,38}"
ID, TIME, EPOCH = "BATCH-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{16}-T0", (None, count(1 - 2**53)), count(0, 65535)
ANY, IMAGES, NAMES, ENTRY = object(), ("key", "before", "after"), [NAME, 0, 10000], (None, {"salt": SALT, "bytes": "([0-9a-f]{2})*"})
IMAGE = (None, {"salt": SALT, "values": {ANY: column}}, {"fields": {ANY: ({"salt": SALT, "value": column}, {"digest": HEX})}})
OPERATION, COUNTS = "INSERT|UPDATE|DELETE|SNAPSHOT|TRUNCATE|POISON|GAP", lambda v: fits(v, {ANY: count(1)}) and all(fits(n, OPERATION) for n in v)
RECORD = named(("database", table), ("schema table", (None, table)), ("timestamp", TIME), ("captured_at lsn tx_id", (None, DIGITS)),
    ("position", position), ("tx_order", (None, count())), ("run", (None, NAME)), ("key before after raw", (None, HEX)),
    ("operation", OPERATION), ("reason", (None, CODE)), ("omitted", (None, lambda v: fits(v, {ANY: {ANY: CODE}}) and v.keys() <= {*IMAGES})))
HEADER = named(("format", "etrap-header/0"), ("organization_id stream agent", NAME), ("database", table), ("schema table", (None, table)),
    ("seq", count()), ("previous", (None, {"batch_id": ID, "digest": HEX})), ("merkle_root", HEX), ("leaf_count", count(1, 100000)),
    ("hash", "rfc9162-sha256"), ("commitment", "row|fields"), ("payload", "inline|separate"), ("sealed_at", count(0, 253402300799999)),
    ("first_position last_position", position), ("first_timestamp last_timestamp", TIME), ("covered", {ANY: [stretch, 1, 16]}),
    ("epoch", EPOCH), ("operations", COUNTS), ("capture", {"carrier": NAME, "source_name": NAME, "options": {ANY: text(0, 1024)}}),
    ("rules", named(("included_tables included_operations", (None, NAMES)), ("excluded_tables excluded_columns", NAMES))))
NEAR = named(("kind", "near-nft"), ("network contract token_id", NAME), ("tx_hash", (None, NAME)), ("block_height", count()),
    ("block_time", DIGITS), ("evidence", (None, {ANY: lambda _: True})))
PROOF = named(("format", "etrap-proof/0"), ("batch_id", ID), ("record", RECORD), ("payload", named(("key before after", IMAGE), ("entry", ENTRY))),
    ("inclusion", named(("leaf_index", count()), ("tree_size", count(1, 100000)), ("path", [HEX, 0, 17]))),
    ("headers", [header, 1, 10000]), ("anchor", ({"kind": "pending"}, NEAR)))
def digest(domain, data, text=""): return hashlib.sha256(bytes([domain]) + data + text.encode()).hexdigest()
def header_digest(h): return digest(5, b"", canonical(h))
def batch_id(h): return f"BATCH-{datetime.date.fromordinal(719163 + int(h['sealed_at'] // 86400000))}-{header_digest(h)[:16]}-T0"
def order(p): return [int(n) for n in p.split("-")]
def commitment(image):
    if "values" in image: return "row", digest(2, bytes.fromhex(image["salt"]), canonical(image["values"]))
    fields = [(n, image["fields"][n]) for n in sorted(image["fields"], key=units)]
    return "fields", digest(4, b"", canonical([[n, f.get("digest") or digest(3, bytes.fromhex(f["salt"]), canonical(f["value"]))] for n, f in fields]))
def root(node, index, last, path):  # RFC 9162 §2.1.3.2
    for sibling in path:
        require(last > 0, "INCLUSION_MALFORMED")
        is_right = index % 2 == 1 or index == last
        while is_right and index % 2 == 0: index, last = index // 2, last // 2  # an odd last node moves up unchanged
        node = digest(1, bytes.fromhex(sibling + node if is_right else node + sibling))
        index, last = index // 2, last // 2
    require(last == 0, "INCLUSION_MALFORMED")
    return node
def covered(before, h):  # the epoch and `covered` that follow from the headers before
    first, last, ranges = h["first_position"], h["last_position"], list(before.get(h["stream"], []))
    epoch, start = (ranges[-1][0] + 1, first) if ranges else (0, first)
    if ranges and order(first) > order(ranges[-1][2]): epoch, start, _ = ranges.pop()
    ranges.append([epoch, start, last])
    if len(ranges) > 16: ranges[:2] = [[ranges[1][0], min(ranges[0][1], ranges[1][1], key=order), max(ranges[0][2], ranges[1][2], key=order)]]
    return epoch, {**before, h["stream"]: ranges}
def check_chain(headers):
    seen = {headers[0]["seq"]: header_digest(headers[0])}
    for before, h in zip([None, *headers], headers):
        require(order(h["first_position"]) <= order(h["last_position"]) and sum(h["operations"].values()) == h["leaf_count"], "HEADER_MISMATCH")
        if before:
            require(all(h[n] == before[n] for n in ("organization_id", "database", "schema", "table")), "CHAIN_MIXED")
            require(h["seq"] <= before["seq"] + 1, "CHAIN_GAP")
            require(seen.setdefault(h["seq"], header_digest(h)) == header_digest(h), "CHAIN_FORKED")
            require(h["seq"] > before["seq"], "CHAIN_REORDERED")
            require(h["previous"] == {"batch_id": batch_id(before), "digest": header_digest(before)}, "BATCH_REPLACED")
        grown = covered(before["covered"] if before else {}, h)
        require((h["epoch"], h["covered"]) == grown or not before and h["seq"] > 0, "HEADER_MISMATCH")
def check(proof):
    record, payload, own, at, entry = proof["record"], proof["payload"], proof["headers"][0], proof["inclusion"], proof["payload"]["entry"]
    check_chain(proof["headers"])
    for part in filter(payload.get, IMAGES):
        require(commitment(payload[part]) == (own["commitment"], record[part]), "COMMITMENT_MISMATCH")
    require(not entry or digest(6, bytes.fromhex(entry["salt"] + entry["bytes"])) == record["raw"], "COMMITMENT_MISMATCH")
    require(at["tree_size"] == own["leaf_count"], "HEADER_MISMATCH")
    require(at["leaf_index"] < at["tree_size"], "INCLUSION_MALFORMED")
    require(root(digest(0, b"", canonical(record)), at["leaf_index"], at["tree_size"] - 1, at["path"]) == own["merkle_root"], "ROOT_MISMATCH")
    require(order(own["first_position"]) <= order(record["position"]) <= order(own["last_position"]), "HEADER_MISMATCH")
    require(record["operation"] in own["operations"] and all(record[n] == own[n] for n in ("database", "schema", "table")), "HEADER_MISMATCH")
    is_poison, is_gap, is_withheld = record["operation"] == "POISON", record["operation"] == "GAP", own["rules"]["excluded_columns"] != []
    marks = [record["table"] is None, record["reason"] is not None, record["raw"] is not None]
    require(marks == [is_poison or is_gap] * 2 + [is_poison and not is_withheld], "HEADER_MISMATCH")
    require(not (is_gap and any(map(record.get, IMAGES))) and batch_id(own) == proof["batch_id"], "HEADER_MISMATCH")
    return {"verdict": "pending", "code": None, "batch_id": proof["batch_id"], "header_digest": header_digest(own)}
verdicts = []  # the exit codes of `etrap verify`: 1 tampered, 2 not checked or pending, 3 no file
for path in sys.argv[1:]:
    try: answer = check(parse(open(path, "rb").read()))
    except Refusal as code: answer = {"verdict": "could not check" if str(code) in code.unread else "tampered", "code": str(code)}
    except OSError: answer = {"verdict": "could not check", "code": "UNREADABLE"}
    verdicts.append(answer["verdict"])
    print(json.dumps({"file": path, **answer}), flush=True)
sys.exit(1 if "tampered" in verdicts else 2 if verdicts else 3)
