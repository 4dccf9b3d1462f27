//! Reads a request's body within a limit, as the type the contract says, naming the field that is wrong.

use crate::auth;
use crate::courier::NEWS_PATH;
use crate::error::ApiError;
use crate::limits;
use buoy_shared::api::{RouteId, RouteMatch, find_route};
use buoy_shared::json_path::path_at;
use buoy_shared::problem::ProblemKind;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, IDEMPOTENCY_KEY_CHARS_MAX, IMPORT_BYTES_MAX};
use buoy_shared::upload::UPLOAD_BYTES_MAX;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
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
    /// Too much of bodies was being read; then this one was not.
    busy: bool,
    /// Held while the body is in memory.
    _room: Option<Room>,
}

/// Bytes of files that one isolate holds at a time: four of the largest, or hundreds of screenshots. All requests share 128 MB.
const FILES_AT_ONCE_BYTES_MAX: usize = 4 * UPLOAD_BYTES_MAX;

/// The same of all other bodies, beyond what each is given before it comes: two dozen of the largest. With the files that
/// is half of those 128 MB; the other half is for what we make of them.
const BODIES_AT_ONCE_BYTES_MAX: usize = 24 * IMPORT_BYTES_MAX;

/// One address is given one of so many parts of each, so that nobody keeps everybody else out: of files that is two of the
/// largest, since an office may be behind it.
const SHARES: usize = 2;

/// What a body that is not a file's is given before it comes: most are shorter, and its declared length is only a claim.
const TAKEN_BEFORE_BYTES: usize = 64 * 1024;

/// How long we wait for a body, and for so many bytes more of a longer one. A tunnel is longer at times; then the client
/// sends it again.
const PATIENCE: Duration = Duration::from_secs(20);
/// The bytes of one such time: 2 kB a second, which the slowest line has that a file is sent on.
const PATIENCE_BYTES: usize = 40 * 1024;

/// What is held in memory of one body, and for whom.
struct Held {
    is_file: bool,
    address: String,
    bytes: Cell<usize>,
    /// When something of it came last, in milliseconds since 1970.
    taken_at: Cell<u64>,
}

/// How long nothing more comes of a body before its room counts no more: the platform may end a request whose client hung up
/// without ever waking it, so nothing of it is dropped.
const HELD_MILLIS_MAX: u64 = 5 * 60_000;

thread_local! {
    /// Every body that is in memory.
    static HELD: RefCell<Vec<Rc<Held>>> = const { RefCell::new(Vec::new()) };
}

/// Room for a body that is in memory; given back when dropped.
struct Room(Rc<Held>);

impl Room {
    /// No room yet.
    fn of(is_file: bool, address: String) -> Self {
        let held = Rc::new(Held { is_file, address, bytes: Cell::new(0), taken_at: Cell::new(now()) });
        HELD.with_borrow_mut(|all| all.push(Rc::clone(&held)));
        Self(held)
    }

    /// Takes so many bytes in all, and says whether they were free. If not, the body is given up.
    fn take(&self, bytes: usize) -> bool {
        self.0.taken_at.set(now());
        if bytes <= self.0.bytes.get() {
            return true;
        }
        self.0.bytes.set(bytes);
        let oldest = now().saturating_sub(HELD_MILLIS_MAX);
        HELD.with_borrow_mut(|all| all.retain(|held| held.taken_at.get() >= oldest));
        let bytes_max = if self.0.is_file { FILES_AT_ONCE_BYTES_MAX } else { BODIES_AT_ONCE_BYTES_MAX };
        HELD.with_borrow(|all| {
            let (mut of_all, mut of_address) = (0, 0);
            for held in all.iter().filter(|held| held.is_file == self.0.is_file) {
                of_all += held.bytes.get();
                if held.address == self.0.address {
                    of_address += held.bytes.get();
                }
            }
            of_all <= bytes_max && of_address <= bytes_max / SHARES
        })
    }
}

fn now() -> u64 {
    worker::Date::now().as_millis()
}

impl Drop for Room {
    fn drop(&mut self) {
        HELD.with_borrow_mut(|all| all.retain(|held| !Rc::ptr_eq(held, &self.0)));
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
    pub(crate) async fn read(request: Request) -> Result<Self, ApiError> {
        let mut incoming = Self { request, body: Vec::new(), too_large: false, busy: false, _room: None };
        if !matches!(incoming.request.method(), Method::Post | Method::Put | Method::Patch | Method::Delete) {
            return Ok(incoming);
        }
        let (bytes_max, is_file) = bytes_max_of(&incoming.method_word(), &incoming.path());
        let declared = incoming.header("content-length")?.and_then(|length| length.parse::<usize>().ok());
        incoming.too_large = declared.is_some_and(|length| length > bytes_max);
        let is_strangers = is_file && !auth::claims_visitor(incoming.header("authorization")?.as_deref());
        if incoming.too_large || is_strangers {
            return Ok(incoming);
        }
        // A file is taken at once as it is declared, since a growing one would be held twice at times. One that does not say
        // may be of any length.
        let taken = if is_file { declared.unwrap_or(bytes_max) } else { declared.unwrap_or(0).min(TAKEN_BEFORE_BYTES) };
        let room = Room::of(is_file, limits::address_of(incoming.request.headers())?);
        // The least file counts as much as what is kept about it.
        incoming.busy = is_file && !room.take(taken.max(TAKEN_BEFORE_BYTES));
        if !incoming.busy {
            incoming.body.reserve_exact(taken);
            incoming.fill(bytes_max, room).await?;
        }
        Ok(incoming)
    }

    /// Reads the body chunk by chunk: one that does not say its length must not fill the memory either.
    async fn fill(&mut self, bytes_max: usize, room: Room) -> Result<(), ApiError> {
        // A request without a body has no stream.
        let Ok(mut chunks) = self.request.stream() else { return Ok(()) };
        let (mut patience, mut needed) = (pin!(Delay::from(PATIENCE)), PATIENCE_BYTES);
        loop {
            match select(chunks.next(), patience.as_mut()).await {
                Either::Left((Some(chunk), _)) => self.keep(&chunk?, bytes_max, &room),
                Either::Left((None, _)) => break,
                Either::Right(_) if self.body.len() < needed => return Err(ApiError::new(ProblemKind::Unavailable)),
                Either::Right(_) => {
                    needed = self.body.len() + PATIENCE_BYTES;
                    patience.set(Delay::from(PATIENCE));
                }
            }
            if self.too_large || self.busy {
                self.body = Vec::new();
                return Ok(());
            }
        }
        self._room = Some(room);
        Ok(())
    }

    /// Adds a chunk, where there is room for it.
    fn keep(&mut self, chunk: &[u8], bytes_max: usize, room: &Room) {
        self.too_large = self.body.len() + chunk.len() > bytes_max;
        if !self.too_large {
            self.body.extend_from_slice(chunk);
            self.busy = !room.take(self.body.capacity().saturating_sub(TAKEN_BEFORE_BYTES));
        }
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

/// The most that is read for a path, and whether it is a file.
fn bytes_max_of(method: &str, path: &str) -> (usize, bool) {
    match find_route(method, path) {
        RouteMatch::Found(RouteId::CreateUpload, _) => (UPLOAD_BYTES_MAX, true),
        RouteMatch::Found(..) => (IMPORT_BYTES_MAX, false),
        // What the other worker says may be about many rows.
        _ if path == NEWS_PATH => (BODY_BYTES_MAX, false),
        // A form, or what nobody takes.
        _ => (TAKEN_BEFORE_BYTES, false),
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
