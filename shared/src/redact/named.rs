//! Values whose name says that they are secret: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`.

use super::diagnostics::{Found, Place, run};
use super::quoted::Quote;
use super::tokens::private_key;

const SIGN: &str = "[secret]";

/// Ends of names whose values nobody else should see, without what joins words. From the lists of those who strip logs.
const NAMES: [&str; 30] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authorization",
    "credential",
    "credentials",
    "sessionid",
    "sessid",
    "session",
    "sid",
    "cookie",
    "signature",
    "sig",
    "otp",
    "pin",
    "cvv",
    "cvc",
    "jwt",
    "auth",
    "пароль",
    "passwort",
    "contraseña",
];

/// Names whose values are people's numbers.
const PEOPLE: [(&str, &str); 3] = [("phone", "[phone]"), ("tel", "[phone]"), ("mobile", "[phone]")];

/// Digits from which a value that is called a phone is one.
const PHONE_DIGITS_MIN: usize = 7;

/// What programs write where there is no value, or speak of one.
const NO_VALUES: [&str; 17] = [
    "null",
    "undefined",
    "none",
    "nil",
    "true",
    "false",
    "empty",
    "missing",
    "required",
    "invalid",
    "expired",
    "string",
    "number",
    "object",
    "disabled",
    "enabled",
    "blocked",
];

/// Letters from which what stands behind a name is its value; in quotes one is enough, if it is no mere sign.
const LETTERS_MIN: usize = 3;

/// How a header's value begins before the secret itself.
const SCHEMES: [&str; 4] = ["Bearer ", "Basic ", "Token ", "ApiKey "];

/// A name, what joins it to its value, and the value.
pub(super) fn value(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() {
        return None;
    }
    let name = place.run(|letter| letter.is_alphanumeric() || "_-".contains(letter));
    let plain: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_name = |secret: &&&str| is_end(&plain, name, secret);
    let sign = match PEOPLE.iter().find(|(person, _)| plain == *person) {
        Some((_, sign)) => *sign,
        None => NAMES.iter().find(is_name).map(|_| SIGN)?,
    };
    let after = place.rest.get(name.len()..)?;
    let joint = run(after, |letter| "\\\"'=: ]".contains(letter) || letter == '%');
    let joint = joint.split('%').next().unwrap_or_default();
    let is_encoded = after.get(joint.len()..).is_some_and(|rest| rest.starts_with("%3D"));
    if !is_encoded && !joint.contains(['=', ':']) {
        return None;
    }
    if sign == SIGN
        && let Some(found) = in_quotes(place.rest, name, joint)
    {
        return Some(found);
    }
    let start = behind_scheme(place.rest, name.len() + joint.len() + if is_encoded { 3 } else { 0 })?;
    let rest = place.rest.get(start..)?;
    if let Some(end) = private_key(rest) {
        return Some(Found { start, end: start + end, sign });
    }
    let is_cookie = plain.ends_with("cookie");
    let is_of_value = |letter: char| {
        if is_cookie {
            !"\"'\n".contains(letter)
        } else {
            !letter.is_whitespace() && !"\"'&;,)}]<>`\\".contains(letter)
        }
    };
    // Judged by its beginning; taken to its end.
    let begin = run(rest, is_of_value).trim_end_matches('.');
    let is_loose = joint.ends_with(' ') && !joint.contains(['"', '\'', '=']);
    let is_meant = sign == SIGN || begin.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS_MIN;
    if !is_meant || !is_value(begin, is_loose, rest) {
        return None;
    }
    let end = rest.find(|letter| !is_of_value(letter)).unwrap_or(rest.len());
    let end = rest.get(..end)?.trim_end_matches('.').len();
    Some(Found { start, end: start + end, sign })
}

/// Where the secret itself begins, if a header's scheme stands before it.
fn behind_scheme(text: &str, start: usize) -> Option<usize> {
    let mut start = start;
    for scheme in SCHEMES {
        if text.get(start..)?.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)) {
            start += scheme.len();
        }
    }
    Some(start)
}

/// A value in quotes: all that stands between them, blanks and signs too.
fn in_quotes(text: &str, name: &str, joint: &str) -> Option<Found> {
    let quote = Quote::opening(joint)?;
    let start = behind_scheme(text, name.len() + quote.length)?;
    let rest = text.get(start..)?;
    // A blank first says that the quote closes what began before: `"?token=" + token`.
    if rest.starts_with(char::is_whitespace) {
        return None;
    }
    let end_of_line = || rest.find('\n').unwrap_or(rest.len());
    let end = quote.closing(rest).or_else(|| private_key(rest)).unwrap_or_else(end_of_line);
    let value = rest.get(..end)?;
    let is_sign = value.starts_with('[') && value.ends_with(']');
    let is_value = value.chars().any(char::is_alphanumeric) || value.chars().count() >= LETTERS_MIN;
    let is_one = is_value && !is_sign && !NO_VALUES.contains(&value.to_lowercase().as_str());
    is_one.then_some(Found { start, end: start + end, sign: SIGN })
}

/// Whether a name ends in a secret one at a joint of words: `userPassword` and `x-api-key`, not `compass`.
fn is_end(plain: &str, name: &str, secret: &str) -> bool {
    let Some(before) = plain.strip_suffix(secret) else { return false };
    if before.is_empty() {
        return true;
    }
    // As many letters of the name as were left over, joints not counted.
    let letters = name.char_indices().filter(|(_, letter)| letter.is_alphanumeric());
    let start = letters.map(|(at, _)| at).nth(before.chars().count()).unwrap_or_default();
    let first = name.get(start..).and_then(|tail| tail.chars().next());
    let joint = name.get(..start).and_then(|head| head.chars().next_back());
    first.is_some_and(char::is_uppercase) || joint.is_some_and(|letter| "_-".contains(letter))
}

/// Whether it is a value, and not what a sentence goes on with: `token: undefined`, `password: must be longer`.
fn is_value(found: &str, is_loose: bool, rest: &str) -> bool {
    let letters = found.chars().count();
    if letters < LETTERS_MIN || found.starts_with('[') || NO_VALUES.contains(&found.to_lowercase().as_str()) {
        return false;
    }
    let is_word = found.chars().all(|letter| letter.is_lowercase()) || {
        let mut tail = found.chars();
        tail.next().is_some_and(char::is_uppercase) && tail.all(char::is_lowercase)
    };
    let goes_on = rest.get(found.len()..).is_some_and(|after| after.starts_with(' '));
    !(is_loose && is_word && goes_on)
}

/// `Bearer …` and `Basic …` wherever they stand.
pub(super) fn scheme(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() {
        return None;
    }
    let scheme = SCHEMES
        .iter()
        .take(2)
        .find(|scheme| place.rest.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))?;
    let token =
        run(place.rest.get(scheme.len()..)?, |letter| letter.is_ascii_alphanumeric() || "-._~+/=".contains(letter));
    let looks_random = token.contains(|letter: char| letter.is_ascii_digit() || letter == '=')
        || token.len() >= 8 && token.chars().skip(1).any(|letter| letter.is_ascii_uppercase());
    let end = place.rest.get(scheme.len()..)?.find(|letter: char| letter.is_whitespace() || "\"',;)".contains(letter));
    let end = end.map_or(place.rest.len(), |end| scheme.len() + end);
    (token.len() >= 6 && looks_random).then_some(Found { start: scheme.len(), end, sign: "[token]" })
}
