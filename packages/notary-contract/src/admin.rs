//! What the owner may do. The owner can be any account, also one that several people sign for.

use crate::chain::{Chain, ChainName, Restart};
use crate::errors::{refuse, require};
use crate::input::arguments;
use crate::record::{Previous, Record};
use crate::state::{Notary, NotaryExt};
use near_sdk::serde::{Deserialize, Deserializer};
use near_sdk::{AccountId, NearToken, env, near, serde_json};

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct AccountArguments {
    account_id: AccountId,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct FloorArguments {
    reserve_floor: NearToken,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct RestartArguments {
    chain: ChainName,
    /// Null where no batch of the chain is good. The member must be there.
    #[serde(deserialize_with = "present")]
    last_good_seq: Option<u64>,
    reason: String,
}

const MAX_REASON: usize = 256;
const MAX_RESTARTS: usize = 64;

#[near]
impl Notary {
    /// Offers the contract to another owner, who must accept it: `{ account_id }`.
    pub fn propose_owner(&mut self) {
        self.require_owner();
        let AccountArguments { account_id } = arguments();
        self.pending_owner = Some(account_id);
    }

    /// Takes the contract over. Only the account that the owner proposed may.
    pub fn accept_owner(&mut self) {
        let caller = env::predecessor_account_id();
        require(self.pending_owner.as_ref() == Some(&caller), "NOT_ALLOWED", || {
            format!("the owner did not propose {caller}")
        });
        self.pending_owner = None;
        log_event("owner_changed", &serde_json::json!({ "old_owner_id": self.owner, "new_owner_id": caller }));
        self.owner = caller;
    }

    /// Lets an account mint: `{ account_id }`.
    pub fn add_minter(&mut self) {
        self.require_owner();
        let AccountArguments { account_id } = arguments();
        self.insert_minter(account_id);
    }

    /// Lets an account mint no more: `{ account_id }`.
    pub fn remove_minter(&mut self) {
        self.require_owner();
        let AccountArguments { account_id } = arguments();
        self.minters.retain(|minter| *minter != account_id);
    }

    /// Stops all minting.
    pub fn pause(&mut self) {
        self.require_owner();
        self.is_paused = true;
    }

    /// Lets minting go on.
    pub fn unpause(&mut self) {
        self.require_owner();
        self.is_paused = false;
    }

    /// Sets what must stay of the balance beyond the storage: `{ reserve_floor: yoctoNEAR }`.
    pub fn set_reserve_floor(&mut self) {
        self.require_owner();
        let FloorArguments { reserve_floor } = arguments();
        self.reserve_floor = reserve_floor.as_yoctonear();
    }

    /// Goes back to a batch of a chain, as when a stolen key minted a false one:
    /// `{ chain, last_good_seq, reason }`. The next batch must follow that one; with null, it may have
    /// any seq. Tokens above it are superseded from now on, and every view says so. Nothing is
    /// overwritten.
    pub fn restart_chain(&mut self) {
        self.require_owner();
        let RestartArguments { chain: name, last_good_seq, reason } = arguments();
        require(!reason.is_empty() && reason.len() <= MAX_REASON, "BAD_ARGUMENTS", || {
            format!("expected a reason of 1 to {MAX_REASON} bytes")
        });
        let number = Chain::number_of(&name);
        require(number.is_some(), "UNKNOWN_CHAIN", || format!("nothing of {} was minted", name.text()));
        let number = number.unwrap_or_default();
        let mut chain = Chain::at(number);
        require(chain.restarts.len() < MAX_RESTARTS, "TOO_MANY", || format!("expected at most {MAX_RESTARTS} restarts"));
        chain.head = last_good_seq.map_or(0, |seq| find(&chain, seq));
        chain.term += 1;
        let restart = Restart {
            term: chain.term,
            last_good_seq,
            reason,
            block_height: env::block_height(),
            block_time: env::block_timestamp(),
        };
        log_event("chain_restarted", &serde_json::json!({ "chain": chain.name, "restart": restart }));
        chain.restarts.push(restart);
        chain.write(number);
    }
}

/// Returns the position of the batch with this seq in the chain as it stands.
fn find(chain: &Chain, seq: u64) -> u32 {
    let mut position = chain.head;
    while position > 0 {
        let record = Record::at(position);
        if record.seq == seq {
            return position;
        }
        position = match record.previous {
            Previous::Token(before) if record.seq > seq => before,
            _ => 0,
        };
    }
    refuse("UNKNOWN_BATCH", &format!("no batch {seq} of {} stands", chain.name.text()))
}

/// By default, serde takes a member that is missing for null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::deserialize(deserializer)
}

pub(crate) fn log_event(event: &str, data: &serde_json::Value) {
    let event = serde_json::json!({ "standard": "etrap", "version": "1.0.0", "event": event, "data": [data] });
    env::log_str(&format!("EVENT_JSON:{event}"));
}
