//! What a type of its own writing is written as.

/// Gives a type the schema of another one, as which it is written.
macro_rules! written_as {
    ($name:ty, $other:ty) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                <$other as schemars::JsonSchema>::inline_schema()
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                <$other as schemars::JsonSchema>::schema_name()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$other as schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
}

pub(crate) use written_as;
