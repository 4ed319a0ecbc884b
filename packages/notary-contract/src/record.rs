//! What is kept of a batch, packed: names stand once in its chain, and texts are made in the views.

use crate::batch_id::BatchId;
use near_sdk::borsh::{BorshDeserialize, BorshSerialize};
use near_sdk::env;

/// The operations of a batch, in the order of their counts.
pub const OPERATIONS: [&str; 7] = ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE", "POISON", "GAP"];

/// What is kept of a batch. About 200 bytes.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
#[borsh(crate = "near_sdk::borsh")]
pub struct Record {
    pub id: [u8; 10],
    pub chain: u32,
    pub term: u16,
    pub seq: u64,
    /// Milliseconds since 1970, as the agent gives it.
    pub timestamp: u64,
    pub size_bytes: u64,
    pub merkle_root: [u8; 32],
    pub header_digest: [u8; 32],
    pub reference_hash: [u8; 32],
    /// The place in the chain's list of locations.
    pub location: u16,
    /// A pair of operation and count for each operation that the batch has.
    pub operations: Vec<(u8, u32)>,
    pub previous: Previous,
    /// The token minted before this one in its chain, 0 for none. Positions are counted from 1.
    pub before_in_chain: u32,
    /// The same in its database.
    pub before_in_database: u32,
    pub block_height: u64,
    /// Nanoseconds since 1970.
    pub block_time: u64,
}

/// The header digest of the batch before.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
#[borsh(crate = "near_sdk::borsh")]
pub enum Previous {
    /// The first batch of the chain in the ledger.
    None,
    /// That of the token at this position.
    Token(u32),
    /// A digest that the agent gave: the batch before is not anchored here.
    Given([u8; 32]),
}

const TOKEN: u8 = b'T';
const RECORD: u8 = b'R';

impl Record {
    /// Reads the record at a position, which exists.
    pub fn at(position: u32) -> Self {
        let bytes = env::storage_read(&key(RECORD, &position.to_be_bytes()));
        match bytes.map(|bytes| Record::try_from_slice(&bytes)) {
            Some(Ok(record)) => record,
            _ => crate::errors::refuse("CORRUPT", "a record is missing"),
        }
    }

    /// Returns the position of a batch, if it was minted.
    pub fn position_of(id: &BatchId) -> Option<u32> {
        let bytes = env::storage_read(&key(TOKEN, &id.0))?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// Writes a new record at a new position.
    pub fn write(&self, position: u32) {
        let place = position.to_be_bytes();
        env::storage_write(&key(TOKEN, &self.id), &place);
        env::storage_write(&key(RECORD, &place), &near_sdk::borsh::to_vec(self).unwrap());
    }

    /// Returns the number of changes.
    pub fn tx_count(&self) -> u64 {
        self.operations.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// Returns the header digest of the batch before.
    pub fn previous_digest(&self) -> Option<[u8; 32]> {
        match self.previous {
            Previous::None => None,
            Previous::Token(position) => Some(Record::at(position).header_digest),
            Previous::Given(digest) => Some(digest),
        }
    }
}

/// Returns a storage key: one byte for the kind, then the rest.
pub fn key(kind: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + rest.len());
    bytes.push(kind);
    bytes.extend_from_slice(rest);
    bytes
}

/// Parses lower-case hex of exactly `N` bytes.
pub fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Returns bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).map(char::from).collect()
}
