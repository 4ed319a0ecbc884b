//! The state that every call reads: small, and without anything that grows with the batches.

use crate::errors::{refuse, require};
use crate::input::arguments;
use crate::record::key;
use near_sdk::serde::Deserialize;
use near_sdk::{AccountId, NearToken, PanicOnDefault, env, near};

/// A change of the code that the owner proposed.
#[near(serializers = [borsh])]
#[derive(Clone)]
pub struct Proposal {
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// Nanoseconds since 1970, before which it is refused.
    pub ready_at: u64,
}

/// The contract. `contract_source_metadata` (NEP-330) says where its source is.
#[near(
    contract_state,
    contract_metadata(
        link = "https://github.com/etrap/etrap/tree/main/packages/notary-contract",
        standard(standard = "nep171", version = "1.0.0"),
        standard(standard = "nep177", version = "1.0.0"),
        standard(standard = "nep181", version = "1.0.0"),
        standard(standard = "nep297", version = "1.0.0"),
    )
)]
#[derive(PanicOnDefault)]
pub struct Notary {
    pub(crate) organization: String,
    pub(crate) owner: AccountId,
    pub(crate) pending_owner: Option<AccountId>,
    pub(crate) minters: Vec<AccountId>,
    pub(crate) is_paused: bool,
    /// What must stay of the balance beyond the storage, in yoctoNEAR.
    pub(crate) reserve_floor: u128,
    /// The number of tokens, and the position of the newest.
    pub(crate) tokens: u32,
    pub(crate) chains: u32,
    pub(crate) transactions: u64,
    pub(crate) upgrade_delay_hours: u32,
    pub(crate) proposal: Option<Proposal>,
    pub(crate) is_locked: bool,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde", deny_unknown_fields)]
struct NewArguments {
    organization: String,
    owner_id: AccountId,
    minters: Vec<AccountId>,
    #[serde(default)]
    reserve_floor: Option<NearToken>,
    #[serde(default)]
    upgrade_delay_hours: Option<u32>,
}

const MAX_ORGANIZATION: usize = 64;
pub(crate) const MAX_MINTERS: usize = 32;
const DEFAULT_DELAY_HOURS: u32 = 168;
const DELAY_HOURS: std::ops::RangeInclusive<u32> = 24..=8_760;
/// About a thousand batches, so that somebody has time to add funds.
const DEFAULT_FLOOR: NearToken = NearToken::from_near(1);

#[near]
impl Notary {
    /// Sets the contract up. Only the contract's own account may call it, and only once:
    /// `{ organization, owner_id, minters, reserve_floor?, upgrade_delay_hours? }`.
    #[init]
    pub fn new() -> Self {
        let NewArguments { organization, owner_id, minters, reserve_floor, upgrade_delay_hours } = arguments();
        require(env::predecessor_account_id() == env::current_account_id(), "NOT_ALLOWED", || {
            "expected the contract's own account to call new".into()
        });
        let is_named = !organization.is_empty() && organization.len() <= MAX_ORGANIZATION;
        require(is_named, "BAD_ARGUMENTS", || format!("expected an organization of 1 to {MAX_ORGANIZATION} bytes"));
        let delay = upgrade_delay_hours.unwrap_or(DEFAULT_DELAY_HOURS);
        require(DELAY_HOURS.contains(&delay), "BAD_ARGUMENTS", || {
            "expected an upgrade_delay_hours of 24 to 8760".into()
        });
        let mut notary = Self {
            organization,
            owner: owner_id,
            pending_owner: None,
            minters: vec![],
            is_paused: false,
            reserve_floor: reserve_floor.unwrap_or(DEFAULT_FLOOR).as_yoctonear(),
            tokens: 0,
            chains: 0,
            transactions: 0,
            upgrade_delay_hours: delay,
            proposal: None,
            is_locked: false,
        };
        for minter in minters {
            notary.insert_minter(minter);
        }
        notary
    }
}

impl Notary {
    /// Refuses everybody but the owner.
    pub(crate) fn require_owner(&self) {
        require(env::predecessor_account_id() == self.owner, "NOT_ALLOWED", || {
            format!("expected the owner {} to call this", self.owner)
        });
    }

    pub(crate) fn insert_minter(&mut self, account: AccountId) {
        if self.minters.contains(&account) {
            return;
        }
        require(self.minters.len() < MAX_MINTERS, "TOO_MANY", || format!("expected at most {MAX_MINTERS} minters"));
        self.minters.push(account);
    }

    /// Refuses to mint once the balance, beyond what the storage needs, is below the floor.
    pub(crate) fn require_reserve(&self) {
        let balance = env::account_balance().as_yoctonear();
        let needed = u128::from(env::storage_usage()) * env::storage_byte_cost().as_yoctonear();
        let free = balance.saturating_sub(needed);
        if free < self.reserve_floor {
            let missing = self.reserve_floor - free;
            refuse("RESERVE", &format!("the contract's balance is {missing} yoctoNEAR below its reserve; add funds"));
        }
    }

    /// Returns the position of the newest token of a database, 0 for none.
    pub(crate) fn newest_of(database: &str) -> u32 {
        let bytes = env::storage_read(&database_key(database));
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
    }

    pub(crate) fn set_newest_of(database: &str, position: u32) {
        env::storage_write(&database_key(database), &position.to_be_bytes());
    }
}

fn database_key(database: &str) -> Vec<u8> {
    key(b'D', &env::sha256_array(database)[..16])
}
