//! Minting: the checks that make a root worth something.

use crate::admin::log_event;
use crate::batch_id::BatchId;
use crate::chain::{Chain, ChainName};
use crate::errors::{refuse, require};
use crate::input::arguments;
use crate::location::Location;
use crate::record::{Previous, Record, hex, parse_hex};
use crate::state::{Notary, NotaryExt};
use crate::token::{BatchSummary, Extra, Token, TokenMetadata, metadata_of, parse_hash, summary_of};
use near_sdk::serde::Deserialize;
use near_sdk::{AccountId, env, near, serde_json};

/// One batch to mint.
#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct MintArguments {
    token_id: String,
    receiver_id: AccountId,
    token_metadata: TokenMetadata,
    batch_summary: BatchSummary,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct MintsArguments {
    batches: Vec<MintArguments>,
}

/// The largest whole number that JSON carries exactly everywhere.
const MAX_NUMBER: u64 = (1 << 53) - 1;
/// The largest number of leaves of a batch, as in the format of the ledger.
const MAX_CHANGES: u64 = 100_000;
const MAX_BATCHES: usize = 100;
const MAX_LOCATIONS: usize = 256;

#[near]
impl Notary {
    /// Mints the token of a batch: `{ token_id, receiver_id, token_metadata, batch_summary }`. No
    /// deposit is needed. A token that exists with the same content is success and changes nothing,
    /// so a caller that does not know whether it minted may call again.
    pub fn mint_batch(&mut self) -> Token {
        let (token, is_new) = self.mint(arguments());
        if is_new {
            self.require_reserve();
            self.log_mint(vec![token.token_id.clone()]);
        }
        token
    }

    /// Mints up to 100 batches: `{ batches: [...] }`, each as for `mint_batch`. All or none.
    pub fn mint_batches(&mut self) -> Vec<Token> {
        let MintsArguments { batches } = arguments();
        let count = batches.len();
        require((1..=MAX_BATCHES).contains(&count), "TOO_MANY", || {
            format!("expected 1 to {MAX_BATCHES} batches, got {count}")
        });
        let minted: Vec<(Token, bool)> = batches.into_iter().map(|batch| self.mint(batch)).collect();
        let new: Vec<String> = minted.iter().filter(|(_, is_new)| *is_new).map(|(token, _)| token.token_id.clone()).collect();
        if !new.is_empty() {
            self.require_reserve();
            self.log_mint(new);
        }
        minted.into_iter().map(|(token, _)| token).collect()
    }
}

impl Notary {
    fn mint(&mut self, batch: MintArguments) -> (Token, bool) {
        let id = BatchId::parse(&batch.token_id);
        // Before any other check: whether a batch was minted must not depend on who asks, or when.
        if let Some(position) = Record::position_of(&id) {
            let token = self.token_at(position);
            // The receiver may have been an owner before.
            let is_same = token.metadata == batch.token_metadata && token.batch_summary == batch.batch_summary;
            if is_same {
                return if token.superseded { (self.reinstate(position).unwrap_or(token), false) } else { (token, false) };
            }
            // A stolen key may have minted something else under the id of the true batch, which would
            // otherwise never get a token. After a restart the id is the true batch's, and the lists
            // show both.
            require(token.superseded, "ALREADY_MINTED", || format!("{} was minted with other content", token.token_id));
        }
        require(self.minters.contains(&env::predecessor_account_id()), "NOT_ALLOWED", || {
            format!("{} is no minter", env::predecessor_account_id())
        });
        require(!self.is_paused, "PAUSED", || "the owner paused minting".into());
        require(batch.receiver_id == self.owner, "BAD_RECEIVER", || {
            format!("expected the owner {} as receiver_id", self.owner)
        });
        (self.write_new(&id, &batch), true)
    }

    /// Takes a superseded batch back into its chain, where it follows the head again: the owner went
    /// back further than to the last good batch. Otherwise that chain could never go on, since a
    /// batch has one id and an id one token.
    fn reinstate(&mut self, position: u32) -> Option<Token> {
        if self.is_paused || !self.minters.contains(&env::predecessor_account_id()) {
            return None;
        }
        let mut record = Record::at(position);
        let mut chain = Chain::at(record.chain);
        if chain.head == 0 {
            chain.first_seq = record.seq;
        } else {
            let head = Record::at(chain.head);
            if record.seq != head.seq + 1 || record.previous_digest() != Some(head.header_digest) {
                return None;
            }
        }
        record.term = chain.term;
        chain.head = position;
        chain.write(record.chain);
        record.write(position);
        let token = Token::of(&record, &chain, &self.owner);
        log_event("batch_reinstated", &serde_json::json!({ "token_id": token.token_id, "term": token.term }));
        Some(token)
    }

    fn write_new(&mut self, id: &BatchId, batch: &MintArguments) -> Token {
        let extra = parse_extra(&batch.token_metadata.extra);
        let summary = &batch.batch_summary;
        let name = ChainName {
            database: summary.database_name.clone(),
            schema: extra.schema.clone(),
            table: extra.table.clone(),
        };
        name.check();
        let (number, mut chain) = self.chain_of(name, extra.seq);
        let previous = previous_of(&chain, &extra);
        let location = Location::of(&summary.s3_bucket, &summary.s3_key, &batch.token_metadata.reference, &batch.token_id);
        let position = self.tokens + 1;
        let record = Record {
            id: id.0,
            chain: number,
            term: chain.term,
            seq: extra.seq,
            timestamp: summary.timestamp,
            size_bytes: summary.size_bytes,
            merkle_root: parse_hex(&summary.merkle_root).unwrap_or_else(|| bad("batch_summary.merkle_root: expected 64 lower-case hex digits")),
            header_digest: parse_hex(&extra.header_digest).unwrap_or_else(|| bad("extra.header_digest: expected 64 lower-case hex digits")),
            reference_hash: parse_hash(&batch.token_metadata.reference_hash).unwrap_or_else(|| bad("reference_hash: expected base64 of 32 bytes")),
            location: location_number(&mut chain, location),
            operations: operations_of(summary),
            previous,
            before_in_chain: chain.newest,
            before_in_database: Self::newest_of(&summary.database_name),
            block_height: env::block_height(),
            block_time: env::block_timestamp(),
        };
        require(record.header_digest[..8] == id.0[2..], "BAD_TOKEN_ID", || {
            "expected the first 16 digits of extra.header_digest in token_id".into()
        });
        // What the views will give back, they must have been given: nobody can be shown another text.
        require_equal(batch, &metadata_of(&record, &chain, &batch.token_id), &summary_of(&record, &chain, &batch.token_id));
        if chain.head == 0 {
            chain.first_seq = record.seq;
        }
        (chain.head, chain.newest) = (position, position);
        chain.write(number);
        record.write(position);
        Self::set_newest_of(&summary.database_name, position);
        self.tokens = position;
        self.transactions += record.tx_count();
        Token::of(&record, &chain, &self.owner)
    }

    /// Returns the chain of a name, which is new if nothing of it was minted.
    fn chain_of(&mut self, name: ChainName, seq: u64) -> (u32, Chain) {
        if let Some(number) = Chain::number_of(&name) {
            return (number, Chain::at(number));
        }
        self.chains += 1;
        Chain::write_number(&name, self.chains);
        let chain = Chain { name, locations: vec![], restarts: vec![], term: 0, first_seq: seq, head: 0, newest: 0 };
        (self.chains, chain)
    }

    fn log_mint(&self, token_ids: Vec<String>) {
        let event = serde_json::json!({
            "standard": "nep171",
            "version": "1.0.0",
            "event": "nft_mint",
            "data": [{ "owner_id": self.owner, "token_ids": token_ids }],
        });
        env::log_str(&format!("EVENT_JSON:{event}"));
    }
}

fn bad<T>(sentence: &str) -> T {
    refuse("BAD_ARGUMENTS", sentence)
}

fn parse_extra(text: &str) -> Extra {
    let extra: Extra = serde_json::from_str(text).unwrap_or_else(|error| bad(&format!("token_metadata.extra: {error}")));
    require(extra.v == 1, "BAD_ARGUMENTS", || "token_metadata.extra: expected \"v\":1".into());
    require(extra.seq <= MAX_NUMBER, "BAD_ARGUMENTS", || "token_metadata.extra: expected a seq below 2^53".into());
    require(extra.previous.is_none() == (extra.seq == 0), "BAD_ARGUMENTS", || {
        "token_metadata.extra: expected a previous digest except for seq 0".into()
    });
    extra
}

/// Checks that a batch follows the head of its chain. The first one minted may have any seq.
fn previous_of(chain: &Chain, extra: &Extra) -> Previous {
    let given = extra.previous.as_ref().map(|text| {
        parse_hex(text).unwrap_or_else(|| bad("token_metadata.extra: expected previous as 64 lower-case hex digits"))
    });
    if chain.head == 0 {
        return given.map_or(Previous::None, Previous::Given);
    }
    let head = Record::at(chain.head);
    let next = head.seq + 1;
    require(extra.seq == next, if extra.seq > next { "GAP" } else { "FORK" }, || {
        format!("expected seq {next} of {}, got {}", chain.name.text(), extra.seq)
    });
    require(given == Some(head.header_digest), "FORK", || {
        format!("expected the previous digest {} of {}", hex(&head.header_digest), chain.name.text())
    });
    Previous::Token(chain.head)
}

fn location_number(chain: &mut Chain, location: Location) -> u16 {
    let known = chain.locations.iter().position(|each| *each == location);
    let number = known.unwrap_or(chain.locations.len());
    if known.is_none() {
        require(number < MAX_LOCATIONS, "TOO_MANY", || format!("expected at most {MAX_LOCATIONS} locations of a chain"));
        chain.locations.push(location);
    }
    u16::try_from(number).unwrap()
}

fn operations_of(summary: &BatchSummary) -> Vec<(u8, u32)> {
    let operations = summary.operation_counts.pairs();
    let sum: u64 = operations.iter().map(|(_, count)| u64::from(*count)).sum();
    let is_sound = sum == summary.tx_count && operations.iter().all(|(_, count)| *count > 0);
    require(is_sound && (1..=MAX_CHANGES).contains(&sum), "BAD_ARGUMENTS", || {
        format!("batch_summary: expected operation_counts above 0 that add up to a tx_count of 1 to {MAX_CHANGES}")
    });
    for (name, number) in [("timestamp", summary.timestamp), ("size_bytes", summary.size_bytes)] {
        require(number <= MAX_NUMBER, "BAD_ARGUMENTS", || format!("batch_summary.{name}: expected a number below 2^53"));
    }
    operations
}

/// Refuses texts that the views would not give back.
fn require_equal(batch: &MintArguments, metadata: &TokenMetadata, summary: &BatchSummary) {
    let given = &batch.token_metadata;
    let texts = [
        ("title", &given.title, &metadata.title),
        ("description", &given.description, &metadata.description),
        ("extra", &given.extra, &metadata.extra),
        ("reference", &given.reference, &metadata.reference),
    ];
    for (name, got, expected) in texts {
        require(got == expected, "BAD_METADATA", || format!("token_metadata.{name}: expected {expected}"));
    }
    require(given == metadata, "BAD_METADATA", || "token_metadata: expected null for every other member".into());
    require(&batch.batch_summary == summary, "BAD_METADATA", || {
        "batch_summary: expected table_names with the table of extra, or none for a control chain".into()
    });
}
