#!/bin/sh
# Writes res/notary.json: the hash of res/notary.wasm, and the versions of the tools that made it.
set -eu
cd "$(dirname "$0")"
version() { dpkg-query -W -f '${Version}' "$1"; }
cat > res/notary.json <<JSON
{
  "sha256": "$(sha256sum res/notary.wasm | cut -d' ' -f1)",
  "bytes": $(stat -c %s res/notary.wasm),
  "near-sdk": "$(sed -n '/^name = "near-sdk"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)",
  "rustc-web": "$(version rustc-web)",
  "rust-web-src": "$(version rust-web-src)",
  "lld-22": "$(version lld-22)",
  "binaryen": "$(version binaryen)"
}
JSON
