//! The secret by which Telegram shows that a call is its own.
//!
//! It follows from the bot's token, so that an installation has one secret a bot to keep, and it does not give that token
//! away: whoever reads it in a log can forge updates, but not speak as the bot.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header that carries it.
pub const HEADER: &str = "x-telegram-bot-api-secret-token";

/// What it is for, so that the same token never makes another secret of the same value.
const PURPOSE: &[u8] = b"buoy telegram webhook";

/// The secret of a bot's webhook, in the letters that Telegram takes.
#[must_use]
pub fn of_token(token: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.as_bytes()) else { return String::new() };
    mac.update(PURPOSE);
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_a_secret_of_its_own_that_telegram_takes() {
        let (one, other) = (of_token("1:a"), of_token("1:b"));
        assert_ne!(one, other);
        for secret in [one, other] {
            assert_eq!(secret.len(), 64);
            assert!(secret.bytes().all(|byte| byte.is_ascii_hexdigit()), "{secret}");
        }
    }
}
