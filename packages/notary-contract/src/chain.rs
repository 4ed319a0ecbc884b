//! A chain: the batches of one table, or of the control chain of a database.

use crate::errors::{refuse, require};
use crate::location::Location;
use crate::record::{Record, key};
use near_sdk::borsh::{BorshDeserialize, BorshSerialize};
use near_sdk::env;
use near_sdk::serde::{Deserialize, Serialize};

/// The name of a chain. Schema and table are null in a control chain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
#[borsh(crate = "near_sdk::borsh")]
pub struct ChainName {
    pub database: String,
    pub schema: Option<String>,
    pub table: Option<String>,
}

/// The largest name, in bytes, as in the format of the ledger.
const MAX_NAME: usize = 255;

impl ChainName {
    /// Refuses names that no ledger has.
    pub fn check(&self) {
        let names = [Some(&self.database), self.schema.as_ref(), self.table.as_ref()];
        for name in names.into_iter().flatten() {
            require(!name.is_empty() && name.len() <= MAX_NAME, "BAD_CHAIN", || {
                format!("expected names of 1 to {MAX_NAME} bytes")
            });
        }
        require(self.schema.is_some() == self.table.is_some(), "BAD_CHAIN", || {
            "expected schema and table, or neither for a control chain".into()
        });
    }

    /// Returns the name for messages.
    pub fn text(&self) -> String {
        match (&self.schema, &self.table) {
            (Some(schema), Some(table)) => format!("{schema}.{table} of {}", self.database),
            _ => format!("the control chain of {}", self.database),
        }
    }
}

/// A restart by the owner: tokens of earlier terms above `last_good_seq` are superseded, or all of
/// them where none is good.
#[derive(Clone, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(crate = "near_sdk::serde")]
#[borsh(crate = "near_sdk::borsh")]
pub struct Restart {
    /// The term that began.
    pub term: u16,
    pub last_good_seq: Option<u64>,
    pub reason: String,
    pub block_height: u64,
    /// Nanoseconds since 1970.
    pub block_time: u64,
}

/// What is kept of a chain.
#[derive(BorshSerialize, BorshDeserialize)]
#[borsh(crate = "near_sdk::borsh")]
pub struct Chain {
    pub name: ChainName,
    pub locations: Vec<Location>,
    pub restarts: Vec<Restart>,
    pub term: u16,
    /// The seq of the first batch of the chain as it stands.
    pub first_seq: u64,
    /// The position of the batch that the next one must follow, 0 for none.
    pub head: u32,
    /// The position of the batch that was minted last. Not the head just after a restart.
    pub newest: u32,
}

const CHAIN: u8 = b'C';
const NAME: u8 = b'N';

impl Chain {
    /// Returns the number of a chain, if it has one.
    pub fn number_of(name: &ChainName) -> Option<u32> {
        let bytes = env::storage_read(&Self::name_key(name))?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// Reads a chain, which exists.
    pub fn at(number: u32) -> Self {
        let bytes = env::storage_read(&key(CHAIN, &number.to_be_bytes()));
        match bytes.map(|bytes| Chain::try_from_slice(&bytes)) {
            Some(Ok(chain)) => chain,
            _ => refuse("CORRUPT", "a chain is missing"),
        }
    }

    /// Writes a chain.
    pub fn write(&self, number: u32) {
        env::storage_write(&key(CHAIN, &number.to_be_bytes()), &near_sdk::borsh::to_vec(self).unwrap());
    }

    /// Gives a name its number.
    pub fn write_number(name: &ChainName, number: u32) {
        env::storage_write(&Self::name_key(name), &number.to_be_bytes());
    }

    /// Whether a batch is one that a restart took out of the chain.
    pub fn is_superseded(&self, record: &Record) -> bool {
        let is_above = |good: Option<u64>| good.is_none_or(|good| record.seq > good);
        self.restarts.iter().any(|restart| restart.term > record.term && is_above(restart.last_good_seq))
    }

    /// Long names would be paid for in every read, so a digest stands for them.
    fn name_key(name: &ChainName) -> Vec<u8> {
        key(NAME, &env::sha256_array(near_sdk::borsh::to_vec(name).unwrap())[..16])
    }
}
