//! The form of an index: pinned, and safe to read whatever arrives.

use super::*;
use crate::search::{Index, SearchDoc, build};
use proptest::prelude::*;

fn sample() -> Vec<u8> {
    let one = SearchDoc {
        slug: "pay",
        title: "Pay by card",
        headings: "Cards",
        body: "card card bank",
        keywords: "card",
        summary: "S",
    };
    build("en", &[one, SearchDoc { slug: "é", title: "Über", body: "bank", ..SearchDoc::default() }])
}

/// Panels keep an index for as long as its page is open, and the edge serves it for as long as it
/// is cached: bytes once released must stay readable, or the version must change.
#[test]
fn the_form_of_an_index_is_pinned() {
    let mut expected = b"BUOY\x01\x02en\x02".to_vec();
    expected.extend(b"\x03pay\x0bPay by card\x01S\x03\x01\x01\x03");
    expected.extend("\x02é\x05Über\x00\x01\x00\x00\x01".as_bytes());
    expected.extend(b"\x05\x00\x04bank\x02\x01\x01y\x01\x00\x04card\x01\x00\x03pay\x01\x00\x04uber\x01");
    expected.extend(b"\x00\x00\x02\x01\x03\x01\x01\x01\x02\x02\x01\x06\x01");
    assert_eq!(sample(), expected);
}

#[test]
fn bytes_that_are_no_index_are_named_as_such() {
    for (bytes, error) in [
        (&b""[..], IndexError::NotAnIndex),
        (b"BUO", IndexError::NotAnIndex),
        (b"<!doctype html>", IndexError::NotAnIndex),
        (b"BUOY", IndexError::Corrupt),
        (b"BUOY\x02", IndexError::Version(2)),
        (b"BUOY\x01\x00\x00\x00 ", IndexError::Corrupt),
        // A hundred million documents in a dozen bytes.
        (b"BUOY\x01\x00\xFF\xFF\xFF\x2F", IndexError::Corrupt),
        (b"BUOY\x01\x00\xFF\xFF\xFF\xFF\x1F", IndexError::Corrupt),
        (b"BUOY\x01\x00\xFF\xFF\xFF\xFF\xFF\x0F", IndexError::Corrupt),
    ] {
        assert_eq!(Index::load(bytes).err(), Some(error), "{bytes:?}");
    }
    assert!(Index::load(b"BUOY\x01\x00\x00\x00").is_ok_and(|index| index.is_empty()));
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = sample();
    for end in 0..bytes.len() {
        assert!(Index::load(&bytes[..end]).is_err(), "{end}");
    }
}

/// Some corruptions give another valid index; what counts is that all of them can be lived with.
#[test]
fn no_damaged_byte_brings_the_panel_down() {
    let bytes = sample();
    for at in 0..bytes.len() {
        for value in 0..=u8::MAX {
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
        let mut headed = b"BUOY\x01".to_vec();
        headed.extend(&bytes);
        for bytes in [bytes, headed] {
            if let Ok(index) = Index::load(&bytes) {
                index.search("any thing", 10);
            }
        }
    }

    #[test]
    fn numbers_come_back(number: u32) {
        let mut writer = Writer { bytes: Vec::new() };
        writer.number(number);
        let mut reader = Reader { rest: &writer.bytes };
        prop_assert_eq!(reader.number(), Ok(number));
        prop_assert!(reader.is_done());
    }

    #[test]
    fn postings_come_back(distance in 0..1_u32 << 30, occurrences in proptest::array::uniform4(prop_oneof![Just(0_u32), any::<u32>()])) {
        let mut writer = Writer { bytes: Vec::new() };
        writer.posting(distance, occurrences);
        let mut reader = Reader { rest: &writer.bytes };
        prop_assert_eq!(reader.posting(), Ok((distance, occurrences)));
    }
}
