#!/bin/sh
# Builds res/notary.wasm with Debian's packages rustc-web, rust-web-src, cargo-web, lld-22 and binaryen.
set -eu
cd "$(dirname "$0")"
RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 /usr/bin/cargo build -Z build-std=std,panic_abort --locked --lib --release \
  --target wasm32-unknown-unknown
mkdir -p res
wasm-opt --mvp-features -Oz target/wasm32-unknown-unknown/release/etrap_notary.wasm -o "${1:-res/notary.wasm}"
