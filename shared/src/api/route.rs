//! What a route is: a row of the table of the contract.

use super::{ROUTES, RouteId};

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes; carries an idempotency key.
    Post,
    /// Replaces.
    Put,
    /// Changes parts.
    Patch,
    /// Ends.
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody; widget routes still answer only to pages of the site's origins.
    Public,
    /// A customer with a token from `session/`.
    Visitor,
    /// Either side of a conversation: its customer, or a member of the site's team.
    Participant,
    /// A member of the site's team.
    Agent,
    /// Whoever runs this installation.
    Operator,
}

/// What success looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Success {
    /// The thing asked for.
    Ok,
    /// A thing that did not exist before.
    Created,
    /// It is done, and there is nothing to say about it.
    Done,
    /// A connection that stays open.
    Upgraded,
}

/// A route as a row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Which route it is.
    pub id: RouteId,
    /// Its method.
    pub method: Method,
    /// Its path; `<name>` stands for one segment.
    pub path: &'static str,
    /// Who may call it.
    pub audience: Audience,
    /// What success looks like.
    pub success: Success,
    /// Query parameters it understands; one that begins with `!` must be there.
    pub query: &'static [&'static str],
    /// One line for people.
    pub summary: &'static str,
}

impl RouteId {
    /// The route's row.
    #[must_use]
    pub fn route(self) -> &'static Route {
        let [first, ..] = ROUTES else { unreachable!("the table is written above") };
        // Every id was made together with its row.
        ROUTES.iter().find(|route| route.id == self).unwrap_or(first)
    }
}

impl Route {
    /// The text that stands for one of the path's `<name>` segments.
    #[must_use]
    pub fn parameter<'a>(&self, name: &str, path: &'a str) -> Option<&'a str> {
        let mut pairs = self.path.split('/').zip(path.split('/'));
        let is_it = |expected: &str| expected.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) == Some(name);
        pairs.find(|(expected, _)| is_it(expected)).map(|(_, segment)| segment)
    }

    /// The names of the path's `<name>` segments.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('<')?.strip_suffix('>'))
    }
}
