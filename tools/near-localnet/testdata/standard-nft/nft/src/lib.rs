//! The NFT of near-contract-standards with core, approval, enumeration and metadata.

use near_contract_standards::non_fungible_token::metadata::{
    NFT_METADATA_SPEC, NFTContractMetadata, NonFungibleTokenMetadataProvider, TokenMetadata,
};
use near_contract_standards::non_fungible_token::{NonFungibleToken, Token, TokenId};
use near_sdk::collections::LazyOption;
use near_sdk::{AccountId, BorshStorageKey, PanicOnDefault, Promise, PromiseOrValue, env, near, require};

#[derive(PanicOnDefault)]
#[near(contract_state)]
pub struct Contract {
    tokens: NonFungibleToken,
    metadata: LazyOption<NFTContractMetadata>,
}

#[derive(BorshStorageKey)]
#[near]
enum Prefix {
    Tokens,
    Metadata,
    TokenMetadata,
    Enumeration,
    Approval,
}

#[near]
impl Contract {
    #[init]
    pub fn new(owner_id: AccountId) -> Self {
        let metadata = NFTContractMetadata {
            spec: NFT_METADATA_SPEC.to_string(),
            name: "Standard".to_string(),
            symbol: "STD".to_string(),
            icon: None,
            base_uri: None,
            reference: None,
            reference_hash: None,
        };
        Self {
            tokens: NonFungibleToken::new(
                Prefix::Tokens,
                owner_id,
                Some(Prefix::TokenMetadata),
                Some(Prefix::Enumeration),
                Some(Prefix::Approval),
            ),
            metadata: LazyOption::new(Prefix::Metadata, Some(&metadata)),
        }
    }

    #[payable]
    pub fn nft_mint(&mut self, token_id: TokenId, receiver_id: AccountId, token_metadata: TokenMetadata) -> Token {
        require!(env::predecessor_account_id() == self.tokens.owner_id, "Unauthorized");
        self.tokens.internal_mint(token_id, receiver_id, Some(token_metadata))
    }

    /// Mints without a deposit, so that a function-call key may do it. The contract pays the storage.
    pub fn nft_mint_free(&mut self, token_id: TokenId, receiver_id: AccountId, token_metadata: TokenMetadata) -> Token {
        require!(env::predecessor_account_id() == self.tokens.owner_id, "Unauthorized");
        self.tokens.internal_mint_with_refund(token_id, receiver_id, Some(token_metadata), None)
    }
}

near_contract_standards::impl_non_fungible_token_core!(Contract, tokens);
near_contract_standards::impl_non_fungible_token_approval!(Contract, tokens);
near_contract_standards::impl_non_fungible_token_enumeration!(Contract, tokens);

#[near]
impl NonFungibleTokenMetadataProvider for Contract {
    fn nft_metadata(&self) -> NFTContractMetadata {
        self.metadata.get().expect("set by new")
    }
}
