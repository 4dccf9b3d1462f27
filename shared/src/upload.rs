//! Files that people attach: which kinds are taken, how a name is cleaned, how a download is labelled.
//!
//! A file's bytes must be what its declared type says, by their first bytes; a name is text to show, never a path. No
//! kind that a browser would run (HTML, SVG, scripts) is taken. What visitors send is never shown inline; pictures that
//! the team puts into articles are.

use crate::text::clean_line;

/// Bytes of one file: a screenshot or a short recording of a screen; also what one request may hold in memory.
pub const UPLOAD_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Bytes of one picture in an article: a screenshot; every reader pays for it.
pub const PICTURE_BYTES_MAX: usize = 1024 * 1024;
/// Files of one message.
pub const ATTACHMENTS_MAX: usize = 5;
/// Characters of a file's name, as it is kept.
pub const FILE_NAME_CHARS_MAX: usize = 120;
/// The header with a file's name, percent-encoded as UTF-8: headers themselves are Latin only.
pub const FILE_NAME_HEADER: &str = "x-file-name";
/// How long a file waits to be attached, in seconds: a form that stays open over night keeps its pictures.
pub const UNATTACHED_SECONDS: i64 = 86_400;

/// A kind of file that is taken.
#[derive(Debug)]
pub struct FileKind {
    /// Its type, as it is stored and served.
    pub content_type: &'static str,
    /// Other names that browsers give the type.
    aliases: &'static [&'static str],
    /// Endings of its names; the first is added to a name that has none of them.
    endings: &'static [&'static str],
    /// How its bytes are recognised.
    signature: Signature,
}

#[derive(Debug)]
enum Signature {
    /// These bytes at this place, any of the rows.
    Bytes(&'static [(usize, &'static [u8])]),
    /// These bytes at both places.
    Both((usize, &'static [u8]), (usize, &'static [u8])),
    /// Text in any encoding that has no control characters: none of the bytes below, and no other kind's signature.
    Text,
}

/// The kinds that are taken.
pub const FILE_KINDS: &[FileKind] = &[
    FileKind {
        content_type: "image/png",
        aliases: &[],
        endings: &["png"],
        signature: Signature::Bytes(&[(0, b"\x89PNG\r\n\x1a\n")]),
    },
    FileKind {
        content_type: "image/jpeg",
        aliases: &["image/jpg", "image/pjpeg"],
        endings: &["jpg", "jpeg"],
        signature: Signature::Bytes(&[(0, b"\xff\xd8\xff")]),
    },
    FileKind {
        content_type: "image/gif",
        aliases: &[],
        endings: &["gif"],
        signature: Signature::Bytes(&[(0, b"GIF87a"), (0, b"GIF89a")]),
    },
    FileKind {
        content_type: "image/webp",
        aliases: &[],
        endings: &["webp"],
        signature: Signature::Both((0, b"RIFF"), (8, b"WEBP")),
    },
    FileKind {
        content_type: "application/pdf",
        aliases: &[],
        endings: &["pdf"],
        signature: Signature::Bytes(&[(0, b"%PDF-")]),
    },
    FileKind { content_type: "text/plain", aliases: &[], endings: &["txt", "log"], signature: Signature::Text },
    FileKind { content_type: "text/csv", aliases: &["application/csv"], endings: &["csv"], signature: Signature::Text },
    FileKind {
        content_type: "application/zip",
        aliases: &["application/x-zip-compressed"],
        endings: &["zip"],
        // The second is an empty archive.
        signature: Signature::Bytes(&[(0, b"PK\x03\x04"), (0, b"PK\x05\x06")]),
    },
    FileKind {
        content_type: "video/mp4",
        aliases: &[],
        endings: &["mp4"],
        signature: Signature::Bytes(&[(4, b"ftyp")]),
    },
];

impl FileKind {
    /// The kind of a picture, by its declared type.
    #[must_use]
    pub fn of_picture(declared: &str) -> Option<&'static Self> {
        Self::of(declared).filter(|kind| kind.content_type.starts_with("image/"))
    }

    /// The kind of a picture that has this ending, as [`Self::ending`] gives it.
    #[must_use]
    pub fn of_picture_ending(ending: &str) -> Option<&'static Self> {
        FILE_KINDS.iter().find(|kind| kind.content_type.starts_with("image/") && kind.ending() == ending)
    }

    /// The usual ending of its names.
    #[must_use]
    pub fn ending(&self) -> &'static str {
        self.endings.first().copied().unwrap_or_default()
    }

    /// The kind of a declared type; its parameters (`; charset=…`) do not matter.
    #[must_use]
    pub fn of(content_type: &str) -> Option<&'static Self> {
        let bare = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        FILE_KINDS.iter().find(|kind| kind.content_type == bare || kind.aliases.contains(&bare.as_str()))
    }

    /// Whether the bytes are of this kind.
    #[must_use]
    pub fn fits(&self, bytes: &[u8]) -> bool {
        let stands = |(at, expected): &(usize, &[u8])| bytes.get(*at..).is_some_and(|rest| rest.starts_with(expected));
        match &self.signature {
            Signature::Bytes(rows) => rows.iter().any(stands),
            Signature::Both(first, second) => stands(first) && stands(second),
            Signature::Text => {
                let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
                let is_other = |kind: &&Self| !matches!(kind.signature, Signature::Text) && kind.fits(bytes);
                !bytes.is_empty() && !bytes.iter().any(is_control) && !FILE_KINDS.iter().any(|kind| is_other(&kind))
            }
        }
    }

    /// A name that may be shown and saved: the last part of any path, without invisible and reserved characters,
    /// never hidden, at most [`FILE_NAME_CHARS_MAX`] characters, with an ending of this kind.
    #[must_use]
    pub fn clean_name(&self, name: &str) -> String {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let visible: String = last.chars().filter(|&letter| !is_invisible(letter)).collect();
        let kept: String = clean_line(&visible)
            .chars()
            .map(|letter| if "\"<>:|?*%;`$".contains(letter) { '_' } else { letter })
            .collect();
        let bare = kept.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
        let (stem, ending) = bare.rsplit_once('.').unwrap_or((bare, ""));
        let known = self.endings.iter().find(|known| known.eq_ignore_ascii_case(ending));
        let stem = if known.is_some() { stem } else { bare };
        let ending = known.or(self.endings.first()).copied().unwrap_or_default();
        let room = FILE_NAME_CHARS_MAX.saturating_sub(ending.len() + 1);
        let stem: String = stem.chars().take(room).collect();
        let stem = stem.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
        let mut name = String::from(if stem.is_empty() { "file" } else { stem });
        name.push('.');
        name.push_str(ending);
        name
    }
}

/// Characters that cannot be seen and so could hide something in a name: zero width, direction, tags, fillers.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Reads a percent-encoded header; nothing when it is not UTF-8 or an escape is broken.
#[must_use]
pub fn decode_percent(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let value = digit(rest.next())? * 16 + digit(rest.next())?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The label of a download (RFC 6266): a plain name for old readers, the real one as `filename*`.
#[must_use]
pub fn content_disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_graphic() && letter != '"' && letter != '\\' { letter } else { '_' })
        .collect();
    let mut label = String::from("attachment; filename=\"");
    label.push_str(&plain);
    label.push_str("\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            label.push(char::from(byte));
        } else {
            label.push('%');
            for half in [byte >> 4, byte & 15] {
                label.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(content_type: &str) -> &'static FileKind {
        FileKind::of(content_type).expect("a known type")
    }

    #[test]
    fn a_kind_is_recognised_by_its_first_bytes_only() {
        let samples: [(&str, &[u8]); 9] = [
            ("image/png", b"\x89PNG\r\n\x1a\n...."),
            ("image/jpeg", b"\xff\xd8\xff\xe0"),
            ("image/gif", b"GIF89a"),
            ("image/webp", b"RIFF\0\0\0\0WEBPVP8 "),
            ("application/pdf", b"%PDF-1.7\n\0"),
            ("text/plain", "привет\r\n".as_bytes()),
            ("text/csv", b"a;b\n1;\xcf\xf0"),
            ("application/zip", b"PK\x03\x04\0"),
            ("video/mp4", b"\0\0\0\x18ftypmp42\0"),
        ];
        for (declared, _) in samples {
            for (actual, bytes) in samples {
                let both_text = declared.starts_with("text/") && actual.starts_with("text/");
                assert_eq!(kind(declared).fits(bytes), declared == actual || both_text, "{declared}: {actual}");
            }
            assert!(!kind(declared).fits(b""), "{declared}: an empty file");
        }
    }

    #[test]
    fn what_a_browser_would_run_is_no_kind() {
        for content_type in [
            "text/html",
            "image/svg+xml",
            "application/javascript",
            "text/xml",
            "application/x-msdownload",
            "",
            "image/*",
        ] {
            assert!(FileKind::of(content_type).is_none(), "{content_type}");
        }
        assert_eq!(kind("IMAGE/JPG; x=y").content_type, "image/jpeg");
        assert!(!kind("text/plain").fits(b"MZ\x90\0"), "a program is no text");
    }

    #[test]
    fn a_name_loses_what_could_deceive_or_do_harm() {
        for (given, kept) in [
            ("screen.png", "screen.png"),
            ("../../etc/passwd", "passwd.png"),
            ("C:\\Users\\me\\shot.PNG", "shot.png"),
            (".htaccess", "htaccess.png"),
            ("\u{200b}.htaccess", "htaccess.png"),
            ("\u{200d}..\u{2060}.bashrc.png", "bashrc.png"),
            ("invoice\u{202e}gnp.exe", "invoicegnp.exe.png"),
            ("a\u{0}b\r\nc.png", "a b c.png"),
            ("счёт №5.png", "счёт №5.png"),
            ("\"><script>.png", "___script_.png"),
            ("...", "file.png"),
            ("", "file.png"),
            (" . png", "png.png"),
        ] {
            assert_eq!(kind("image/png").clean_name(given), kept, "{given:?}");
        }
        let long = kind("image/jpeg").clean_name(&format!("{}.jpeg", "я".repeat(500)));
        assert_eq!(long.chars().count(), FILE_NAME_CHARS_MAX);
        assert!(long.ends_with(".jpeg"));
    }

    #[test]
    fn a_label_carries_any_name_and_no_second_header() {
        assert_eq!(
            content_disposition("счёт 5.png"),
            "attachment; filename=\"_____5.png\"; filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82%205.png"
        );
        assert!(!content_disposition("a\"; x=\r\nb").contains(['\r', '\n']));
        assert_eq!(decode_percent("%D1%81%D1%87%20a"), Some("сч a".into()));
        for broken in ["%", "%d", "%zz", "%ff"] {
            assert_eq!(decode_percent(broken), None, "{broken}");
        }
    }
}
