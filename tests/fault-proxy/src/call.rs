//! What a request asks for, in the words of RBAC rules. Pure.

use http::{Method, Uri};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`.
    pub verb: &'static str,
    /// Plural, with the subresource: `discordbots/status`.
    pub resource: String,
    /// Name of the object, if it is about one.
    pub name: Option<String>,
}

impl Call {
    /// Reads it from the request line.
    #[must_use]
    pub fn of(method: &Method, uri: &Uri) -> Self {
        let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
        let inside = match segments.as_slice() {
            ["api", _, rest @ ..] | ["apis", _, _, rest @ ..] => rest,
            other => other,
        };
        let (resource, name) = match inside {
            ["namespaces", _, resource] | [resource] => ((*resource).to_owned(), None),
            ["namespaces", _, resource, name] | [resource, name] => ((*resource).to_owned(), Some(*name)),
            ["namespaces", _, resource, name, part, ..] => (format!("{resource}/{part}"), Some(*name)),
            other => (other.join("/"), None),
        };
        let watches = uri.query().unwrap_or_default().split('&').any(|pair| pair == "watch=true");
        let verb = match method.as_str() {
            "GET" if watches => "watch",
            "GET" if name.is_some() => "get",
            "GET" => "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "other",
        };
        Self { verb, resource, name: name.map(Into::into) }
    }

    /// Does it change anything? The leader's Lease does not count: it is written by the clock.
    #[must_use]
    pub fn writes(&self) -> bool {
        !matches!(self.verb, "get" | "list" | "watch") && self.resource != "leases"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_line_says_what_is_asked_for() {
        let call = |method: &str, uri: &str| {
            let call = Call::of(&method.parse().unwrap(), &uri.parse().unwrap());
            format!("{} {} {}", call.verb, call.resource, call.name.unwrap_or_default())
        };
        assert_eq!(call("GET", "/api/v1/namespaces/shops/pods?limit=50"), "list pods ");
        assert_eq!(call("GET", "/api/v1/namespaces/shops/pods?watch=true&a=b"), "watch pods ");
        assert_eq!(call("GET", "/api/v1/namespaces/shops"), "get namespaces shops");
        assert_eq!(call("GET", "/apis/apps/v1/deployments"), "list deployments ");
        assert_eq!(
            call("DELETE", "/apis/policy/v1/namespaces/a/poddisruptionbudgets/b"),
            "delete poddisruptionbudgets b"
        );
        let status = "/apis/stockbot.dev/v1alpha1/namespaces/a/discordbots/b/status?force=true";
        assert_eq!(call("PATCH", status), "patch discordbots/status b");
    }

    #[test]
    fn the_lease_is_no_write_that_counts() {
        let writes = |method: Method, uri: &str| Call::of(&method, &uri.parse().unwrap()).writes();
        assert!(writes(Method::POST, "/api/v1/namespaces/a/events"));
        assert!(!writes(Method::GET, "/api/v1/namespaces/a/events"));
        assert!(!writes(Method::PUT, "/apis/coordination.k8s.io/v1/namespaces/a/leases/b"));
    }
}
