//! Runs the scenarios on the contract's code itself, without WebAssembly: what a debugger can step
//! through. Results, logs, refusals and storage must be those of the network's VM.

use etrap_notary::Notary;
use near_sdk::mock::with_mocked_blockchain;
use near_sdk::serde::Serialize;
use near_sdk::serde_json::{self, Value};
use near_sdk::test_utils::{VMContextBuilder, get_logs};
use near_sdk::{MockedBlockchain, NearToken, env};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

fn text<T: Serialize>(value: T) -> Option<String> {
    Some(serde_json::to_string(&value).unwrap())
}

fn read() -> Notary {
    env::state_read().unwrap_or_else(|| panic!("The contract is not initialized"))
}

/// Calls a method that changes the state.
fn change<T>(act: impl FnOnce(&mut Notary) -> T) -> T {
    let mut notary = read();
    let returned = act(&mut notary);
    env::state_write(&notary);
    returned
}

/// Does what the network does for an exported method, but for checks of deposits.
fn call(method: &str) -> Option<String> {
    match method {
        "new" => {
            assert!(!env::state_exists(), "The contract has already been initialized");
            env::state_write(&Notary::new());
            None
        }
        "mint_batch" => text(change(Notary::mint_batch)),
        "mint_batches" => text(change(Notary::mint_batches)),
        "nft_transfer" => { change(Notary::nft_transfer); None }
        "nft_transfer_call" => { change(Notary::nft_transfer_call); None }
        "propose_owner" => { change(Notary::propose_owner); None }
        "accept_owner" => { change(Notary::accept_owner); None }
        "add_minter" => { change(Notary::add_minter); None }
        "remove_minter" => { change(Notary::remove_minter); None }
        "pause" => { change(Notary::pause); None }
        "unpause" => { change(Notary::unpause); None }
        "set_reserve_floor" => { change(Notary::set_reserve_floor); None }
        "restart_chain" => { change(Notary::restart_chain); None }
        "propose_upgrade" => { change(Notary::propose_upgrade); None }
        "cancel_upgrade" => { change(Notary::cancel_upgrade); None }
        "upgrade" => { change(Notary::upgrade); None }
        "lock_upgrades" => { change(Notary::lock_upgrades); None }
        "nft_token" => text(read().nft_token()),
        "nft_total_supply" => text(read().nft_total_supply()),
        "nft_tokens" => text(read().nft_tokens()),
        "nft_supply_for_owner" => text(read().nft_supply_for_owner()),
        "nft_tokens_for_owner" => text(read().nft_tokens_for_owner()),
        "nft_metadata" => text(read().nft_metadata()),
        "get_batch_summary" => text(read().get_batch_summary()),
        "get_recent_batches" => text(read().get_recent_batches()),
        "get_batches_by_database" => text(read().get_batches_by_database()),
        "get_batches_by_table" => text(read().get_batches_by_table()),
        "get_batches_by_time_range" => text(read().get_batches_by_time_range()),
        "get_chain_head" => text(read().get_chain_head()),
        "get_batch_stats" => text(read().get_batch_stats()),
        "get_settings" => text(read().get_settings()),
        other => panic!("the scenarios call {other}, which this test does not know"),
    }
}

/// Returns the words of a refusal.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
    // The mock says which error of the VM it was.
    let inner = text.split_once("panic_msg: \"").and_then(|(_, rest)| rest.rsplit_once('"')).map(|(inner, _)| inner.to_owned());
    inner.map_or(text, |inner| serde_json::from_str(&format!("\"{inner}\"")).unwrap())
}

#[test]
fn every_step_does_what_the_scenarios_say() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut count = 0;
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut storage = std::collections::HashMap::new();
        let mut usage: u64 = 1_000;
        let steps: Vec<Value> = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for (index, step) in steps.iter().enumerate() {
            let member = |name: &str, default: &str| step[name].as_str().unwrap_or(default).to_owned();
            let method = member("method", "");
            // The checks of deposits and the source are made by the SDK, in WebAssembly alone.
            if method == "contract_source_metadata" || (method == "mint_batch" && step["deposit"].is_string()) {
                continue;
            }
            let caller = member("by", "owner.near").parse().unwrap();
            let mut context = VMContextBuilder::new();
            context
                .current_account_id("notary.acme.near".parse().unwrap())
                .signer_account_id(member("by", "owner.near").parse().unwrap())
                .predecessor_account_id(caller)
                .block_height(step["height"].as_u64().unwrap())
                .block_timestamp(member("timestamp", "0").parse().unwrap())
                .account_balance(NearToken::from_yoctonear(member("balance", "10000000000000000000000000").parse().unwrap()))
                .attached_deposit(NearToken::from_yoctonear(member("deposit", "0").parse().unwrap()))
                .prepaid_gas(near_sdk::Gas::from_tgas(300))
                .storage_usage(usage);
            let mut built = context.build();
            built.input = step["args"].to_string().into_bytes().into();
            // A refusal takes back what was written, so each step begins from what was kept.
            env::set_blockchain_interface(MockedBlockchain::new(
                built,
                near_sdk::test_vm_config(),
                near_sdk::RuntimeFeesConfig::test(),
                vec![],
                storage.clone(),
                Default::default(),
                None,
            ));
            let outcome = catch_unwind(AssertUnwindSafe(|| call(&method)));
            let place = format!("{}: step {index}: {method}", file.display());
            match outcome {
                Ok(returned) => {
                    assert_eq!(returned.as_deref(), step["expect"]["returned"].as_str(), "{place}");
                    assert_eq!(step["expect"]["failure"], Value::Null, "{place}");
                    let logs: Vec<&str> = step["expect"]["logs"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                    assert_eq!(get_logs(), logs, "{place}");
                    usage = env::storage_usage();
                    storage = with_mocked_blockchain(|chain| chain.take_storage());
                }
                Err(panic) => {
                    let expected = step["expect"]["failure"].as_str().unwrap_or_default();
                    assert_eq!(format!("Smart contract panicked: {}", words(&*panic)), expected, "{place}");
                }
            }
            assert_eq!(usage, step["expect"]["storageUsage"].as_u64().unwrap(), "{place}");
            count += 1;
        }
    }
    assert!(count > 50, "expected scenarios with more than 50 steps, got {count}");
}
