//! How the edge says no: problem details (RFC 9457) with stable types and the fields that were refused.
//!
//! Which HTTP status each becomes is the edge's business; the page decides by the kind, never by the number.

use crate::text::FieldError;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! problem_kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $title:literal;)*) => {
        /// Why a request was refused. The type on the wire is `urn:buoy:problem:` and the kind's word, for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $($(#[$doc])* $name,)*
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable type.
            #[must_use]
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$name => concat!("urn:buoy:problem:", $slug),)* }
            }

            /// One line for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

problem_kinds! {
    /// The body is not JSON of the documented form, or a header is missing.
    MalformedRequest = "malformed-request", "The request cannot be read";
    /// The body is well formed but some fields cannot be accepted.
    InvalidInput = "invalid-input", "Some fields need attention";
    /// A POST came without its idempotency key.
    IdempotencyKeyMissing = "idempotency-key-missing", "An Idempotency-Key header is needed";
    /// The key was used before for another request.
    IdempotencyKeyReused = "idempotency-key-reused", "This Idempotency-Key belongs to another request";
    /// No token, or one that is not valid here.
    Unauthenticated = "unauthenticated", "A valid token is needed";
    /// The token is valid but does not allow this.
    Forbidden = "forbidden", "This is not allowed";
    /// The site does not answer pages of this origin.
    OriginNotAllowed = "origin-not-allowed", "This site does not allow the page's origin";
    /// There is no such thing, or it is somebody else's.
    NotFound = "not-found", "There is nothing here";
    /// The path exists, the method does not.
    MethodNotAllowed = "method-not-allowed", "This method is not available here";
    /// The body is larger than the limit.
    BodyTooLarge = "body-too-large", "The request is too large";
    /// The body has another type than JSON.
    UnsupportedMediaType = "unsupported-media-type", "Send JSON";
    /// The thing is in a state that does not allow this.
    Conflict = "conflict", "The current state does not allow this";
    /// Too many requests; the answer says when to come back.
    RateLimited = "rate-limited", "Too many requests";
    /// Storage does not answer; try again as the answer says.
    Unavailable = "unavailable", "Try again in a moment";
    /// A fault of ours. Nothing about it is told but the request's id.
    Internal = "internal", "Something went wrong on our side";
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// A stable URI of the kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for people, the same for every problem of the kind.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What happened this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The request's id, for finding it in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The refused fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What happened to the thing since the caller looked, when that is why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    // The panel never reads it, so its visitors do not download the code that would.
    #[cfg_attr(not(any(feature = "server", feature = "schema")), serde(skip_deserializing))]
    pub changes: Vec<ChangeNote>,
}

/// One change that the caller did not know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeNote {
    /// The kind of fact, such as `status.changed`.
    pub kind: String,
    /// What it was before, where one value became another.
    pub from: Option<String>,
    /// What it is now.
    pub to: Option<String>,
    /// Who did it, when a name is known.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_type_of_its_own() {
        let mut types: Vec<_> = ProblemKind::ALL.iter().map(|kind| kind.uri()).collect();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), ProblemKind::ALL.len());
    }
}
