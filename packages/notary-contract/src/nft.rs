//! The NFT standards: NEP-171 (core), 177 (metadata), 181 (enumeration), 330 (source).

use crate::batch_id::BatchId;
use crate::chain::Chain;
use crate::errors::refuse;
use crate::input::arguments;
use crate::record::Record;
use crate::state::{Notary, NotaryExt};
use crate::token::Token;
use near_sdk::serde::Deserialize;
use near_sdk::serde_json::{Value, json};
use near_sdk::{AccountId, near};

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde")]
struct TokenArguments {
    token_id: String,
}

#[derive(Deserialize)]
#[serde(crate = "near_sdk::serde")]
struct PageArguments {
    #[serde(default)]
    account_id: Option<AccountId>,
    #[serde(default)]
    from_index: Option<String>,
    #[serde(default)]
    limit: Option<u64>,
}

/// The largest page, which a view can make with the gas that nodes give it.
pub(crate) const MAX_PAGE: u32 = 100;
const DEFAULT_PAGE: u64 = 50;

#[near]
impl Notary {
    /// Refuses: a certificate is not for sale.
    #[payable]
    pub fn nft_transfer(&mut self) {
        refuse("SOULBOUND", "tokens of this contract certify the owner's batches and cannot be transferred")
    }

    /// Refuses, as `nft_transfer` does.
    #[payable]
    pub fn nft_transfer_call(&mut self) {
        self.nft_transfer()
    }

    /// Returns a token, or null.
    pub fn nft_token(&self) -> Option<Token> {
        let TokenArguments { token_id } = arguments();
        let position = Record::position_of(&BatchId::try_parse(&token_id)?)?;
        Some(self.token_at(position))
    }

    /// Returns the number of tokens, as text.
    pub fn nft_total_supply(&self) -> String {
        self.tokens.to_string()
    }

    /// Returns a page of tokens in the order of their minting: `{ from_index?, limit? }`.
    pub fn nft_tokens(&self) -> Vec<Token> {
        self.page(arguments())
    }

    /// Returns the number of an account's tokens, as text. All belong to the owner.
    pub fn nft_supply_for_owner(&self) -> String {
        let PageArguments { account_id, .. } = arguments();
        if account_id.as_ref() == Some(&self.owner) { self.tokens.to_string() } else { "0".into() }
    }

    /// Returns a page of an account's tokens: `{ account_id, from_index?, limit? }`.
    pub fn nft_tokens_for_owner(&self) -> Vec<Token> {
        let page: PageArguments = arguments();
        if page.account_id.as_ref() == Some(&self.owner) { self.page(page) } else { vec![] }
    }

    /// Returns the metadata of the contract.
    pub fn nft_metadata(&self) -> Value {
        json!({
            "spec": "nft-1.0.0",
            "name": format!("ETRAP {}", self.organization),
            "symbol": "ETRAP",
            "icon": null,
            "base_uri": null,
            "reference": null,
            "reference_hash": null,
        })
    }
}

impl Notary {
    pub(crate) fn token_at(&self, position: u32) -> Token {
        let record = Record::at(position);
        Token::of(&record, &Chain::at(record.chain), &self.owner)
    }

    fn page(&self, PageArguments { from_index, limit, .. }: PageArguments) -> Vec<Token> {
        let from = from_index.map_or(Ok(0), |text| text.parse::<u128>());
        let Ok(from) = from else { refuse("BAD_ARGUMENTS", "from_index: expected a whole number as text") };
        let from = u32::try_from(from).unwrap_or(u32::MAX).min(self.tokens);
        let end = from.saturating_add(page_size(limit)).min(self.tokens);
        (from..end).map(|index| self.token_at(index + 1)).collect()
    }
}

/// Returns the size of a page: at most `MAX_PAGE`.
pub(crate) fn page_size(limit: Option<u64>) -> u32 {
    u32::try_from(limit.unwrap_or(DEFAULT_PAGE)).unwrap_or(u32::MAX).min(MAX_PAGE)
}
