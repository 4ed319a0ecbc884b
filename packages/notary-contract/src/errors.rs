//! Refusals. Each message is `ERR_CODE: sentence`. The codes are stable: the agent tells causes
//! apart by them.

use near_sdk::env;

/// Ends the call, and takes back everything that it wrote.
pub fn refuse(code: &str, sentence: &str) -> ! {
    env::panic_str(&format!("ERR_{code}: {sentence}"))
}

/// Ends the call unless `condition` holds.
pub fn require(condition: bool, code: &str, sentence: impl FnOnce() -> String) {
    if !condition {
        refuse(code, &sentence());
    }
}
