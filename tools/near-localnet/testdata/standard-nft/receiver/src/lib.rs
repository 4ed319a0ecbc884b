//! A receiver of `nft_transfer_call`. The message says whether it keeps the token, returns it,
//! panics, or asks itself in a further call.

use near_contract_standards::non_fungible_token::core::NonFungibleTokenReceiver;
use near_sdk::serde_json::json;
use near_sdk::{AccountId, Gas, NearToken, Promise, PromiseOrValue, env, near};

#[derive(Default)]
#[near(contract_state)]
pub struct Receiver {}

#[near]
impl NonFungibleTokenReceiver for Receiver {
    fn nft_on_transfer(
        &mut self,
        sender_id: AccountId,
        previous_owner_id: AccountId,
        token_id: String,
        msg: String,
    ) -> PromiseOrValue<bool> {
        env::log_str(&format!("{token_id} from {previous_owner_id} by {sender_id}"));
        match msg.as_str() {
            "keep" => PromiseOrValue::Value(false),
            "return" => PromiseOrValue::Value(true),
            "ask" => Promise::new(env::current_account_id())
                .function_call(
                    "answer".to_string(),
                    json!({ "is_returned": true }).to_string().into_bytes(),
                    NearToken::from_near(0),
                    Gas::from_tgas(5),
                )
                .into(),
            _ => env::panic_str("the message is keep, return or ask"),
        }
    }
}

#[near]
impl Receiver {
    pub fn answer(&self, is_returned: bool) -> bool {
        is_returned
    }
}
