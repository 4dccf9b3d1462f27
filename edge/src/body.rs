//! Reads a request's body within a limit, as the type the contract says, naming the field that is wrong.

use crate::error::ApiError;
use buoy_shared::problem::ProblemKind;
use buoy_shared::text::{FieldCode, IDEMPOTENCY_KEY_CHARS_MAX};
use serde::de::DeserializeOwned;
use worker::Request;

/// A body that was read: its text, for the idempotency key's hash, and its meaning.
pub(crate) struct Body<T> {
    pub(crate) text: String,
    pub(crate) value: T,
}

/// Reads JSON of at most `bytes_max` bytes. The declared length is checked before anything is read.
pub(crate) async fn read_json<T: DeserializeOwned>(
    request: &mut Request,
    bytes_max: usize,
) -> Result<Body<T>, ApiError> {
    let too_large = || ApiError::with_detail(ProblemKind::BodyTooLarge, format!("at most {bytes_max} bytes"));
    let header = |name: &str| request.headers().get(name);
    let declared = header("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > bytes_max) {
        return Err(too_large());
    }
    let content_type = header("content-type")?.unwrap_or_default();
    if !content_type.is_empty() && !content_type.to_ascii_lowercase().contains("json") {
        return Err(ApiError::with_detail(ProblemKind::UnsupportedMediaType, "set Content-Type to application/json"));
    }
    let bytes = request.bytes().await?;
    if bytes.len() > bytes_max {
        return Err(too_large());
    }
    if bytes.is_empty() {
        return Err(ApiError::with_detail(ProblemKind::MalformedRequest, "a JSON body is needed"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| ApiError::with_detail(ProblemKind::MalformedRequest, "the body is not valid UTF-8"))?;
    let value = parse(&text)?;
    Ok(Body { text, value })
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| refusal(&error))?;
    deserializer.end().map_err(|_| malformed())?;
    Ok(value)
}

fn malformed() -> ApiError {
    ApiError::with_detail(ProblemKind::MalformedRequest, "the body is not valid JSON")
}

/// Turns a parser's error into the field it is about.
fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    if !error.inner().is_data() {
        return malformed();
    }
    let message = error.inner().to_string();
    let sentence = message.split(" at line ").next().unwrap_or(&message);
    let path = error.path().to_string();
    let quoted = sentence.split('`').nth(1).unwrap_or_default();
    if sentence.starts_with("unknown field") {
        // The parser's path ends with the unknown field's name.
        return ApiError::field(
            if path == "." { quoted } else { &path },
            FieldCode::UnknownField,
            "there is no such field",
        );
    }
    if sentence.starts_with("missing field") {
        return ApiError::field(quoted, FieldCode::Required, "this field is needed");
    }
    let code = if sentence.starts_with("invalid type") { FieldCode::WrongType } else { FieldCode::InvalidFormat };
    let field = if path == "." { "body" } else { &path };
    ApiError::field(field, code, sentence)
}

/// The key that makes a repeated POST harmless, when one was sent.
pub(crate) fn idempotency_key(request: &Request) -> Result<Option<String>, ApiError> {
    let Some(key) = request.headers().get(buoy_shared::api::IDEMPOTENCY_KEY)?.filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    if key.chars().count() > IDEMPOTENCY_KEY_CHARS_MAX || key.chars().any(char::is_control) {
        return Err(ApiError::with_detail(
            ProblemKind::IdempotencyKeyMissing,
            "the Idempotency-Key has at most 255 printable characters",
        ));
    }
    Ok(Some(key))
}

/// The same, where it must be there.
pub(crate) fn required_idempotency_key(request: &Request) -> Result<String, ApiError> {
    idempotency_key(request)?.ok_or_else(|| {
        ApiError::with_detail(
            ProblemKind::IdempotencyKeyMissing,
            "send a fresh random Idempotency-Key with each new request, the same one with a repeat",
        )
    })
}
