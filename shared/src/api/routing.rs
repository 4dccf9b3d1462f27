//! From a method and a path to a route: the same way in the worker, in tests and in whatever speaks the contract.

use super::{ROUTES, RouteId};

/// What a path and method lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteMatch<'a> {
    /// A route, with the text of its first `<name>` segment; see [`Route::parameter`] for more.
    Found(RouteId, Option<&'a str>),
    /// The path exists, the method does not.
    WrongMethod,
    /// No such path.
    Unknown,
}

/// Finds the route of a request; a trailing slash is optional on each.
#[must_use]
pub fn find_route<'a>(method: &str, path: &'a str) -> RouteMatch<'a> {
    let mut outcome = RouteMatch::Unknown;
    for route in ROUTES {
        if let Some(parameter) = match_path(route.path, path) {
            if route.method.as_str() == method {
                return RouteMatch::Found(route.id, parameter);
            }
            outcome = RouteMatch::WrongMethod;
        }
    }
    outcome
}

/// What may be asked of a path, for the `Allow` header (RFC 9110) of a refused method: `GET` brings `HEAD`.
#[must_use]
pub fn allowed_methods(path: &str) -> String {
    let mut methods = Vec::new();
    for route in ROUTES.iter().filter(|route| match_path(route.path, path).is_some()) {
        methods.push(route.method.as_str());
        if route.method.as_str() == "GET" {
            methods.push("HEAD");
        }
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

/// Compares segment by segment; the inner value is the parameter, if the pattern has one.
fn match_path<'a>(pattern: &str, path: &'a str) -> Option<Option<&'a str>> {
    let mut parameter = None;
    let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
    for expected in pattern.strip_suffix('/').unwrap_or(pattern).split('/') {
        let segment = segments.next()?;
        if expected.starts_with('<') {
            if segment.is_empty() {
                return None;
            }
            parameter = parameter.or(Some(segment));
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_paths_of_requirement_a_lead_to_their_routes() {
        let cases = [
            ("GET", "/api/support/status/", RouteId::GetStatus, None),
            ("GET", "/api/support/health", RouteId::GetHealth, None),
            ("POST", "/api/support/tickets/", RouteId::CreateTicket, None),
            ("GET", "/api/support/tickets", RouteId::ListTickets, None),
            ("GET", "/api/support/tickets/tkt_1/", RouteId::GetTicket, Some("tkt_1")),
            ("POST", "/api/support/tickets/tkt_1/add_message", RouteId::AddMessage, Some("tkt_1")),
            ("GET", "/api/support/stats/", RouteId::GetStats, None),
            ("GET", "/api/support/categories/", RouteId::ListCategories, None),
            ("GET", "/api/support/priorities/", RouteId::ListPriorities, None),
            ("GET", "/api/support/tickets/tkt_1/live", RouteId::FollowTicket, Some("tkt_1")),
            ("GET", "/api/support/kb/articles/pay/", RouteId::GetArticle, Some("pay")),
            ("DELETE", "/api/support/session", RouteId::EndSession, None),
            (
                "DELETE",
                "/api/support/operator/sites/site_a/identity_keys/k1/",
                RouteId::RetireIdentityKey,
                Some("site_a"),
            ),
        ];
        for (method, path, id, parameter) in cases {
            assert_eq!(find_route(method, path), RouteMatch::Found(id, parameter), "{method} {path}");
        }
    }

    #[test]
    fn a_path_of_two_names_gives_each_by_its_name() {
        let route = RouteId::RetireIdentityKey.route();
        assert_eq!(route.parameters().collect::<Vec<_>>(), ["site", "kid"]);
        let path = "/api/support/operator/sites/site_a/identity_keys/k1/";
        let values = ["site", "kid", "nothing"].map(|name| route.parameter(name, path));
        assert_eq!(values, [Some("site_a"), Some("k1"), None]);
    }

    #[test]
    fn a_wrong_method_and_an_unknown_path_are_told_apart() {
        assert_eq!(find_route("DELETE", "/api/support/tickets/"), RouteMatch::WrongMethod);
        assert_eq!(allowed_methods("/api/support/tickets/"), "POST, GET, HEAD, OPTIONS");
        for path in [
            "/",
            "/api/support/",
            "/api/support/tickets//",
            "/api/support/tickets/x/y/",
            "/API/support/status/",
            "/api/support/tickets/x/live/z",
        ] {
            assert_eq!(find_route("GET", path), RouteMatch::Unknown, "{path}");
        }
    }

    #[test]
    fn no_two_routes_share_method_and_path() {
        for (at, route) in ROUTES.iter().enumerate() {
            let twin =
                ROUTES.iter().skip(at + 1).find(|other| other.method == route.method && other.path == route.path);
            assert!(twin.is_none(), "{:?}", route.id);
            assert_eq!(route.id.route().path, route.path);
        }
    }
}
