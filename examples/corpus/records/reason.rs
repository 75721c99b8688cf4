//! Reason codes of failing lines, with the class that each taxonomy gives them.

/// A reason code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// The code as it stands in the log.
    pub(crate) code: &'static str,
    /// Its class by `crash-triage-v1`.
    pub(crate) v1: &'static str,
    /// Its class by `crash-triage-v2`.
    pub(crate) v2: &'static str,
}

const fn reason(code: &'static str, v1: &'static str, v2: &'static str) -> Reason {
    Reason { code, v1, v2 }
}

/// Every reason code of the corpus; families and behaviours name them by index.
pub(crate) const REASONS: [Reason; 29] = [
    reason("legacy_oracle_unavailable", "oracle_infra", "oracle_infra"),
    reason("legacy_oracle_timeout", "oracle_infra", "oracle_infra"),
    reason("oracle_value_differs", "oracle_infra", "unclassified"),
    reason("wall_clock_budget_exceeded", "unclassified", "unclassified"),
    reason("worker_lost", "unclassified", "unclassified"),
    reason("output_digest_differs", "unclassified", "unclassified"),
    reason("reentrant_depth_exceeded", "autograd_state", "autograd_state"),
    reason("dependency_cycle_undetected", "autograd_state", "autograd_state"),
    reason("autograd_unknown_node", "autograd_state", "autograd_state"),
    reason("scheduler_order_differs", "autograd_state", "autograd_state"),
    reason("dispatch_kernel_missing", "dispatch_routing", "dispatch_routing"),
    reason("keyset_bits_differ", "dispatch_routing", "dispatch_routing"),
    reason("composite_fallback_forbidden", "dispatch_routing", "dispatch_routing"),
    reason("serialization_roundtrip_differs", "serialization_parser", "serialization_parser"),
    reason("decode_truncated_payload", "serialization_parser", "serialization_parser"),
    reason("snapshot_checksum_differs", "serialization_parser", "serialization_parser"),
    reason("unknown_field_accepted", "serialization_parser", "serialization_parser"),
    reason("version_mismatch_accepted", "serialization_parser", "serialization_parser"),
    reason("tensor_meta_rank_differs", "tensor_meta_state", "tensor_meta_state"),
    reason("storage_index_out_of_bounds", "tensor_meta_state", "tensor_meta_state"),
    reason("stride_overlap_undetected", "tensor_meta_state", "tensor_meta_state"),
    reason("op_schema_parse_refused", "unclassified", "op_schema_contract"),
    reason("schema_alias_lost", "unclassified", "op_schema_contract"),
    reason("scalar_gradient_drift", "unclassified", "kernel_math"),
    reason("tensor_reduction_axis_lost", "unclassified", "kernel_math"),
    reason("nn_state_hook_order_differs", "unclassified", "nn_module_state"),
    reason("nn_state_buffer_missing", "unclassified", "nn_module_state"),
    reason("optimizer_step_diverged", "unclassified", "optimizer_state"),
    reason("optimizer_momentum_reset", "unclassified", "optimizer_state"),
];

/// Indices of the reasons that mean the oracle was away.
pub(crate) const INFRA: [usize; 2] = [0, 1];
/// Indices of the reasons that no family owns.
pub(crate) const ANYWHERE: [usize; 3] = [3, 4, 5];
