//! The form of an index: pinned, and safe to read whatever arrives.

use super::*;
use crate::search::{Index, SearchDoc, build};
use proptest::prelude::*;

fn sample(locale: &str) -> Vec<u8> {
    let one = SearchDoc {
        slug: "pay",
        title: "Pay by card",
        headings: "Cards",
        body: "card card bank",
        keywords: "card",
        summary: "S",
    };
    build(locale, &[one, SearchDoc { slug: "é", title: "Über", body: "bank", ..SearchDoc::default() }])
}

/// Where the first part ends, however small the rest is.
fn cut(bytes: &[u8]) -> usize {
    START_BYTES + split(bytes).unwrap().0.len()
}

/// Panels keep an index for as long as its page is open, and the edge serves it for as long as it
/// is cached: bytes once released must stay readable, or the version must change.
#[test]
fn the_form_of_an_index_is_pinned() {
    let docs = [
        SearchDoc { slug: "a", title: "Bank", body: "x x y", summary: "S", ..SearchDoc::default() },
        SearchDoc { slug: "é", title: "", body: "y", ..SearchDoc::default() },
    ];
    let mut first = b"\x02xx\x00\x00\x00\x02".to_vec();
    first.extend("\x05a\né\n\x06Bank\n\n".as_bytes());
    // Lengths, field by field; the kinds of occurrences: once in the body, twice, once in the title.
    first.extend(b"\x01\x00\x00\x00\x00\x00\x03\x01");
    first.extend(b"\x03\x00\x00\x00\x01\x00\x00\x00\x02\x01\x00\x00\x00");
    // bank, x, y in one, one, two documents and none more elsewhere; distances, then kinds.
    first.extend(b"\x03\x00\x00\x00\x09bank\nx\ny\n\x01\x01\x02\x00\x00\x00\x04\x00\x00\x00\x00\x02\x01\x00\x00");
    let rest = b"\x00\x03S\n\n\x00\x00\x00";
    let mark = b"\x47\x14\x81\x25";
    let expected = [b"BUOY\x03\x53\x00\x00\x00", &mark[..], &first, mark, rest].concat();
    assert_eq!(build("xx", &docs), expected);
}

#[test]
fn bytes_that_are_no_index_are_named_as_such() {
    for (bytes, error) in [
        (&b""[..], IndexError::NotAnIndex),
        (b"BUO", IndexError::NotAnIndex),
        (b"<!doctype html>", IndexError::NotAnIndex),
        (b"BUOY", IndexError::Corrupt),
        (b"BUOY\x02", IndexError::Version(2)),
        (b"BUOY\x03\x01\x00\x00\x00....", IndexError::Corrupt),
        (b"BUOY\x03\xFF\xFF\xFF\xFF....", IndexError::Corrupt),
    ] {
        assert_eq!(Index::load(bytes).err(), Some(error), "{bytes:?}");
    }
    for counts in [
        // Billions of documents, of terms, of bytes of a text in a dozen bytes; a number that is too long.
        &b"\x00\x00\x00\x00\xFF\xFF\xFF\xFF\x0F"[..],
        b"\x00\x00\x00\x00\x00\x00\x00\x00\xFF\xFF\xFF\xFF\x0F",
        b"\xFF\xFF\xFF\xFF\x0F",
        b"\xFF\xFF\xFF\xFF\xFF\x0F",
        b"\x00\x00\x00\x00\xFF\xFF\xFF\xFF\x1F",
    ] {
        assert_eq!(Index::load(&join(counts, b"\x00\x00\x00")).err(), Some(IndexError::Corrupt), "{counts:?}");
    }
    let nothing = join(&[0; 11], &[0; 5]);
    assert!(Index::load(&nothing).is_ok_and(|index| index.is_empty() && index.is_whole()));
}

#[test]
fn the_rest_of_another_index_is_refused() {
    let other = SearchDoc { summary: "Another", ..SearchDoc::default() };
    let (one, other) = (sample("xx"), build("xx", &[other, other]));
    let mixed = [&one[..cut(&one)], &other[cut(&other)..]].concat();
    assert!(Index::load(&one).is_ok() && Index::load(&one[..cut(&one)]).is_ok());
    assert_eq!(Index::load(&mixed).err(), Some(IndexError::Corrupt));
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = sample("de");
    let first = cut(&bytes);
    for end in (0..bytes.len()).filter(|&end| end != first) {
        assert!(Index::load(&bytes[..end]).is_err(), "{end}");
    }
}

/// Some corruptions give another valid index; what counts is that all of them can be lived with.
#[test]
fn no_damaged_byte_brings_the_panel_down() {
    let (small, whole) = (sample("xx"), sample("de"));
    // Every value of every byte where there are only counts; of the texts of a language, which are long, a few values.
    let all = (0..small.len()).flat_map(|at| (0..=u8::MAX).map(move |value| (at, value)));
    let few = (0..whole.len()).step_by(3).flat_map(|at| [0, b' ', b'\n', 0x7F, 0xFF].map(|value| (at, value)));
    for (bytes, damage) in [(&small, all.collect::<Vec<_>>()), (&whole, few.collect())] {
        for (at, value) in damage {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            if let Ok(index) = Index::load(&damaged) {
                let hits = index.search("bank card pai u", 10);
                assert!(hits.iter().all(|hit| hit.score.is_finite() && (hit.doc as usize) < index.len()));
            }
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let half = bytes.len() / 2;
        let headed = join(&bytes[..half], &bytes[half..]);
        for bytes in [bytes, headed] {
            if let Ok(index) = Index::load(&bytes) {
                index.search("any thing", 10);
            }
        }
    }

    #[test]
    fn numbers_come_back(number: u32) {
        let mut writer = Writer::default();
        writer.number(number);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.number(), Ok(number));
        prop_assert!(reader.is_done());
    }
}
