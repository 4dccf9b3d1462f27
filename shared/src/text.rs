//! What people type: cleaned, measured, and refused with the field's name when it cannot be kept.
//!
//! Every limit has a name here, is printed in the OpenAPI document and is checked by the same code in the page (as
//! the person types) and at the edge (as the request arrives).

use serde::{Deserialize, Serialize};

/// Characters of a ticket's subject: a line that a list can show.
pub const SUBJECT_CHARS_MAX: usize = 200;
/// Characters of one message: long enough for a log excerpt, short enough for one database row many times over.
pub const MESSAGE_CHARS_MAX: usize = 10_000;
/// Characters of a person's name.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters of an e-mail address, RFC 5321.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Characters of an incident's title: it must fit a banner.
pub const TITLE_CHARS_MAX: usize = 140;
/// Characters of one value of the page's context (a URL, a browser's name).
pub const CONTEXT_CHARS_MAX: usize = 2_000;
/// Characters of an idempotency key, as in the IETF draft's common practice.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// Characters of a search query that are looked at.
pub const QUERY_CHARS_MAX: usize = 256;
/// Bytes of a request's body, unless the route says otherwise: the longest message with every letter outside of ASCII
/// written as JSON's escapes, which take twelve bytes where UTF-8 takes four, and what goes along with it.
pub const BODY_BYTES_MAX: usize = 160 * 1024;
/// Bytes of an import of articles in one request.
pub const IMPORT_BYTES_MAX: usize = 1024 * 1024;

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// It is missing or blank.
    Required,
    /// It is longer than the limit named in the detail.
    TooLong,
    /// It is not one of the values that exist.
    UnknownValue,
    /// There is no such field.
    UnknownField,
    /// It has another type than the contract says.
    WrongType,
    /// It has the right type but not the right form.
    InvalidFormat,
}

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// The field's name, with dots into nested objects.
    pub field: String,
    /// What is wrong, for programs.
    pub code: FieldCode,
    /// What is wrong, for people.
    pub detail: String,
}

impl FieldError {
    /// Names a field and what is wrong with it.
    #[must_use]
    pub fn new(field: &str, code: FieldCode, detail: &str) -> Self {
        Self { field: field.to_owned(), code, detail: detail.to_owned() }
    }
}

/// Invisible characters that change how a line reads or hide something in it: bidirectional overrides and isolates,
/// zero-width space and marks, the byte-order mark, and what no XML may hold. The zero-width joiners stay: emoji and several scripts need them.
fn is_deceptive(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// One line: control and deceptive characters gone, white space collapsed and trimmed.
#[must_use]
pub fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars().filter(|&letter| !is_deceptive(letter)) {
        if letter.is_whitespace() || letter.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.push(letter);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Several lines: as [`clean_line`], but line breaks and inner spaces (code, tables) are kept.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => kept.push(letter),
            letter if is_deceptive(letter) || letter.is_control() => {}
            letter => kept.push(letter),
        }
    }
    kept.trim().to_owned()
}

/// Collects what is wrong with an input, field by field, so that a person sees all of it at once.
#[derive(Debug, Default)]
pub struct Refusals {
    errors: Vec<FieldError>,
}

impl Refusals {
    /// Notes one refusal.
    pub fn push(&mut self, field: &str, code: FieldCode, detail: &str) {
        self.errors.push(FieldError::new(field, code, detail));
    }

    /// A line that must be there.
    pub fn required_line(&mut self, field: &str, text: &str, chars_max: usize) -> String {
        let line = clean_line(text);
        self.measure(field, &line, chars_max, true);
        line
    }

    /// A text of several lines that must be there.
    pub fn required_text(&mut self, field: &str, text: &str, chars_max: usize) -> String {
        let text = clean_text(text);
        self.measure(field, &text, chars_max, true);
        text
    }

    /// A line that may be missing; blank counts as missing.
    pub fn optional_line(&mut self, field: &str, text: Option<&str>, chars_max: usize) -> Option<String> {
        let line = clean_line(text?);
        self.measure(field, &line, chars_max, false);
        (!line.is_empty()).then_some(line)
    }

    /// A text of several lines that may be missing; blank counts as missing.
    pub fn optional_text(&mut self, field: &str, text: Option<&str>, chars_max: usize) -> Option<String> {
        let text = clean_text(text?);
        self.measure(field, &text, chars_max, false);
        (!text.is_empty()).then_some(text)
    }

    /// An e-mail address that may be missing.
    pub fn optional_email(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let address = self.optional_line(field, text, EMAIL_CHARS_MAX)?;
        if !is_email(&address) {
            self.push(field, FieldCode::InvalidFormat, "expected an address such as name@example.com");
        }
        Some(address)
    }

    fn measure(&mut self, field: &str, text: &str, chars_max: usize, required: bool) {
        if required && text.is_empty() {
            self.push(field, FieldCode::Required, "must not be empty");
        } else if text.chars().count() > chars_max {
            let mut detail = String::from("at most ");
            detail.push_str(&chars_max.to_string());
            detail.push_str(" characters");
            self.push(field, FieldCode::TooLong, &detail);
        }
    }

    /// The value when nothing was refused.
    ///
    /// # Errors
    /// Everything that was refused.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() { Ok(value) } else { Err(self.errors) }
    }
}

/// Whether this could be delivered to: one `@`, something before it, a dotted name after it, nothing blank. More than
/// that only a delivery can tell.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((mailbox, domain)) = text.rsplit_once('@') else { return false };
    let labels = || domain.split('.');
    let domain_is_dotted = labels().nth(1).is_some() && labels().all(|label| !label.is_empty());
    // `matches!` because `str::contains` of a letter brings a search for texts into the panel.
    let is_odd =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '[' | ']' | '\\');
    !mailbox.is_empty() && !mailbox.bytes().any(|byte| byte == b'@') && domain_is_dotted && !text.chars().any(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_what_would_deceive_its_reader() {
        for (typed, kept) in [
            ("  Payment\tfails \n today ", "Payment fails today"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            // No XML may hold them, feeds neither.
            ("pasted\u{fffe} here\u{ffff}", "pasted here"),
            ("\u{200b}.htaccess", ".htaccess"),
            ("Привет,  мир", "Привет, мир"),
            ("👩\u{200d}💻 emoji stay whole", "👩\u{200d}💻 emoji stay whole"),
            ("\0\u{1}", ""),
        ] {
            assert_eq!(clean_line(typed), kept);
        }
    }

    #[test]
    fn a_text_keeps_its_lines_and_code() {
        assert_eq!(clean_text("  if x:\r\n    y()\u{7}\n\n"), "if x:\n    y()");
    }

    #[test]
    fn a_subject_is_refused_from_the_first_character_too_many() {
        for (length, refused) in [(0, true), (1, false), (SUBJECT_CHARS_MAX, false), (SUBJECT_CHARS_MAX + 1, true)] {
            let mut refusals = Refusals::default();
            refusals.required_line("subject", &"я".repeat(length), SUBJECT_CHARS_MAX);
            assert_eq!(refusals.into_result(()).is_err(), refused, "{length} characters");
        }
    }

    #[test]
    fn addresses_are_checked_for_form_only() {
        for (address, valid) in [
            ("anna@example.com", true),
            ("a.b+c@sub.example.co.uk", true),
            ("почта@пример.рф", true),
            ("anna", false),
            ("@example.com", false),
            ("anna@example", false),
            ("anna@example..com", false),
            ("anna@exa mple.com", false),
            ("a@b@example.com", false),
            ("anna@example.com, eve@example.com", false),
        ] {
            assert_eq!(is_email(address), valid, "{address}");
        }
    }
}
