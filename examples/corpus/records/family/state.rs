//! Tails of the suites about state: modules, optimizers, snapshots, backward steps.

use super::super::draw::mix;
use super::super::line::Line;
use super::super::number::{Computed, List, Texts, Thousandths};
use super::super::scenario::Scenario;
use super::Facts;
use super::tensor::title;

const LAYERS: [&str; 8] = [
    "encoder.weight",
    "encoder.bias",
    "decoder.weight",
    "decoder.bias",
    "norm.gain",
    "norm.running_mean",
    "head.weight",
    "head.bias",
];

/// Buffers and hooks of modules.
pub(super) fn module(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let from = (facts.inputs % 5) as usize;
    let keys = &LAYERS[from..from + 1 + (facts.inputs >> 8) as usize % 3];
    line.raw("actual_state_keys", Texts(keys));
    line.raw("assign_flag", false);
    line.raw("contract_ids", "[\"MODULE-STATE-006\",\"MODULE-HOOKS-007\"]");
    line.raw("contract_ok", !facts.failing);
    line.raw("detail_ok", !facts.failing);
    line.raw("expectation_ok", !facts.failing);
    line.raw("expected_state_keys", Texts(keys));
    line.raw("hook_trace", "[\"state_pre_hook\",\"state_post_hook\",\"load_pre_hook\",\"load_post_hook\"]");
    line.raw("incompatible_shapes", "[]");
    line.raw("missing_keys", if facts.failing { Texts(keys) } else { Texts(&[]) });
    line.text("module_path", "root");
    line.raw("norms", List(&[1].map(|n| Computed(mix(facts.inputs, n)))));
    line.text("operation", scenario.op);
    line.raw("parameter_keys", Texts(&LAYERS[..2]));
    line.raw("prefix_applied", facts.inputs >> 7 & 1 == 1);
    line.raw("state_key", "null");
    line.raw("strict_flag", scenario.mode == "strict");
    line.raw("training_flag_transition", "[true,false]");
    line.raw("unexpected_keys", "[]");
}

/// Steps of optimizers.
pub(super) fn optimizer(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let (op, ts) = (scenario.op, facts.ts_unix_ms);
    let mode = title(scenario.mode);
    let start = facts.inputs % 64;
    let initial = Thousandths(250 * i64::from((start) as u8));
    let actual = [Computed(mix(facts.inputs, 1)), Computed(mix(facts.inputs, 2))];
    line.raw("beta1", if op.starts_with("adam") { "0.9" } else { "null" });
    line.raw("beta2", if op.starts_with("adam") { "0.999" } else { "null" });
    line.raw("contract_ids", "[\"OPTIM-STEP-001\"]");
    line.raw("eps", "1e-8");
    line.raw("lr", Thousandths(1 + i64::from((facts.inputs >> 9 & 0x7f) as u8)));
    line.raw("momentum", "0.0");
    line.text("optimizer", op);
    line.raw("parameter_actual_values", format_args!("[[{},{}]]", actual[0], actual[1]));
    line.raw("parameter_grads", format_args!("[[{},8.0]]", Computed(mix(facts.inputs, 3))));
    line.raw("parameter_initial_values", format_args!("[[{initial},{initial}]]"));
    line.raw("parameter_shapes", "[[2]]");
    line.raw("pass", !facts.failing);
    line.raw(
        "runtime_evidence",
        format_args!(
            "{{\"entries\":[{{\"kind\":\"policy\",\"summary\":\"mode set to {mode}\",\
             \"ts_unix_ms\":{ts}}},{{\"kind\":\"dispatch\",\"summary\":\"op=mul \
             out=2 kernel=autograd_cpu::mul_tensor\",\"ts_unix_ms\":{ts}\
             }},{{\"kind\":\"backward\",\"summary\":\"steps=3 \
             max_queue=2\",\"ts_unix_ms\":{ts}}}],\"kind_counts\":{{\"backward\":1,\"dispatch\":1,\
             \"policy\":1}},\"total_entries\":3}}",
        ),
    );
    line.raw("strict_flag", scenario.mode == "strict");
    line.raw("weight_decay", "0.0");
}

/// Snapshots written and read.
pub(super) fn snapshot(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let (op, ts) = (scenario.op, facts.ts_unix_ms);
    let mode = title(scenario.mode);
    let size = 512 + facts.inputs % 64 * 1024;
    let expects_error = op != "roundtrip";
    line.raw("bytes_read", size);
    line.raw("bytes_written", size);
    line.raw("contract_ids", "[\"SNAPSHOT-ROUNDTRIP-001\",\"SNAPSHOT-DURABLE-002\"]");
    line.raw("expected_decode_error", expects_error);
    if expects_error {
        line.text(
            "decode_error_message",
            format_args!("invalid json: expected value at line 1 column {}", facts.inputs >> 61),
        );
    }
    line.text("payload_mutation", op);
    line.raw(
        "repair",
        format_args!(
            "{{\"symbols\":{{\"source\":{},\"repair\":{}}},\"block_bytes\":1024,\"stages\":[[0,1],[1,2],[2,3]]}}",
            size / 1024 + 1,
            1 + facts.noise % 4
        ),
    );
    line.raw(
        "runtime_evidence",
        format_args!(
            "{{\"entries\":[{{\"kind\":\"policy\",\"summary\":\"mode set to {mode}\",\
             \"ts_unix_ms\":{ts}}},{{\"kind\":\"durability\",\"summary\":\"snapshot {op} \
             mode={mode} bytes={size}\",\"ts_unix_ms\":{ts}}}],\"kind_counts\":\
             {{\"durability\":1,\"policy\":1}},\"total_entries\":2}}",
        ),
    );
    line.raw("trailing_bytes", 0);
}

/// The order of backward steps.
pub(super) fn backward(line: &mut Line<'_>, _scenario: &Scenario, facts: &Facts) {
    let nodes = 4 + facts.inputs % 8;
    let order: Vec<u64> = (0..nodes).rev().collect();
    let snapshot: Vec<u64> = (0..nodes).map(|n| facts.inputs >> (n * 3) & 1).collect();
    let ts = facts.ts_unix_ms;
    line.raw("contract_ids", "[\"BACKWARD-ORDER-001\",\"BACKWARD-GUARD-003\"]");
    line.raw("dependency_snapshot", List(&snapshot));
    line.raw("execution_order", List(&order));
    line.raw("gradients", List(&[1].map(|n| Computed(mix(facts.inputs, n)))));
    line.raw("hardened_fallback_used", false);
    line.raw("max_queue_len", 1 + facts.noise % 4);
    line.raw("queue_pops", nodes);
    line.raw("queue_pushes", nodes);
    line.raw("reentrant_depth", 0);
    line.raw("reentrant_guard_triggered", facts.failing);
    line.raw(
        "runtime_evidence",
        format_args!(
            "{{\"entries\":[{{\"kind\":\"backward\",\"summary\":\"root={0} steps={1} pushes={1} \
             pops={1} max_queue=2 reentrant_guard=false\",\"ts_unix_ms\":{ts}}}],\
             \"kind_counts\":{{\"backward\":1}},\"total_entries\":1}}",
            nodes - 1,
            nodes
        ),
    );
}
