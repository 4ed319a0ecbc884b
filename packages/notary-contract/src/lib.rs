//! Anchors the batches of one organisation's ledger: one token for each batch.
//!
//! A token is proof that a batch existed at a time, at a place in the chain of its table. What the
//! contract enforces is what a root is worth, so it refuses gaps, forks and second versions.

mod admin;
mod batch_id;
mod chain;
mod errors;
mod input;
mod location;
mod mint;
mod nft;
mod record;
mod state;
mod token;
mod upgrade;
mod views;

pub use state::Notary;
