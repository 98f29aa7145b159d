//! JSON schemas of the hand-written types, for the custom resources. Inlined, since Kubernetes knows no `$ref`.

#[cfg(feature = "schema")]
mod with_schemars {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use crate::{duration, duration::Span, ids, ids::MaybeId, ids::Snowflake};

    macro_rules! string_schema {
        ($type:ty, $name:literal, $pattern:expr) => {
            impl JsonSchema for $type {
                fn schema_name() -> Cow<'static, str> {
                    $name.into()
                }

                fn inline_schema() -> bool {
                    true
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({"type": "string", "pattern": $pattern})
                }
            }
        };
    }

    string_schema!(Span, "Span", duration::PATTERN);
    string_schema!(Snowflake, "Snowflake", ids::PATTERN);
    string_schema!(MaybeId, "MaybeId", ids::OPTIONAL_PATTERN);
}
