//! Refusals and faults, and the HTTP status of each: the only file that knows failure statuses.
//!
//! What a caller can mend is told in full; what we must mend is logged in full and told as a request id.

use buoy_shared::api::BulkItem;
use buoy_shared::id::RequestId;
use buoy_shared::problem::{ChangeNote, Problem, ProblemKind};
use buoy_shared::text::{FieldCode, FieldError};

/// Seconds after which a caller should try again when storage did not answer.
const RETRY_AFTER_SECONDS: u32 = 2;

/// The status between our own parts, when one asks the other what it does not know.
pub(crate) const MALFORMED_STATUS: u16 = 400;

/// The status of a health check that failed: its reader, a machine, takes the instance out of service.
pub(crate) const UNHEALTHY_STATUS: u16 = 503;

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) struct ApiError {
    kind: ProblemKind,
    detail: Option<String>,
    errors: Vec<FieldError>,
    changes: Vec<ChangeNote>,
    /// When to come back, where it is known better than by the kind.
    wait_seconds: Option<u32>,
    /// What may be asked instead of a refused method.
    allow: Option<String>,
    /// For the log only.
    internal: Option<String>,
}

impl ApiError {
    pub(crate) fn new(kind: ProblemKind) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            changes: Vec::new(),
            wait_seconds: None,
            allow: None,
            internal: None,
        }
    }

    pub(crate) fn with_detail(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(kind) }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(ProblemKind::NotFound)
    }

    /// The path exists, but not for this method; `allow` are those it has.
    pub(crate) fn method_not_allowed(allow: String) -> Self {
        Self { allow: Some(allow), ..Self::new(ProblemKind::MethodNotAllowed) }
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(ProblemKind::Unauthenticated)
    }

    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::with_detail(ProblemKind::Forbidden, detail)
    }

    /// Too many requests; there is room again after these seconds.
    pub(crate) fn rate_limited(wait_seconds: u32) -> Self {
        Self { wait_seconds: Some(wait_seconds), ..Self::new(ProblemKind::RateLimited) }
    }

    pub(crate) fn conflict(detail: &str) -> Self {
        Self::with_detail(ProblemKind::Conflict, detail)
    }

    /// Somebody changed the thing since the caller looked.
    pub(crate) fn changed_since(changes: Vec<ChangeNote>) -> Self {
        Self { changes, ..Self::conflict("the ticket was changed since you read it; read it again") }
    }

    /// The same as one line of a report on many. A fault of ours is logged and is this line's alone: what was changed
    /// before it must be told.
    pub(crate) fn into_bulk_item(self, ticket: &str) -> BulkItem {
        if let Some(what) = &self.internal {
            worker::console_error!("one of many tickets, {ticket}: {what}");
        }
        BulkItem::refused(ticket, self.kind, self.detail, self.errors)
    }

    /// Whether it refuses because something is no longer what it was.
    pub(crate) fn is_conflict(&self) -> bool {
        self.kind == ProblemKind::Conflict
    }

    pub(crate) fn origin_not_allowed() -> Self {
        Self::with_detail(ProblemKind::OriginNotAllowed, "add the page's origin to the site's origins")
    }

    pub(crate) fn field(field: &str, code: FieldCode, detail: &str) -> Self {
        vec![FieldError::new(field, code, detail)].into()
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::field(name, FieldCode::Required, "this query parameter is needed")
    }

    pub(crate) fn invalid_parameter(name: &str, detail: &str) -> Self {
        Self::field(name, FieldCode::InvalidFormat, detail)
    }

    /// A fault of ours; `what` goes to the log.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self { internal: Some(what.into()), ..Self::new(ProblemKind::Internal) }
    }

    /// Whether the fault's text for the log has these words; for the refusals that a database words itself.
    pub(crate) fn mentions(&self, words: &str) -> bool {
        self.internal.as_deref().is_some_and(|what| what.contains(words))
    }

    /// What a person reads of a refusal where no form shows it beside its fields.
    pub(crate) fn in_words(&self) -> String {
        let fields = self.errors.iter().map(|error| error.detail.as_str());
        self.detail.as_deref().into_iter().chain(fields).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Names of the refused fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(|error| error.field.as_str())
    }

    pub(crate) fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The methods to name in the answer, once.
    pub(crate) fn take_allow(&mut self) -> Option<String> {
        self.allow.take()
    }

    /// Seconds to wait before trying again, for the kinds that pass.
    pub(crate) fn retry_after_seconds(&self) -> Option<u32> {
        let passes = matches!(self.kind, ProblemKind::Unavailable | ProblemKind::RateLimited);
        passes.then(|| self.wait_seconds.unwrap_or(RETRY_AFTER_SECONDS))
    }

    /// The document to answer with; faults are logged here under the same request id.
    pub(crate) fn into_problem(self, request_id: &RequestId) -> Problem {
        if let Some(what) = &self.internal {
            worker::console_error!("{request_id}: {what}");
        }
        Problem {
            kind: self.kind.uri().to_owned(),
            title: self.kind.title().to_owned(),
            status: status_of(self.kind),
            detail: self.detail,
            request_id: Some(request_id.to_string()),
            errors: self.errors,
            changes: self.changes,
        }
    }
}

/// The status of a token that opens nothing.
pub(crate) const UNAUTHENTICATED_STATUS: u16 = status_of(ProblemKind::Unauthenticated);

/// A status is what its reader will do next: mend the request (400, 422), authenticate (401), give up (403, 404),
/// look again (409), wait (429, 503), report it (500).
pub(crate) const fn status_of(kind: ProblemKind) -> u16 {
    match kind {
        ProblemKind::MalformedRequest | ProblemKind::IdempotencyKeyMissing => 400,
        ProblemKind::Unauthenticated => 401,
        ProblemKind::Forbidden | ProblemKind::OriginNotAllowed => 403,
        ProblemKind::NotFound => 404,
        ProblemKind::MethodNotAllowed => 405,
        ProblemKind::Conflict => 409,
        ProblemKind::BodyTooLarge => 413,
        ProblemKind::UnsupportedMediaType => 415,
        ProblemKind::InvalidInput | ProblemKind::IdempotencyKeyReused => 422,
        ProblemKind::RateLimited => 429,
        ProblemKind::Internal => 500,
        ProblemKind::Unavailable => 503,
    }
}

impl From<Vec<FieldError>> for ApiError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(ProblemKind::InvalidInput) }
    }
}

impl From<worker::Error> for ApiError {
    /// Storage that is overloaded or was reset passes; the rest is a fault of ours. The texts are the platform's.
    fn from(error: worker::Error) -> Self {
        const PASSING: [&str; 5] =
            ["overloaded", "Network connection lost", "object to be reset", "code was updated", "internal error"];
        let text = error.to_string();
        let kind = if PASSING.iter().any(|sign| text.contains(sign)) {
            ProblemKind::Unavailable
        } else {
            ProblemKind::Internal
        };
        Self { internal: Some(text), ..Self::new(kind) }
    }
}

impl From<worker::kv::KvError> for ApiError {
    fn from(error: worker::kv::KvError) -> Self {
        worker::Error::from(error).into()
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error.to_string())
    }
}
