//! Addresses: of mail, and of places with a password in them.

use super::diagnostics::{Found, Place, run};

/// Endings that look like domains and are files: `logo@2x.png`.
const FILES: [&str; 12] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "js", "mjs", "ts", "css", "map"];

/// What stands between two slashes and an at sign: `://user:password@`.
pub(super) fn password(place: &Place<'_>) -> Option<Found> {
    let rest = place.rest.strip_prefix("://")?;
    let authority = run(rest, |letter| !letter.is_whitespace() && !"/?#\"'<>`".contains(letter));
    let end = authority.rfind('@')?;
    (end > 0).then_some(Found { start: 3, end: 3 + end, sign: "[password]" })
}

/// `name@domain.tld`, also as addresses of pages write it.
pub(super) fn email(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() && place.before != Some('_') {
        return None;
    }
    let local = place.run(|letter| letter.is_alphanumeric() || ".!#$%&'*+-/=?^_{|}~".contains(letter));
    // What separates: the sign itself, or its code, which looks like a part of the name.
    let (name, at) = match place.rest.get(local.len()..)?.starts_with('@') {
        true => (local, 1),
        false => (local.get(..local.find("%40")?)?, 3),
    };
    // The name begins behind whatever else of these letters stands before it: `/users/jo@example.com`, `?to=jo@…`.
    let start = name.rfind(['/', '=', '?', '&', '\'', '{', '|']).map_or(0, |at| at + 1);
    if name.len() == start {
        return None;
    }
    let domain = run(place.rest.get(name.len() + at..)?, |letter| letter.is_alphanumeric() || ".-".contains(letter));
    let domain = domain.trim_end_matches(['.', '-']);
    let (_, ending) = domain.rsplit_once('.')?;
    let is_domain =
        ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic) || ending.starts_with("xn--");
    let is_file = FILES.contains(&ending.to_ascii_lowercase().as_str()) || domain.contains("..");
    (is_domain && !is_file).then_some(Found { start, end: name.len() + at + domain.len(), sign: "[email]" })
}
