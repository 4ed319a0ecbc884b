//! Runs the scenarios on the VM of the network, on the module that is published.
//!
//! With `UPDATE_SCENARIOS=1`, writes what came of each step as what must come of it. Read the
//! differences before you commit them.

use near_parameters::RuntimeConfigStore;
use near_primitives_core::account::AccountContract;
use near_primitives_core::config::ViewConfig;
use near_primitives_core::hash::CryptoHash;
use near_primitives_core::types::{Balance, Gas};
use near_primitives_core::version::PROTOCOL_VERSION;
use near_sdk::serde_json::{self, Value, json};
use near_vm_runner::logic::mocks::mock_external::MockedExternal;
use near_vm_runner::logic::{ReturnData, VMContext};
use near_vm_runner::{ContractCode, MockContractRuntimeCache};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CONTRACT: &str = "notary.acme.near";

struct Code(Arc<ContractCode>);

impl near_vm_runner::Contract for Code {
    fn hash(&self) -> CryptoHash {
        *self.0.hash()
    }
    fn get_code(&self) -> Option<Arc<ContractCode>> {
        Some(self.0.clone())
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs steps one after another, and returns what came of each.
fn run(code: &Arc<ContractCode>, cache: &MockContractRuntimeCache, steps: &[Value]) -> Vec<Value> {
    let store = RuntimeConfigStore::new(None);
    let config = store.get_config(PROTOCOL_VERSION);
    let wasm = Arc::new(near_parameters::vm::Config {
        vm_kind: config.wasm_config.vm_kind.replace_with_wasmtime_if_unsupported(),
        ..near_parameters::vm::Config::clone(&config.wasm_config)
    });
    let mut external = MockedExternal::default();
    let mut usage: u64 = 1_000;
    let mut outcomes = vec![];
    for step in steps {
        let text = |name: &str, default: &str| step[name].as_str().unwrap_or(default).to_owned();
        let is_view = step["view"].as_bool().unwrap_or(false);
        let caller = text("by", "owner.near");
        let context = VMContext {
            current_account_id: CONTRACT.parse().unwrap(),
            signer_account_id: caller.parse().unwrap(),
            signer_account_pk: [vec![0], vec![7; 32]].concat(),
            predecessor_account_id: caller.parse().unwrap(),
            refund_to_account_id: caller.parse().unwrap(),
            input: std::rc::Rc::from(step["args"].to_string().into_bytes()),
            promise_results: Vec::new().into(),
            block_height: step["height"].as_u64().unwrap_or(12),
            block_timestamp: text("timestamp", "34").parse().unwrap(),
            epoch_height: 5,
            account_balance: Balance::from_yoctonear(text("balance", "10000000000000000000000000").parse().unwrap()),
            account_locked_balance: Balance::ZERO,
            storage_usage: usage,
            account_contract: AccountContract::Local(*code.hash()),
            attached_deposit: Balance::from_yoctonear(text("deposit", "0").parse().unwrap()),
            prepaid_gas: Gas::from_teragas(step["tgas"].as_u64().unwrap_or(100)),
            random_seed: vec![6; 32],
            view_config: is_view.then(|| ViewConfig { max_gas_burnt: Gas::from_teragas(300) }),
            output_data_receivers: vec![],
        };
        let before = external.fake_trie.clone();
        let counter = context.make_gas_counter(&wasm);
        let method = text("method", "");
        let prepared = near_vm_runner::prepare(&Code(code.clone()), wasm.clone(), Some(cache), counter, &method);
        let outcome = near_vm_runner::run(prepared, &mut external, &context, config.fees.clone()).unwrap();
        if outcome.aborted.is_some() {
            external.fake_trie = before;
        } else if !is_view {
            usage = outcome.storage_usage;
        }
        let returned = match (&outcome.aborted, &outcome.return_data) {
            (None, ReturnData::Value(value)) => json!(String::from_utf8_lossy(value)),
            (None, ReturnData::ReceiptIndex(index)) => json!({ "promise": index }),
            _ => Value::Null,
        };
        outcomes.push(json!({
            "returned": returned,
            "logs": outcome.logs,
            "failure": outcome.aborted.as_ref().map(ToString::to_string),
            "storageUsage": usage,
            "burntGas": outcome.burnt_gas.as_gas(),
        }));
    }
    outcomes
}

#[test]
fn every_step_does_what_the_scenarios_say() {
    let code = Arc::new(ContractCode::new(std::fs::read(folder("res/notary.wasm")).unwrap(), None));
    let cache = MockContractRuntimeCache::default();
    let is_update = std::env::var_os("UPDATE_SCENARIOS").is_some();
    let mut count = 0;
    for entry in std::fs::read_dir(folder("scenarios")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut steps: Vec<Value> = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let outcomes = run(&code, &cache, &steps);
        for (index, (step, outcome)) in steps.iter_mut().zip(outcomes).enumerate() {
            if is_update {
                step["expect"] = outcome;
            } else {
                assert_eq!(outcome, step["expect"], "{}: step {index}: {}", file.display(), step["method"]);
            }
            count += 1;
        }
        if is_update {
            std::fs::write(&file, serde_json::to_string_pretty(&steps).unwrap() + "\n").unwrap();
        }
    }
    assert!(count > 50, "expected scenarios with more than 50 steps, got {count}");
}

fn scenario(name: &str) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(folder("scenarios").join(name)).unwrap()).unwrap()
}

fn module() -> Arc<ContractCode> {
    Arc::new(ContractCode::new(std::fs::read(folder("res/notary.wasm")).unwrap(), None))
}

#[test]
fn a_batch_takes_at_most_400_bytes_of_storage() {
    let steps = scenario("life.json");
    let usage = |step: &Value| step["expect"]["storageUsage"].as_u64().unwrap();
    let costs: Vec<u64> = steps
        .windows(2)
        .filter(|pair| pair[1]["method"] == "mint_batch" && pair[1]["expect"]["failure"].is_null())
        .map(|pair| usage(&pair[1]) - usage(&pair[0]))
        .filter(|cost| *cost > 0)
        .collect();
    // The first of a chain pays for its names and its location too.
    assert!(costs.len() > 5 && costs.iter().filter(|cost| **cost <= 400).count() >= 5, "{costs:?}");
}

#[test]
fn arguments_of_a_megabyte_are_refused() {
    let mut steps = scenario("life.json");
    let mint = steps.iter().position(|step| step["method"] == "mint_batch").unwrap();
    steps.truncate(mint + 1);
    steps[mint]["args"]["token_metadata"]["title"] = json!("x".repeat(1_000_000));
    let outcomes = run(&module(), &MockContractRuntimeCache::default(), &steps);
    let failure = outcomes[mint]["failure"].as_str().unwrap();
    assert!(failure.starts_with("Smart contract panicked: ERR_TOO_LARGE: expected at most 524288 bytes"), "{failure}");
}

#[test]
fn the_module_imports_what_every_network_has() {
    // A new function of the SDK, such as those of near_sdk::Promise, makes every call fail on a
    // network that does not have it yet.
    let wasm = std::fs::read(folder("res/notary.wasm")).unwrap();
    let names = [
        "sha256", "read_register", "value_return", "register_len", "storage_read", "storage_usage", "storage_write",
        "storage_has_key", "promise_batch_create", "promise_batch_action_deploy_contract", "log_utf8", "input",
        "panic_utf8", "block_index", "block_timestamp", "attached_deposit", "account_balance",
        "current_account_id", "predecessor_account_id", "storage_remove",
    ];
    let imports = imports_of(&wasm);
    let unknown: Vec<_> = imports.iter().filter(|name| !names.contains(&name.as_str())).collect();
    assert!(!imports.is_empty() && unknown.is_empty(), "{unknown:?} of {imports:?}");
}

/// Returns the names in the import section of a module.
fn imports_of(wasm: &[u8]) -> Vec<String> {
    let mut at = 8;
    let number = |at: &mut usize| {
        let (mut value, mut shift) = (0usize, 0);
        loop {
            let byte = wasm[*at];
            *at += 1;
            value |= usize::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return value;
            }
        }
    };
    while at < wasm.len() {
        let section = wasm[at];
        at += 1;
        let size = number(&mut at);
        if section != 2 {
            at += size;
            continue;
        }
        let count = number(&mut at);
        return (0..count)
            .map(|_| {
                let module = number(&mut at);
                at += module;
                let length = number(&mut at);
                let name = String::from_utf8_lossy(&wasm[at..at + length]).into_owned();
                at += length;
                assert_eq!(wasm[at], 0, "{name}: expected an import of a function");
                at += 1;
                number(&mut at);
                name
            })
            .collect();
    }
    vec![]
}
