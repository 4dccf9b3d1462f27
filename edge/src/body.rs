//! Reads a request's body within a limit, as the type the contract says, naming the field that is wrong.

use crate::auth;
use crate::error::ApiError;
use buoy_shared::api::{RouteId, RouteMatch, find_route};
use buoy_shared::json_path::path_at;
use buoy_shared::problem::ProblemKind;
use buoy_shared::text::{FieldCode, IDEMPOTENCY_KEY_CHARS_MAX, IMPORT_BYTES_MAX};
use buoy_shared::upload::UPLOAD_BYTES_MAX;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;
use worker::js_sys::Uint8Array;
use worker::{Delay, Method, Request, RequestInit};

/// A request whose body was read. The body is read before anything else is decided: a connection on which an answer
/// overtakes the body is closed by the platform, and the client's next request would fail with it.
pub(crate) struct Incoming {
    request: Request,
    body: Vec<u8>,
    /// The body was declared or found larger than anything we take; then it was not kept.
    too_large: bool,
    /// Too much of files was being read; then this one was not.
    busy: bool,
    /// Held while a file is in memory.
    _room: Option<FileRoom>,
}

/// Bytes of files that one isolate holds at a time: four of the largest, or hundreds of screenshots. All requests share 128 MB.
const FILES_AT_ONCE_BYTES_MAX: usize = 4 * UPLOAD_BYTES_MAX;

thread_local! {
    static FILE_BYTES_HELD: Cell<usize> = const { Cell::new(0) };
}

/// What a body that is not a file's is given before it comes: most are shorter, and its declared length is only a claim.
const TAKEN_BEFORE_BYTES: usize = 64 * 1024;

/// How long we wait for a body, and for so many bytes more of a longer one. A tunnel is longer at times; then the client
/// sends it again.
const PATIENCE: Duration = Duration::from_secs(20);
/// The bytes of one such time: 2 kB a second, which the slowest line has that a file is sent on.
const PATIENCE_BYTES: usize = 40 * 1024;

/// Room for a file that is in memory, of so many bytes; given back when dropped.
struct FileRoom(usize);

impl FileRoom {
    /// Room for a file that declares so many bytes. One that does not say may be of any length; the least file counts as
    /// much as what is kept about it.
    fn take(declared: Option<usize>) -> Option<Self> {
        let bytes = declared.unwrap_or(UPLOAD_BYTES_MAX).max(TAKEN_BEFORE_BYTES);
        FILE_BYTES_HELD.with(|held| {
            let free = held.get() + bytes <= FILES_AT_ONCE_BYTES_MAX;
            free.then(|| {
                held.set(held.get() + bytes);
                Self(bytes)
            })
        })
    }
}

impl Drop for FileRoom {
    fn drop(&mut self) {
        FILE_BYTES_HELD.with(|held| held.set(held.get().saturating_sub(self.0)));
    }
}

/// A body and its meaning: the text is for the idempotency key's hash.
pub(crate) struct Body<T> {
    pub(crate) text: String,
    pub(crate) value: T,
}

impl Incoming {
    /// Reads a request's body, if its method has one. More than the largest limit is not read, nor is a file of somebody
    /// who does not even claim to be a visitor, nor what comes slower than any line.
    pub(crate) async fn read(mut request: Request) -> Result<Self, ApiError> {
        if !matches!(request.method(), Method::Post | Method::Put | Method::Patch | Method::Delete) {
            return Ok(Self::unread(request, false, false));
        }
        let path = request.path();
        let is_file =
            matches!(find_route(&request.inner().method(), &path), RouteMatch::Found(RouteId::CreateUpload, _));
        let bytes_max = if is_file { UPLOAD_BYTES_MAX } else { IMPORT_BYTES_MAX };
        let declared = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
        if declared.is_some_and(|length| length > bytes_max) {
            return Ok(Self::unread(request, true, false));
        }
        let mut room = None;
        if is_file {
            if !auth::claims_visitor(request.headers().get("authorization")?.as_deref()) {
                return Ok(Self::unread(request, false, false));
            }
            room = FileRoom::take(declared);
            if room.is_none() {
                return Ok(Self::unread(request, false, true));
            }
        }
        // A file is taken at once as it is declared, since a growing one would be held twice at times: there is room for it.
        let taken_max = if is_file { bytes_max } else { TAKEN_BEFORE_BYTES };
        let read_max = if is_file { declared.unwrap_or(bytes_max) } else { bytes_max };
        let (body, too_large) = read_at_most(&mut request, read_max, declared.unwrap_or(0).min(taken_max)).await?;
        Ok(Self { request, body, too_large, busy: false, _room: room })
    }

    const fn unread(request: Request, too_large: bool, busy: bool) -> Self {
        Self { request, body: Vec::new(), too_large, busy, _room: None }
    }

    /// The body as it came, of at most `bytes_max` bytes.
    pub(crate) fn bytes(&self, bytes_max: usize) -> Result<&[u8], ApiError> {
        if self.busy {
            return Err(ApiError::new(ProblemKind::Unavailable));
        }
        if self.too_large || self.body.len() > bytes_max {
            return Err(ApiError::with_detail(ProblemKind::BodyTooLarge, format!("at most {bytes_max} bytes")));
        }
        Ok(&self.body)
    }

    /// The same as text. JSON is read from texts alone, here and out of the database: a reader of bytes would be every type
    /// compiled once more.
    pub(crate) fn text(&self, bytes_max: usize) -> Result<&str, ApiError> {
        std::str::from_utf8(self.bytes(bytes_max)?)
            .map_err(|_| ApiError::with_detail(ProblemKind::MalformedRequest, "the body is not valid UTF-8"))
    }

    pub(crate) fn header(&self, name: &str) -> Result<Option<String>, ApiError> {
        Ok(self.request.headers().get(name)?)
    }

    /// The method as it was sent: the platform crate takes every one it does not know for GET.
    pub(crate) fn method_word(&self) -> String {
        self.request.inner().method()
    }

    /// The request as it came, for another worker.
    pub(crate) fn copy(&self) -> Result<Request, ApiError> {
        let mut init = RequestInit::new();
        init.with_method(self.request.method()).with_headers(self.request.headers().clone());
        let body = self.bytes(IMPORT_BYTES_MAX)?;
        if !body.is_empty() {
            init.with_body(Some(Uint8Array::from(body).into()));
        }
        Ok(Request::new_with_init(self.request.url()?.as_str(), &init)?)
    }

    pub(crate) fn path(&self) -> String {
        self.request.path()
    }

    /// The body as JSON of at most `bytes_max` bytes.
    pub(crate) fn json<T: DeserializeOwned>(&self, bytes_max: usize) -> Result<Body<T>, ApiError> {
        self.bytes(bytes_max)?;
        let content_type = self.header("content-type")?.unwrap_or_default();
        if !content_type.is_empty() && !content_type.to_ascii_lowercase().contains("json") {
            return Err(ApiError::with_detail(
                ProblemKind::UnsupportedMediaType,
                "set Content-Type to application/json",
            ));
        }
        let text = self.text(bytes_max)?;
        if text.is_empty() {
            return Err(ApiError::with_detail(ProblemKind::MalformedRequest, "a JSON body is needed"));
        }
        Ok(Body { text: text.to_owned(), value: parse(text)? })
    }

    /// The key that makes a repeated POST harmless, when one was sent.
    pub(crate) fn idempotency_key(&self) -> Result<Option<String>, ApiError> {
        let Some(key) = self.header(buoy_shared::api::IDEMPOTENCY_KEY)?.filter(|key| !key.is_empty()) else {
            return Ok(None);
        };
        if key.chars().count() > IDEMPOTENCY_KEY_CHARS_MAX || key.chars().any(char::is_control) {
            return Err(key_missing("the Idempotency-Key has at most 255 printable characters"));
        }
        Ok(Some(key))
    }

    /// The same, where it must be there.
    pub(crate) fn required_idempotency_key(&self) -> Result<String, ApiError> {
        const REMEDY: &str = "send a fresh random Idempotency-Key with each new request, the same one with a repeat";
        self.idempotency_key()?.ok_or_else(|| key_missing(REMEDY))
    }
}

/// Reads a body chunk by chunk: one that does not say its length must not fill the memory either.
async fn read_at_most(request: &mut Request, bytes_max: usize, taken: usize) -> Result<(Vec<u8>, bool), ApiError> {
    let mut body = Vec::with_capacity(taken);
    // A request without a body has no stream.
    let Ok(mut chunks) = request.stream() else { return Ok((body, false)) };
    let (mut patience, mut needed) = (pin!(Delay::from(PATIENCE)), PATIENCE_BYTES);
    loop {
        match select(chunks.next(), patience.as_mut()).await {
            Either::Left((Some(chunk), _)) => body.extend_from_slice(&chunk?),
            Either::Left((None, _)) => return Ok((body, false)),
            Either::Right(_) if body.len() < needed => return Err(ApiError::new(ProblemKind::Unavailable)),
            Either::Right(_) => {
                needed = body.len() + PATIENCE_BYTES;
                patience.set(Delay::from(PATIENCE));
            }
        }
        if body.len() > bytes_max {
            return Ok((Vec::new(), true));
        }
    }
}

fn key_missing(detail: &str) -> ApiError {
    ApiError::with_detail(ProblemKind::IdempotencyKeyMissing, detail)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    // Every body of the contract is an object. A list would be read as its fields in order, which nobody means.
    if !text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Err(ApiError::with_detail(ProblemKind::MalformedRequest, "the body must be a JSON object"));
    }
    serde_json::from_str(text).map_err(|error| refusal(&error, text))
}

fn malformed() -> ApiError {
    ApiError::with_detail(ProblemKind::MalformedRequest, "the body is not valid JSON")
}

/// Turns a parser's error into the field it is about.
fn refusal(error: &serde_json::Error, text: &str) -> ApiError {
    // What is not JSON at all, or goes on after its end, is not refused for one of its fields.
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return malformed();
    }
    let message = error.to_string();
    let sentence = message.split(" at line ").next().unwrap_or(&message);
    let path = path_at(text, error.line(), error.column());
    let quoted = sentence.split('`').nth(1).unwrap_or_default();
    if sentence.starts_with("unknown field") {
        // The parser's path ends with the unknown field's name.
        return ApiError::field(
            if path.is_empty() { quoted } else { &path },
            FieldCode::UnknownField,
            "there is no such field",
        );
    }
    if sentence.starts_with("missing field") {
        return ApiError::field(quoted, FieldCode::Required, "this field is needed");
    }
    // A number where a word was expected is an error of syntax to the parser.
    let code = if sentence.starts_with("invalid type") || !error.is_data() {
        FieldCode::WrongType
    } else {
        FieldCode::InvalidFormat
    };
    ApiError::field(&path, code, &said_plainly(sentence))
}

/// The parser's sentence without the names of our types: `invalid type: integer 5, expected a string`.
fn said_plainly(sentence: &str) -> String {
    let Some((found, expected)) = sentence.split_once(", expected ") else { return sentence.to_owned() };
    let of_ours = ["struct ", "enum ", "variant ", "unit "].iter().any(|kind| expected.starts_with(kind));
    if of_ours { format!("{found}, expected an object") } else { sentence.to_owned() }
}
