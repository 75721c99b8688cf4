//! Rows as columns: what recurs from row to row stands side by side, which packs to half and names no field twice.

/// A struct of columns, and the row that it takes.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default, serde::Serialize)]
        pub(super) struct $name<$life> {
            $($field: Vec<$type>,)+
        }

        struct Row<$life> { $($field: $type,)+ }

        impl<$life> $name<$life> {
            fn push(&mut self, row: Row<$life>) {
                $(self.$field.push(row.$field);)+
            }
        }
    };
}

pub(super) use columns;
