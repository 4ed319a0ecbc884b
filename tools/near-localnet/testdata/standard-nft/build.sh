#!/bin/sh
# Builds nft.wasm and receiver.wasm. Needs rustc-web, rust-web-src, cargo-web, lld-22 and binaryen of
# Debian 12 and its security suite; with the versions of README.md the bytes are the same.
set -eu
cd "$(dirname "$0")"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}"
RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 /usr/bin/cargo build --locked --release --target wasm32-unknown-unknown
for name in nft receiver; do
  wasm-opt --mvp-features -Oz "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/standard_$name.wasm" -o "$name.wasm"
done
sha256sum nft.wasm receiver.wasm
