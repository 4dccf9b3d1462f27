//! Who a visitor says they are, when their site vouches for it: JWT by HS256 (design section 6).
//!
//! Only HS256 is read: a token that names another algorithm, or none, is refused before its signature is looked at.
//! Only what is signed is believed. Signatures are compared in constant time by the `hmac` crate.

use crate::api::IdentityKey;
use crate::secret::Secret;
use crate::text::{NAME_CHARS_MAX, clean_line, is_email};
use crate::ticket::is_locale_tag;
use crate::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::Sha256;

/// Longest life a token may be given, in seconds: an hour, so that a leaked one soon ends.
pub const LIFETIME_SECONDS_MAX: i64 = 3_600;
/// How far clocks may differ, in seconds.
pub const CLOCK_SKEW_SECONDS: i64 = 60;
/// Longest token that is read, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4_096;

/// What a site says about its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id with the site.
    pub sub: String,
    /// The site the token is for, alone or among others.
    pub aud: Audience,
    /// When it ends, in seconds since 1970.
    #[serde(deserialize_with = "seconds")]
    pub exp: i64,
    /// When it was made, in seconds since 1970.
    #[serde(deserialize_with = "seconds")]
    pub iat: i64,
    /// Where to write to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to address them by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their tier, which decides the promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Their plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The language they read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// When it begins to count, in seconds since 1970; left out, when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "optional_seconds")]
    pub nbf: Option<i64>,
}

/// Whom a token is for, in both forms of RFC 7519: libraries that know only the list write a list of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One site.
    One(String),
    /// Each of these.
    Any(Vec<String>),
}

impl Audience {
    fn has(&self, site: &str) -> bool {
        match self {
            Self::One(one) => one == site,
            Self::Any(all) => all.iter().any(|one| one == site),
        }
    }
}

impl From<&str> for Audience {
    fn from(site: &str) -> Self {
        Self::One(site.to_owned())
    }
}

/// A time of RFC 7519 may have a fraction; the second that it lies in is enough for us.
fn seconds<'de, D: Deserializer<'de>>(number: D) -> Result<i64, D::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "a whole number, and what is beyond i64 stays at its end")]
    let whole = |number: f64| number.floor() as i64;
    f64::deserialize(number).map(whole)
}

fn optional_seconds<'de, D: Deserializer<'de>>(number: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Moment(#[serde(deserialize_with = "seconds")] i64);
    Ok(Option::<Moment>::deserialize(number)?.map(|Moment(moment)| moment))
}

impl Claims {
    /// Signed is not yet clean: sites pass on what their users typed. What has not the form of its kind is left out,
    /// since a person must not be locked out of support by their own odd profile.
    fn cleaned(self) -> Self {
        let line = |text: Option<String>| {
            let line: String = clean_line(&text?).chars().take(NAME_CHARS_MAX).collect();
            (!line.is_empty()).then_some(line)
        };
        Self {
            email: self.email.map(|email| clean_line(&email)).filter(|email| is_email(email)),
            name: line(self.name),
            plan: line(self.plan),
            locale: self.locale.filter(|tag| is_locale_tag(tag)),
            ..self
        }
    }
}

/// Why a token is not believed. Callers hear only that it is not valid; the reason is for tests and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityError {
    /// It is not three parts of base64url JSON, or too long.
    Malformed,
    /// It names another algorithm than HS256.
    WrongAlgorithm,
    /// It names a key the site does not have.
    UnknownKey,
    /// The signature is not by that key.
    WrongSignature,
    /// It is for another site.
    WrongAudience,
    /// It has ended.
    Expired,
    /// It begins in the future.
    NotYetValid,
    /// It was given a longer life than allowed.
    LivesTooLong,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515); we know none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<serde_json::Value>,
}

/// Reads a token and believes it only if one of the site's keys signed it for this site and it is valid at `now`.
/// Two keys live during a rotation; a token without a `kid` is tried with each.
///
/// # Errors
/// The first reason not to believe it.
pub fn verify(token: &str, site: &str, keys: &[IdentityKey], now: Timestamp) -> Result<Claims, IdentityError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(IdentityError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdentityError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(IdentityError::Malformed)?;
    let header: Header = decode(header)?;
    if header.alg != "HS256" {
        return Err(IdentityError::WrongAlgorithm);
    }
    if header.crit.is_some() {
        return Err(IdentityError::Malformed);
    }
    let candidates: Vec<&IdentityKey> =
        keys.iter().filter(|key| header.kid.as_deref().is_none_or(|kid| kid == key.kid)).collect();
    if candidates.is_empty() {
        return Err(IdentityError::UnknownKey);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdentityError::Malformed)?;
    if !candidates.iter().any(|key| is_signed_by(key, signed, &signature)) {
        return Err(IdentityError::WrongSignature);
    }
    check_claims(decode(claims)?, site, now)
}

fn check_claims(claims: Claims, site: &str, now: Timestamp) -> Result<Claims, IdentityError> {
    let now = now.as_millis().div_euclid(1_000);
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(IdentityError::Malformed);
    }
    if !claims.aud.has(site) {
        return Err(IdentityError::WrongAudience);
    }
    if claims.exp.saturating_add(CLOCK_SKEW_SECONDS) <= now {
        return Err(IdentityError::Expired);
    }
    let begins = claims.iat.max(claims.nbf.unwrap_or(claims.iat));
    if begins.saturating_sub(CLOCK_SKEW_SECONDS) > now {
        return Err(IdentityError::NotYetValid);
    }
    if claims.exp <= claims.iat {
        return Err(IdentityError::Malformed);
    }
    if claims.exp.saturating_sub(claims.iat) > LIFETIME_SECONDS_MAX {
        return Err(IdentityError::LivesTooLong);
    }
    Ok(claims.cleaned())
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, IdentityError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdentityError::Malformed)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| IdentityError::Malformed)?;
    serde_json::from_str(text).map_err(|_| IdentityError::Malformed)
}

fn mac(key: &IdentityKey, signed: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.secret.reveal().as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

fn is_signed_by(key: &IdentityKey, signed: &str, signature: &[u8]) -> bool {
    mac(key, signed).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

/// Signs claims as a site's server would; for tests and the demo page.
#[must_use]
pub fn sign(claims: &Claims, key: &IdentityKey) -> String {
    let encode = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
    let header = serde_json::to_vec(&Header { alg: "HS256".to_owned(), kid: Some(key.kid.clone()), crit: None })
        .unwrap_or_default();
    let signed = format!("{}.{}", encode(header), encode(serde_json::to_vec(claims).unwrap_or_default()));
    let signature = mac(key, &signed).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
    format!("{signed}.{}", encode(signature))
}

/// SHA-256 of a token, in lower-case hexadecimal: what is stored of tokens, so that a stolen table opens nothing.
#[must_use]
pub fn token_hash(token: &str) -> String {
    use sha2::Digest as _;
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares two secrets without telling by its duration where they differ: both are hashed under a key first, so what
/// is compared says nothing about the secrets.
#[must_use]
pub fn secrets_match(left: &str, right: &str) -> bool {
    let key = IdentityKey { kid: String::new(), secret: Secret::new(right.to_owned()) };
    let tag = |text: &str| mac(&key, text).map(|mac| mac.finalize().into_bytes());
    match (mac(&key, left), tag(right)) {
        (Some(mac), Some(expected)) => mac.verify_slice(&expected).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
