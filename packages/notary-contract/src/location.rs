//! Where the batches of a chain are stored: what their references have in common.

use crate::errors::require;
use near_sdk::borsh::{BorshDeserialize, BorshSerialize};

/// A bucket, and the texts around a batch id in references and keys.
#[derive(Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
#[borsh(crate = "near_sdk::borsh")]
pub struct Location {
    pub bucket: String,
    /// What comes before the key in a reference.
    pub base: String,
    /// What comes before the batch id in a key.
    pub folder: String,
}

const FILE: &str = "/batch-data.json";
const MAX_TEXT: usize = 1024;

impl Location {
    /// Takes a reference apart. `key` must be `{folder}{id}/batch-data.json`, and the end of `reference`.
    pub fn of(bucket: &str, key: &str, reference: &str, id: &str) -> Self {
        for text in [bucket, key, reference] {
            require(!text.is_empty() && text.len() <= MAX_TEXT, "BAD_LOCATION", || {
                format!("expected s3_bucket, s3_key and reference of 1 to {MAX_TEXT} bytes")
            });
        }
        let folder = key.strip_suffix(FILE).and_then(|rest| rest.strip_suffix(id));
        let base = reference.strip_suffix(key);
        require(folder.is_some() && base.is_some(), "BAD_LOCATION", || {
            "expected s3_key to end with {token_id}/batch-data.json, and reference to end with s3_key".into()
        });
        Self { bucket: bucket.into(), base: base.unwrap_or_default().into(), folder: folder.unwrap_or_default().into() }
    }

    /// Returns the key of a batch's batch-data.json.
    pub fn key(&self, id: &str) -> String {
        format!("{}{id}{FILE}", self.folder)
    }

    /// Returns the reference of a batch's batch-data.json.
    pub fn reference(&self, id: &str) -> String {
        format!("{}{}", self.base, self.key(id))
    }
}
