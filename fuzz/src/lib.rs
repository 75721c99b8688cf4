//! What the fuzz targets share: the properties that ordinary tests hold to a few inputs.

use std::sync::Once;

use rayon::ThreadPoolBuilder;

#[path = "../../tests/properties/mod.rs"]
mod properties;

/// Holds an input to the property of a target; panics where it does not hold.
///
/// # Panics
/// Also when there is no such target.
pub fn holds(target: &str, input: &[u8]) {
    static POOL: Once = Once::new();
    // Judging a few records is work for the thread that asks for it: waking others takes longer.
    POOL.call_once(|| {
        ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().expect("it is the first")
    });
    let property = properties::ALL.iter().find(|(name, _)| *name == target);
    property.expect("a target has a property").1(input);
}
