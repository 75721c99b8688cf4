#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| relapse_fuzz::holds("reader", input));
