//! Arguments. Unknown and duplicate members are refused, so that a caller who misspells one learns it.

use crate::errors::refuse;
use near_sdk::env;
use near_sdk::serde::de::DeserializeOwned;
use near_sdk::serde_json;

/// The largest arguments, in bytes. A full `mint_batches` has about 150 KB.
const MAX_INPUT: usize = 1 << 19;

/// Parses the arguments of the call.
pub fn arguments<T: DeserializeOwned>() -> T {
    let input = env::input().unwrap_or_default();
    if input.len() > MAX_INPUT {
        refuse("TOO_LARGE", &format!("expected at most {MAX_INPUT} bytes of arguments, got {}", input.len()));
    }
    let text: &[u8] = if input.is_empty() { b"{}" } else { &input };
    match serde_json::from_slice(text) {
        Ok(parsed) => parsed,
        Err(error) => refuse("BAD_ARGUMENTS", &error.to_string()),
    }
}
