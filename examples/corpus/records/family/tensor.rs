//! Tails of the suites about tensors and kernels.

use super::super::draw::mix;
use super::super::line::Line;
use super::super::number::{Computed, List, Thousandths};
use super::super::scenario::Scenario;
use super::Facts;

/// The mode as runtime evidence spells it.
pub(super) fn title(mode: &str) -> &'static str {
    if mode == "strict" { "Strict" } else { "Hardened" }
}

fn flag(bits: u64) -> bool {
    bits & 1 == 1
}

fn thousandths(bits: u64) -> Thousandths {
    Thousandths(i64::from((bits % 40) as u8) * 250 - 5000)
}

fn extents(bits: u64) -> [u64; 3] {
    [1 + bits % 4, 1 + (bits >> 8) % 4, 1 + (bits >> 16) % 4]
}

/// Gradients of scalars.
pub(super) fn scalar(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let (op, ts) = (scenario.op, facts.ts_unix_ms);
    let mode = title(scenario.mode);
    let value = |n: u64| mix(facts.inputs, n);
    let output = Computed(value(3));
    line.raw("actual_lhs_grad", Computed(value(1)));
    line.raw("actual_output", output);
    line.raw("actual_rhs_grad", Computed(value(2)));
    line.raw("contract_ids", "[\"KERNEL-001\",\"INV-KERNEL-MATH\"]");
    line.text("dispatch_key", "AutogradCPU");
    line.raw("expected_output", output);
    line.raw("fallback_path", false);
    line.raw("lhs", thousandths(value(4)));
    line.text("op", op);
    line.raw("output_shape", "[]");
    line.raw("pass", !facts.failing);
    line.raw("rhs", thousandths(value(5)));
    line.raw(
        "runtime_evidence",
        format_args!(
            "{{\"entries\":[{{\"kind\":\"policy\",\"summary\":\"mode set to {mode}\",\
             \"ts_unix_ms\":{ts}}},{{\"kind\":\"dispatch\",\"summary\":\"op={op} \
             kernel=autograd_cpu::{op}_scalar keyset=0x32\",\
             \"ts_unix_ms\":{ts}}},{{\"kind\":\"backward\",\"summary\":\"steps=3 \
             max_queue=2\",\"ts_unix_ms\":{ts}}}],\"kind_counts\":\
             {{\"backward\":1,\"dispatch\":1,\"policy\":1}},\"total_entries\":3}}",
        ),
    );
    line.text("selected_kernel", format_args!("autograd_cpu::{op}_scalar"));
}

/// Shapes and strides.
pub(super) fn layout(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let shape = extents(facts.inputs);
    let [a, b, c] = shape;
    let strides = [b * c, c, 1];
    let index = [a - 1, b / 2, c / 2];
    let offset = facts.inputs >> 40 & 0x7;
    let linear = offset + index[0] * strides[0] + index[1] * strides[1] + index[2];
    line.raw("actual_compat_error", "null");
    line.raw("actual_contiguous", true);
    line.raw("actual_linear_index", linear);
    line.raw("actual_numel", a * b * c);
    line.raw("actual_valid", !facts.failing);
    line.text("backend_key", "CPU");
    line.raw("broadcast_applied", flag(facts.inputs >> 5));
    line.raw("contract_ids", "[\"LAYOUT-VALID-001\",\"LAYOUT-INDEX-002\",\"LAYOUT-ALIAS-004\"]");
    line.text("dispatch_key", "CPU");
    line.raw("expect_valid", true);
    line.raw("expected_contiguous", true);
    line.raw("expected_linear_index", linear + u64::from(facts.failing));
    line.raw("expected_numel", a * b * c);
    line.raw("fallback_path", false);
    line.raw("index", List(&index));
    line.raw(
        "lhs",
        format_args!(
            "{{\"device\":\"Cpu\",\"dtype\":\"F64\",\"view\":{{\"base\":null,\"depth\":{}}}}}",
            facts.inputs % 5
        ),
    );
    line.raw("rhs", "{\"device\":\"Cpu\",\"dtype\":\"F64\",\"view\":{\"base\":null,\"depth\":0}}");
    line.text("selected_kernel", format_args!("layout_cpu::{}", scenario.op));
    line.raw("shape", List(&shape));
    line.raw("storage_offset", offset);
    line.raw("strides", List(&strides));
    line.raw("pass", !facts.failing);
}

/// Kernels chosen by key.
pub(super) fn dispatch(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let op = scenario.op;
    let [a, b, c] = extents(facts.inputs);
    let bits = 32 + facts.inputs % 64;
    line.raw("actual_output", Computed(mix(facts.inputs, 1)));
    line.text("backend_key", "CPU");
    line.raw("broadcast_applied", flag(facts.inputs >> 9));
    line.raw("contract_ids", "[\"KERNEL-003\",\"INV-DISPATCH-RESOLUTION\",\"INV-DTYPE-DEVICE\"]");
    line.text("device_pair", "Cpu/Cpu");
    line.text("dispatch_key", "AutogradCPU");
    line.text("dtype_pair", "F64/F64");
    line.raw("fallback_path", facts.failing && flag(facts.noise));
    line.raw("input_shape", format_args!("[[{a},{b}],[{b},{c}]]"));
    line.raw("keyset_bits", bits);
    line.raw("lhs", thousandths(facts.inputs >> 30));
    line.text("op", op);
    line.raw("output_shape", format_args!("[{a},{c}]"));
    line.text("packet_projection", "KX-P1-002->KX-P1-003");
    line.raw("rhs", thousandths(facts.inputs >> 24));
    line.raw(
        "route",
        format_args!(
            "[{{\"key\":\"AutogradCPU\",\"taken\":true,\"cost\":{}}},{{\"key\":\"CPU\",\
             \"taken\":true,\"cost\":{}}},{{\"key\":\"CompositeImplicit\",\"taken\":false,\
             \"cost\":null}}]",
            1 + facts.noise % 4,
            7
        ),
    );
    line.text("selected_kernel", format_args!("autograd_cpu::{op}_tensor"));
}

/// Declared operations.
pub(super) fn contract(line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
    let op = scenario.op;
    line.raw("alias_sets", "[{\"letter\":\"a\",\"writes\":true},{\"letter\":\"b\",\"writes\":false}]");
    line.raw("contract_ids", "[\"OP-CONTRACT-001\",\"OP-CONTRACT-ALIAS-003\"]");
    line.text("declared", format_args!("{op}.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)"));
    line.raw("gap_id", "null");
    line.text("kernel_expected", format_args!("autograd_cpu::{op}_tensor"));
    line.text("kernel_observed", format_args!("autograd_cpu::{op}_tensor"));
    line.raw("observed_parse_error", "null");
    line.raw("overloads", 1 + facts.inputs % 6);
    line.raw("parsed", format_args!("{{\"arguments\":[{{\"name\":\"self\",\"kind\":\"Tensor\"}},{{\"name\":\"other\",\"kind\":\"Tensor\"}},{{\"name\":\"alpha\",\"kind\":\"Scalar\",\"default\":{}}}],\"returns\":[\"Tensor\"]}}", thousandths(facts.inputs >> 16)));
    line.raw("pass", !facts.failing);
    line.raw("samples", List(&[Computed(mix(facts.inputs, 1))]));
}
