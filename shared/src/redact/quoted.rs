//! Quotes around a value: which one opens it, and where it ends.

/// The quote that opens a value, and how deep it is quoted: `"`, `\\"` in a text within a text, and so on.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    sign: char,
    escapes: usize,
    /// Bytes of the joint up to the value.
    pub(super) length: usize,
}

impl Quote {
    /// The first quote behind what joins a name to its value: in `": "` the second.
    pub(super) fn opening(joint: &str) -> Option<Self> {
        let separator = joint.find(['=', ':'])?;
        let marks = joint.get(separator..)?.trim_start_matches(['=', ':', ' ']);
        let quote = marks.trim_start_matches('\\');
        let sign = quote.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
        Some(Self { sign, escapes: marks.len() - quote.len(), length: joint.len() - quote.len() + sign.len_utf8() })
    }

    /// Where the value ends whose text this is, if the quote is closed on its line.
    pub(super) fn closing(self, text: &str) -> Option<usize> {
        let mut escapes = 0;
        for (at, letter) in text.char_indices().take_while(|&(_, letter)| letter != '\n') {
            if letter == self.sign && closes(escapes, self.escapes) {
                return Some(at - escapes.min(self.escapes));
            }
            escapes = if letter == '\\' { escapes + 1 } else { 0 };
        }
        None
    }
}

/// Whether a quote with so many backslashes before it ends what a quote with so many began. Each time a text is quoted, every
/// backslash is doubled and one is added.
const fn closes(before: usize, opening: usize) -> bool {
    let (mut before, mut opening) = (before, opening);
    while opening > 0 && before % 2 == 1 {
        before /= 2;
        opening /= 2;
    }
    before.is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use crate::redact::redact_diagnostics;

    #[test]
    fn w4_a_quoted_secret_goes_to_its_closing_quote_and_what_follows_stays() {
        for (line, kept) in [
            (r#"{"password":"k7&Zq29!mmX","ok":1}"#, r#"{"password":"[secret]","ok":1}"#),
            (r#"{"password":"Summer&2024!"}"#, r#"{"password":"[secret]"}"#),
            (r#"{"passphrase": "correct horse battery staple", "a": 1}"#, r#"{"passphrase": "[secret]", "a": 1}"#),
            (r#"{"pin":"7","cvc": "12"}"#, r#"{"pin":"[secret]","cvc": "[secret]"}"#),
            (r#"{"password":"a\"b c","ok":1}"#, r#"{"password":"[secret]","ok":1}"#),
            (r#"{"password":"ends in \\","ok":1}"#, r#"{"password":"[secret]","ok":1}"#),
            (r#""{\"password\":\"a, b\",\"ok\":1}""#, r#""{\"password\":\"[secret]\",\"ok\":1}""#),
            (r#""{\"password\":\"a\\\"b c\",\"ok\":1}""#, r#""{\"password\":\"[secret]\",\"ok\":1}""#),
            (r#""body \"password\":\"cut of", next"#, r#""body \"password\":\"[secret]", next"#),
            (r#"{"password":"cut off at"#, r#"{"password":"[secret]"#),
            ("secret = 'a; b, c'\nnext line", "secret = '[secret]'\nnext line"),
            ("secret = 'never closed\nnext 'line", "secret = '[secret]\nnext 'line"),
            (r#"{"Authorization": "Bearer a b", "x": 1}"#, r#"{"Authorization": "Bearer [secret]", "x": 1}"#),
            (
                r#"{"private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQ+/\n-----END PRIVATE KEY-----\n", "a": 1}"#,
                r#"{"private_key": "[secret]", "a": 1}"#,
            ),
            (
                "private_key: \"-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\" next",
                "private_key: \"[secret]\" next",
            ),
            ("private_key=-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ", "private_key=[secret]"),
        ] {
            assert_eq!(redact_diagnostics(line), kept, "{line}");
        }
    }

    #[test]
    fn quotes_around_no_value_change_nothing() {
        for line in [
            r#"{"password":"","token":"null","pin": " "}"#,
            r#"{"password":"[FILTERED]","secret":"[secret]"}"#,
            r#"const url = base + "?token=" + it + "&lang=en""#,
            r#"Unexpected token: "}" in JSON"#,
            r#"the field "password" is required: "at least 8""#,
        ] {
            assert_eq!(redact_diagnostics(line), line, "{line}");
        }
    }
}
