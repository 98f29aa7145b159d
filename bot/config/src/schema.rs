//! JSON schemas of the hand-written types, and the rules that several fields share, for the custom resources. Inlined,
//! since Kubernetes knows no `$ref`. Must not: hold a bound that only one field has; that stands beside the field.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::{duration, duration::Span, ids, ids::MaybeId, ids::Snowflake};

/// What the API server checks the name of another object against: a DNS subdomain.
pub const OBJECT_NAME: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// What the API server checks a key of a Secret or ConfigMap against: a file name that leads nowhere else.
pub const DATA_KEY: &str = r"^([-_a-zA-Z0-9]|\.[-_a-zA-Z0-9])[-._a-zA-Z0-9]*$";

macro_rules! string_schema {
    ($type:ty, $name:literal, $pattern:expr, $longest:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "pattern": $pattern, "maxLength": $longest})
            }
        }
    };
}

string_schema!(Span, "Span", duration::PATTERN, 11);
string_schema!(Snowflake, "Snowflake", ids::PATTERN, 20);
string_schema!(MaybeId, "MaybeId", ids::OPTIONAL_PATTERN, 20);

/// A rule that a [`Span`] is from `shortest` to `longest`; calculated in milliseconds, since CEL's own durations know no
/// days. A bound that is no span counts as 0.
#[must_use]
pub fn within(shortest: &str, longest: &str) -> Value {
    let millis = |bound: &str| bound.parse::<Span>().map_or(0, |span| span.get().as_millis());
    let (least, most) = (millis(shortest), millis(longest));
    let unit = "(self.endsWith('ms') ? 1 : self.endsWith('s') ? 1000 : self.endsWith('m') ? 60000 : self.endsWith('h') ? 3600000 : 86400000)";
    json!([{
        "rule": format!("[int(self.find('^[0-9]+')) * {unit}].all(millis, {least} <= millis && millis <= {most})"),
        "message": format!("must be from {shortest} to {longest}"),
    }])
}
