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

/// Panels keep an index for as long as its page is open, and the edge serves it for as long as it
/// is cached: bytes once released must stay readable, or the version must change.
#[test]
fn the_form_of_an_index_is_pinned() {
    let docs = [
        SearchDoc { slug: "a", title: "Bank", body: "x x y", summary: "S", ..SearchDoc::default() },
        SearchDoc { slug: "é", title: "", body: "y", ..SearchDoc::default() },
    ];
    let mut expected = b"BUOY\x02\x02xx\x00\x00\x00\x00\x02".to_vec();
    expected.extend("\x01a\x02é\x04Bank\x00\x01S\x00".as_bytes());
    expected.extend(b"\x01\x00\x00\x00\x00\x00\x03\x01");
    expected.extend(b"\x03\x00\x00\x00\x04\x01\x01\x06bankxy\x01\x01\x02");
    // bank: gap 0, in full 2 1 1 1; x: gap 0, twice in the body; y: gaps 0 and 0, once each. The first bit is the lowest.
    let bits = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit);
    expected.extend(bits.chunks(8).map(byte));
    assert_eq!(build("xx", &docs), expected);
}

#[test]
fn bytes_that_are_no_index_are_named_as_such() {
    for (bytes, error) in [
        (&b""[..], IndexError::NotAnIndex),
        (b"BUO", IndexError::NotAnIndex),
        (b"<!doctype html>", IndexError::NotAnIndex),
        (b"BUOY", IndexError::Corrupt),
        (b"BUOY\x01", IndexError::Version(1)),
        (b"BUOY\x02\x00\x00\x00\x00\x00\x00\x00 ", IndexError::Corrupt),
        // A hundred million documents in a dozen bytes.
        (b"BUOY\x02\x00\x00\x00\x00\x00\xFF\xFF\xFF\x2F", IndexError::Corrupt),
        (b"BUOY\x02\x00\x00\x00\x00\x00\xFF\xFF\xFF\xFF\x1F", IndexError::Corrupt),
        (b"BUOY\x02\x00\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\x0F", IndexError::Corrupt),
    ] {
        assert_eq!(Index::load(bytes).err(), Some(error), "{bytes:?}");
    }
    assert!(Index::load(b"BUOY\x02\x00\x00\x00\x00\x00\x00\x00\x00").is_ok_and(|index| index.is_empty()));
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = sample("de");
    for end in 0..bytes.len() {
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
        let mut headed = b"BUOY\x02".to_vec();
        headed.extend(&bytes);
        for bytes in [bytes, headed] {
            if let Ok(index) = Index::load(&bytes) {
                index.search("any thing", 10);
            }
        }
    }

    #[test]
    fn numbers_come_back(number: u32) {
        let mut writer = Writer::bare();
        writer.number(number);
        let bytes = writer.finish();
        let mut reader = Reader::bare(&bytes);
        prop_assert_eq!(reader.number(), Ok(number));
        prop_assert!(reader.is_done());
    }

    #[test]
    fn postings_come_back(all in proptest::collection::btree_map(0..5_000_u32, proptest::array::uniform4(0..40_u32), 0..60)) {
        let postings: Vec<(u32, PerField)> = all.into_iter().collect();
        let mut writer = Writer::bare();
        writer.postings(5_000, &postings);
        let bytes = writer.finish();
        let mut read = Vec::new();
        let count = u32::try_from(postings.len()).unwrap();
        let end = Reader::bare(&bytes).postings(5_000, &[count], &mut |_, doc, fields| read.push((doc, fields)));
        prop_assert_eq!(end, Ok(()));
        let told_apart = postings.into_iter().map(|(doc, fields)| (doc, fields.map(|count| count.min(COUNT_MAX))));
        prop_assert_eq!(read, told_apart.collect::<Vec<_>>());
    }
}
