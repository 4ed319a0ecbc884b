//! Tokens as callers give and see them: the texts are made from what is kept.

use crate::batch_id::BatchId;
use crate::chain::{Chain, ChainName};
use crate::record::{OPERATIONS, Record, hex};
use near_sdk::base64::Engine;
use near_sdk::base64::engine::general_purpose::STANDARD;
use near_sdk::serde::{Deserialize, Serialize};
use near_sdk::{AccountId, serde_json};

/// The metadata of a token (NEP-177). Members that the contract never has must be null.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
pub struct TokenMetadata {
    pub title: String,
    pub description: String,
    #[serde(default)]
    pub media: Option<String>,
    #[serde(default)]
    pub media_hash: Option<String>,
    #[serde(default)]
    pub copies: Option<u64>,
    #[serde(default)]
    pub issued_at: Option<String>,
    #[serde(default)]
    pub expires_at: Option<String>,
    #[serde(default)]
    pub starts_at: Option<String>,
    #[serde(default)]
    pub updated_at: Option<String>,
    pub extra: String,
    pub reference: String,
    /// Base64 of the SHA-256 of batch-data.json, before compression.
    pub reference_hash: String,
}

/// The number of changes of each operation. Operations that a batch does not have are left out.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields, rename_all = "UPPERCASE")]
pub struct OperationCounts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insert: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poison: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<u32>,
}

impl OperationCounts {
    /// Returns the counts as pairs of operation and count, in the order of `OPERATIONS`.
    pub fn pairs(&self) -> Vec<(u8, u32)> {
        let counts = [self.insert, self.update, self.delete, self.snapshot, self.truncate, self.poison, self.gap];
        counts.iter().zip(0u8..).filter_map(|(count, operation)| count.map(|count| (operation, count))).collect()
    }

    fn of(pairs: &[(u8, u32)]) -> Self {
        let mut counts = Self::default();
        let [insert, update, delete, snapshot, truncate, poison, gap]: [Option<u32>; OPERATIONS.len()] =
            std::array::from_fn(|index| {
                pairs.iter().find(|(operation, _)| usize::from(*operation) == index).map(|(_, count)| *count)
            });
        (counts.insert, counts.update, counts.delete, counts.snapshot) = (insert, update, delete, snapshot);
        (counts.truncate, counts.poison, counts.gap) = (truncate, poison, gap);
        counts
    }
}

/// The facts of a batch, by the names of the first ETRAP contract.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
pub struct BatchSummary {
    pub database_name: String,
    /// The table, or none for a control chain.
    pub table_names: Vec<String>,
    /// Milliseconds since 1970.
    pub timestamp: u64,
    pub tx_count: u64,
    pub merkle_root: String,
    pub s3_bucket: String,
    pub s3_key: String,
    pub size_bytes: u64,
    pub operation_counts: OperationCounts,
}

/// The text in `extra`.
#[derive(Serialize, Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
pub struct Extra {
    pub v: u8,
    pub schema: Option<String>,
    pub table: Option<String>,
    pub seq: u64,
    pub previous: Option<String>,
    pub header_digest: String,
}

/// A token as the views give it.
#[derive(Serialize)]
#[serde(crate = "near_sdk::serde")]
pub struct Token {
    pub token_id: String,
    pub owner_id: AccountId,
    pub metadata: TokenMetadata,
    pub batch_summary: BatchSummary,
    pub term: u16,
    /// Whether a restart took the batch out of its chain.
    pub superseded: bool,
    pub block_height: u64,
    /// Nanoseconds since 1970, as text: too large for a JSON number in most languages.
    pub block_time: String,
}

impl Token {
    /// Makes a token from what is kept.
    pub fn of(record: &Record, chain: &Chain, owner: &AccountId) -> Self {
        let token_id = BatchId(record.id).text();
        Self {
            metadata: metadata_of(record, chain, &token_id),
            batch_summary: summary_of(record, chain, &token_id),
            owner_id: owner.clone(),
            term: record.term,
            superseded: chain.is_superseded(record),
            block_height: record.block_height,
            block_time: record.block_time.to_string(),
            token_id,
        }
    }
}

/// Makes the metadata of a batch.
pub fn metadata_of(record: &Record, chain: &Chain, id: &str) -> TokenMetadata {
    let ChainName { database, schema, table } = &chain.name;
    let subject = match table {
        Some(table) => format!("table {table}"),
        None => format!("the control chain of {database}"),
    };
    let extra = Extra {
        v: 1,
        schema: schema.clone(),
        table: table.clone(),
        seq: record.seq,
        previous: record.previous_digest().map(|digest| hex(&digest)),
        header_digest: hex(&record.header_digest),
    };
    TokenMetadata {
        title: format!("ETRAP Batch {id}"),
        description: format!("Integrity certificate for {} transactions from {subject}", record.tx_count()),
        media: None,
        media_hash: None,
        copies: None,
        issued_at: None,
        expires_at: None,
        starts_at: None,
        updated_at: None,
        extra: serde_json::to_string(&extra).unwrap(),
        reference: chain.locations[usize::from(record.location)].reference(id),
        reference_hash: STANDARD.encode(record.reference_hash),
    }
}

/// Makes the summary of a batch.
pub fn summary_of(record: &Record, chain: &Chain, id: &str) -> BatchSummary {
    let location = &chain.locations[usize::from(record.location)];
    BatchSummary {
        database_name: chain.name.database.clone(),
        table_names: chain.name.table.iter().cloned().collect(),
        timestamp: record.timestamp,
        tx_count: record.tx_count(),
        merkle_root: hex(&record.merkle_root),
        s3_bucket: location.bucket.clone(),
        s3_key: location.key(id),
        size_bytes: record.size_bytes,
        operation_counts: OperationCounts::of(&record.operations),
    }
}

/// Parses base64 of 32 bytes, in its one canonical form.
pub fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
    (STANDARD.encode(bytes) == text).then_some(bytes)
}
