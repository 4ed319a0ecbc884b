//! Views for verifiers and operators. Each reads as many records as it returns, however many exist.

use crate::chain::{Chain, ChainName};
use crate::batch_id::BatchId;
use crate::errors::refuse;
use crate::input::arguments;
use crate::nft::page_size;
use crate::record::{Record, hex};
use crate::state::{Notary, NotaryExt};
use crate::token::{BatchSummary, Token};
use near_sdk::serde::{Deserialize, Serialize};
use near_sdk::serde_json::{Value, json};
use near_sdk::{env, near};

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct SummaryArguments {
    token_id: String,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct RecentArguments {
    /// The number of newest tokens to leave out.
    #[serde(default)]
    from_index: Option<u32>,
    #[serde(default)]
    limit: Option<u64>,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct DatabaseArguments {
    database: String,
    /// The `next` of the page before.
    #[serde(default)]
    before: Option<String>,
    #[serde(default)]
    limit: Option<u64>,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct TableArguments {
    database: String,
    schema: Option<String>,
    table: Option<String>,
    #[serde(default)]
    before: Option<String>,
    #[serde(default)]
    limit: Option<u64>,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct TimeArguments {
    /// Milliseconds since 1970.
    from: u64,
    /// Milliseconds since 1970, exclusive.
    to: u64,
    #[serde(default)]
    from_index: Option<u32>,
    #[serde(default)]
    limit: Option<u64>,
}

/// A page of tokens, newest first.
#[derive(Serialize)]
#[serde(crate = "near_sdk::serde")]
pub struct Page {
    batches: Vec<Token>,
    /// The `before` of the next page, null at the end.
    next: Option<String>,
}

#[near]
impl Notary {
    /// Returns the summary of a batch, or null: `{ token_id }`.
    pub fn get_batch_summary(&self) -> Option<BatchSummary> {
        let SummaryArguments { token_id } = arguments();
        let position = Record::position_of(&BatchId::try_parse(&token_id)?)?;
        Some(self.token_at(position).batch_summary)
    }

    /// Returns the tokens that were minted last, newest first: `{ from_index?, limit? }`.
    pub fn get_recent_batches(&self) -> Vec<Token> {
        let RecentArguments { from_index, limit } = arguments();
        let end = self.tokens.saturating_sub(from_index.unwrap_or(0));
        let first = end.saturating_sub(page_size(limit));
        (first..end).rev().map(|index| self.token_at(index + 1)).collect()
    }

    /// Returns a page of a database's tokens, newest first: `{ database, before?, limit? }`.
    pub fn get_batches_by_database(&self) -> Page {
        let DatabaseArguments { database, before, limit } = arguments();
        let first = before.map_or_else(|| Self::newest_of(&database), |text| self.position_before(&text));
        self.walk(first, page_size(limit), |record| record.before_in_database)
    }

    /// Returns a page of a chain's tokens, newest first, with those that a restart superseded:
    /// `{ database, schema, table, before?, limit? }`.
    pub fn get_batches_by_table(&self) -> Page {
        let TableArguments { database, schema, table, before, limit } = arguments();
        let newest = Chain::number_of(&ChainName { database, schema, table }).map_or(0, |number| Chain::at(number).newest);
        let first = if newest == 0 { 0 } else { before.map_or(newest, |text| self.position_before(&text)) };
        self.walk(first, page_size(limit), |record| record.before_in_chain)
    }

    /// Returns the tokens that were minted in a period, oldest first: `{ from, to, from_index?, limit? }`.
    pub fn get_batches_by_time_range(&self) -> Vec<Token> {
        let TimeArguments { from, to, from_index, limit } = arguments();
        let first = self.first_at(from).saturating_add(from_index.unwrap_or(0));
        let end = self.first_at(to).min(first.saturating_add(page_size(limit)));
        (first..end).map(|position| self.token_at(position)).collect()
    }

    /// Returns the batch that the next one of a chain must follow, or null where it may have any seq: `{ database, schema, table }`.
    pub fn get_chain_head(&self) -> Option<Value> {
        let number = Chain::number_of(&arguments())?;
        let chain = Chain::at(number);
        if chain.head == 0 {
            return None;
        }
        let head = Record::at(chain.head);
        Some(json!({
            "seq": head.seq,
            "digest": hex(&head.header_digest),
            "token_id": BatchId(head.id).text(),
            "merkle_root": hex(&head.merkle_root),
            "first_seq": chain.first_seq,
            "term": chain.term,
            "restarts": chain.restarts,
            "block_height": head.block_height,
            "block_time": head.block_time.to_string(),
        }))
    }

    /// Returns how much there is, and what it costs.
    pub fn get_batch_stats(&self) -> Value {
        json!({
            "batches": self.tokens,
            "chains": self.chains,
            "transactions": self.transactions,
            "storage_bytes": env::storage_usage(),
            "balance": env::account_balance().as_yoctonear().to_string(),
            "reserve_floor": self.reserve_floor.to_string(),
        })
    }

    /// Returns who may do what, and what the owner proposed.
    pub fn get_settings(&self) -> Value {
        json!({
            "organization": self.organization,
            "owner_id": self.owner,
            "pending_owner_id": self.pending_owner,
            "minters": self.minters,
            "paused": self.is_paused,
            "reserve_floor": self.reserve_floor.to_string(),
            "upgrade_delay_hours": self.upgrade_delay_hours,
            "upgrades_locked": self.is_locked,
            "proposed_upgrade": self.proposal.as_ref().map(|proposal| json!({
                "code_hash": hex(&proposal.code_hash),
                "ready_at": proposal.ready_at.to_string(),
            })),
            "version": env!("CARGO_PKG_VERSION"),
        })
    }
}

impl Notary {
    fn position_before(&self, text: &str) -> u32 {
        match text.parse() {
            Ok(position) if position <= self.tokens => position,
            _ => refuse("BAD_ARGUMENTS", "before: expected the next of the page before"),
        }
    }

    /// Follows the links from one token to the one before it, starting at a position.
    fn walk(&self, first: u32, limit: u32, before: impl Fn(&Record) -> u32) -> Page {
        let mut batches = vec![];
        let mut position = first;
        while position > 0 && batches.len() < limit as usize {
            let record = Record::at(position);
            batches.push(Token::of(&record, &Chain::at(record.chain), &self.owner));
            position = before(&record);
        }
        Page { batches, next: (position > 0).then(|| position.to_string()) }
    }

    /// Returns the first position that was minted at a time or later. Block times never decrease.
    fn first_at(&self, ms: u64) -> u32 {
        let (mut low, mut high) = (1, self.tokens + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if Record::at(middle).block_time < ms.saturating_mul(1_000_000) { low = middle + 1 } else { high = middle }
        }
        low
    }
}
