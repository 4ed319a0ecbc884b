//! Changes of the code: after a delay that everybody can see, or never again.

use crate::admin::log_event;
use crate::errors::{refuse, require};
use crate::input::arguments;
use crate::record::{hex, parse_hex};
use crate::state::{Notary, NotaryExt, Proposal};
use near_sdk::serde::Deserialize;
use near_sdk::{env, near, serde_json};

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct ProposalArguments {
    code_hash: String,
}

const HOUR_NS: u64 = 3_600_000_000_000;

#[near]
impl Notary {
    /// Announces a change of the code: `{ code_hash }`, the SHA-256 of the new code as hex.
    pub fn propose_upgrade(&mut self) {
        self.require_upgradable();
        let ProposalArguments { code_hash } = arguments();
        let Some(hash) = parse_hex(&code_hash) else {
            refuse("BAD_ARGUMENTS", "code_hash: expected 64 lower-case hex digits")
        };
        let ready_at = env::block_timestamp() + u64::from(self.upgrade_delay_hours) * HOUR_NS;
        self.proposal = Some(Proposal { code_hash: hash, ready_at });
        log_event("upgrade_proposed", &serde_json::json!({ "code_hash": code_hash, "ready_at": ready_at.to_string() }));
    }

    /// Takes the announcement back.
    pub fn cancel_upgrade(&mut self) {
        self.require_owner();
        self.proposal = None;
    }

    /// Changes the code to the bytes that are the argument, once the delay is over.
    pub fn upgrade(&mut self) {
        self.require_upgradable();
        let code = env::input().unwrap_or_default();
        let Some(Proposal { code_hash, ready_at }) = self.proposal.clone() else {
            refuse("NOT_PROPOSED", "expected propose_upgrade first")
        };
        require(env::block_timestamp() >= ready_at, "TOO_EARLY", || format!("expected to wait until {ready_at} ns since 1970"));
        let hash = env::sha256_array(&code);
        require(hash == code_hash, "OTHER_CODE", || format!("expected code with the hash {}", hex(&code_hash)));
        self.proposal = None;
        log_event("upgraded", &serde_json::json!({ "code_hash": hex(&hash) }));
        // Promise would link functions that older networks do not have.
        let promise = env::promise_batch_create(&env::current_account_id());
        env::promise_batch_action_deploy_contract(promise, &code);
    }

    /// Refuses every change of the code from now on, for ever.
    pub fn lock_upgrades(&mut self) {
        self.require_owner();
        self.is_locked = true;
        self.proposal = None;
        log_event("upgrades_locked", &serde_json::json!({}));
    }
}

impl Notary {
    fn require_upgradable(&self) {
        self.require_owner();
        require(!self.is_locked, "LOCKED", || "the owner locked upgrades for ever".into());
    }
}
