//! The kinds of lines: eight suites, each with its own tail of fields.

use super::line::Line;
use super::reason::REASONS;
use super::scenario::Scenario;

mod state;
mod tensor;

/// A kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Gradients of scalars, with runtime evidence.
    Scalar,
    /// Shapes and strides.
    Tensor,
    /// Kernels chosen by key.
    Dispatch,
    /// Buffers and hooks of modules.
    Module,
    /// Steps of optimizers, with nested arrays and runtime evidence.
    Optimizer,
    /// Snapshots written and read, with runtime evidence.
    Snapshot,
    /// Declared operations.
    Contract,
    /// The order of backward steps.
    Backward,
}

/// What a tail is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// Time of the line.
    pub(crate) ts_unix_ms: u64,
    /// Whether it fails.
    pub(crate) failing: bool,
    /// Bits that are the same whenever this scenario and seed come back.
    pub(crate) inputs: u64,
    /// Bits of this line alone.
    pub(crate) noise: u64,
}

struct Words {
    suite: &'static str,
    fixture: &'static str,
    packet: &'static str,
    test: &'static str,
    passing: &'static str,
    artifacts: &'static str,
    ops: &'static [&'static str],
    reasons: &'static [usize],
}

macro_rules! artifacts {
    ($fixture:literal, $packet:literal) => {
        concat!(
            "[\"crates/kx-conformance/fixtures/",
            $fixture,
            "\",\"artifacts/phase1/",
            $packet,
            "/parity_report.json\"]"
        )
    };
}

const SCALAR: Words = Words {
    suite: "scalar_grad",
    fixture: "scalar_grad_cases.json",
    packet: "KX-P1-001",
    test: "scalar_gradients_agree",
    passing: "parity_ok",
    artifacts: artifacts!("scalar_grad_cases.json", "KX-P1-001"),
    ops: &["add", "sub", "mul", "div", "pow", "exp", "tanh", "relu"],
    reasons: &[23, 23, 8, 2],
};
const TENSOR: Words = Words {
    suite: "tensor_layout",
    fixture: "tensor_layout_cases.json",
    packet: "KX-P1-002",
    test: "tensor_layouts_agree",
    passing: "tensor_layout_parity_ok",
    artifacts: artifacts!("tensor_layout_cases.json", "KX-P1-002"),
    ops: &["view", "narrow", "expand", "transpose", "reshape", "sum"],
    reasons: &[18, 19, 20, 24],
};
const DISPATCH: Words = Words {
    suite: "kernel_route",
    fixture: "kernel_route_cases.json",
    packet: "KX-P1-003",
    test: "kernel_routes_agree",
    passing: "dispatch_parity_ok",
    artifacts: artifacts!("kernel_route_cases.json", "KX-P1-003"),
    ops: &["add", "mul", "matmul", "sum", "mean", "cat"],
    reasons: &[10, 11, 12],
};
const MODULE: Words = Words {
    suite: "module_state",
    fixture: "module_state_cases.json",
    packet: "KX-P1-004",
    test: "module_state_agrees",
    passing: "nn_state_load_ok",
    artifacts: artifacts!("module_state_cases.json", "KX-P1-004"),
    ops: &["export", "load", "hook_trace", "prefix", "mode_switch"],
    reasons: &[25, 26],
};
const OPTIMIZER: Words = Words {
    suite: "optimizer_step",
    fixture: "optimizer_step_cases.json",
    packet: "KX-P1-005",
    test: "optimizer_steps_agree",
    passing: "optimizer_parity_ok",
    artifacts: artifacts!("optimizer_step_cases.json", "KX-P1-005"),
    ops: &["sgd", "adam", "adamw", "rmsprop"],
    reasons: &[27, 28],
};
const SNAPSHOT: Words = Words {
    suite: "snapshot_codec",
    fixture: "snapshot_codec_cases.json",
    packet: "KX-P1-006",
    test: "snapshots_survive",
    passing: "serialization_parity_ok",
    artifacts: artifacts!("snapshot_codec_cases.json", "KX-P1-006"),
    ops: &["roundtrip", "truncated", "top_level_array", "newer_version"],
    reasons: &[13, 14, 15, 16, 17],
};
const CONTRACT: Words = Words {
    suite: "op_contract",
    fixture: "op_contract_cases.json",
    packet: "KX-P1-007",
    test: "op_contracts_agree",
    passing: "op_schema_parity_ok",
    artifacts: artifacts!("op_contract_cases.json", "KX-P1-007"),
    ops: &["add_out", "add_inplace", "clamp", "where", "gather"],
    reasons: &[21, 22],
};
const BACKWARD: Words = Words {
    suite: "backward_order",
    fixture: "backward_order_cases.json",
    packet: "KX-P1-008",
    test: "backward_orders_agree",
    passing: "scheduler_parity_ok",
    artifacts: artifacts!("backward_order_cases.json", "KX-P1-008"),
    ops: &["chain", "diamond", "fan_out", "shared_leaf", "reentrant"],
    reasons: &[6, 7, 9],
};

impl Family {
    /// How many there are.
    pub(crate) const COUNT: u32 = 8;

    /// All of them.
    pub(crate) const ALL: [Self; Self::COUNT as usize] = [
        Self::Scalar,
        Self::Tensor,
        Self::Dispatch,
        Self::Module,
        Self::Optimizer,
        Self::Snapshot,
        Self::Contract,
        Self::Backward,
    ];

    const fn words(self) -> &'static Words {
        match self {
            Self::Scalar => &SCALAR,
            Self::Tensor => &TENSOR,
            Self::Dispatch => &DISPATCH,
            Self::Module => &MODULE,
            Self::Optimizer => &OPTIMIZER,
            Self::Snapshot => &SNAPSHOT,
            Self::Contract => &CONTRACT,
            Self::Backward => &BACKWARD,
        }
    }

    /// `suite_id`.
    pub(crate) const fn suite(self) -> &'static str {
        self.words().suite
    }

    /// `fixture_id`.
    pub(crate) const fn fixture(self) -> &'static str {
        self.words().fixture
    }

    /// `packet_id`.
    pub(crate) const fn packet(self) -> &'static str {
        self.words().packet
    }

    /// The test that replays it.
    pub(crate) const fn test(self) -> &'static str {
        self.words().test
    }

    /// `reason_code` of a line that passes.
    pub(crate) const fn passing(self) -> &'static str {
        self.words().passing
    }

    /// `artifact_refs`, JSON.
    pub(crate) const fn artifacts(self) -> &'static str {
        self.words().artifacts
    }

    /// Operations in scenario names.
    pub(crate) const fn ops(self) -> &'static [&'static str] {
        self.words().ops
    }

    /// Its own reasons of failing, indices of the reasons.
    pub(crate) const fn reasons(self) -> &'static [usize] {
        self.words().reasons
    }

    /// Writes the fields after the required ones.
    pub(crate) fn tail(self, line: &mut Line<'_>, scenario: &Scenario, facts: &Facts) {
        if facts.failing {
            line.text("error_message", error(scenario, facts));
        }
        match self {
            Self::Scalar => tensor::scalar(line, scenario, facts),
            Self::Tensor => tensor::layout(line, scenario, facts),
            Self::Dispatch => tensor::dispatch(line, scenario, facts),
            Self::Contract => tensor::contract(line, scenario, facts),
            Self::Module => state::module(line, scenario, facts),
            Self::Optimizer => state::optimizer(line, scenario, facts),
            Self::Snapshot => state::snapshot(line, scenario, facts),
            Self::Backward => state::backward(line, scenario, facts),
        }
    }
}

/// A message with escapes and letters beyond ASCII, as real ones have.
fn error(scenario: &Scenario, facts: &Facts) -> String {
    let op = scenario.op;
    let case = scenario.index;
    let code = REASONS[scenario.reason].code;
    match facts.noise % 4 {
        0 => format!("{op} failed: {code}\\n  at \\\"case {case}\\\""),
        1 => format!("{op}: expected ≠ observed (case {case}, {code})"),
        2 => format!("{op}: read C:\\\\kx\\\\cases\\\\{case}.json: {code}"),
        _ => format!("{op}: case {case}: {code}\\u00b7step {}", facts.noise >> 58),
    }
}
