//! Signatures of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, by each secret that lives.
//!
//! Two secrets live during a rotation, and a delivery is signed by both: receivers change over when they please.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret begins with as text.
pub const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret of ours; the standard asks for 24 to 64.
pub const SECRET_BYTES: usize = 32;
/// Secrets that live at once: the new and the old.
pub const SECRETS_MAX: usize = 2;

/// A secret as text, from random bytes; the caller answers for their randomness.
#[must_use]
pub fn secret_text(random: &[u8; SECRET_BYTES]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(random))
}

/// The value of `webhook-signature`: one signature for each secret, the newest first. A text that is no secret signs
/// nothing. `timestamp` is that of the attempt, in seconds since 1970.
#[must_use]
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a str>, id: &str, timestamp: i64, body: &str) -> String {
    let signatures = secrets.into_iter().filter_map(|secret| {
        let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        for part in [id, ".", &timestamp.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_specifications_own_example_is_signed_as_it_says() {
        assert_eq!(sign([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, BODY), SIGNED);
    }

    #[test]
    fn during_a_rotation_both_secrets_sign_and_what_is_no_secret_does_not() {
        let other = secret_text(&[7; SECRET_BYTES]);
        let by = |secrets: &[&str]| sign(secrets.iter().copied(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, BODY);
        let both = by(&[&other, SECRET]);
        let (newest, old) = both.split_once(' ').expect("two signatures");
        assert_eq!((newest, old), (by(&[&other]).as_str(), SIGNED));
        for wrong in ["", "whsec_", "whsec_?", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let signed = by(&[wrong, SECRET]);
            assert!(signed == SIGNED || wrong == "whsec_", "{wrong}: {signed}");
        }
    }

    #[test]
    fn a_change_of_id_time_or_body_changes_the_signature() {
        let base = sign([SECRET], "a", 1, "b");
        for other in [sign([SECRET], "a2", 1, "b"), sign([SECRET], "a", 2, "b"), sign([SECRET], "a", 1, "c")] {
            assert_ne!(base, other);
        }
    }
}
