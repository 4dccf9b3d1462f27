//! No bytes make an index panic or grow, and whatever loads can be asked (W3).
#![no_main]

use buoy_shared::search::{INDEX_VERSION, Index, first_part};
use libfuzzer_sys::fuzz_target;

/// Bytes of what stands before an index's first part.
const START_BYTES: usize = 13;

/// The bytes behind a sound beginning: without it hardly anything would get further than the magic. The first two say where
/// the first part ends.
fn headed(data: &[u8]) -> Option<Vec<u8>> {
    let (cut, parts) = data.split_first_chunk::<2>()?;
    let (first, rest) = parts.split_at_checked(usize::from(u16::from_le_bytes(*cut)))?;
    let length = u32::try_from(START_BYTES + first.len()).ok()?.to_le_bytes();
    let mark = [0; 4];
    Some([b"BUOY", &[INDEX_VERSION][..], &length, &mark, first, &mark, rest].concat())
}

fn ask(bytes: &[u8]) {
    let _ = first_part(bytes);
    let Ok(index) = Index::load(bytes) else { return };
    for query in ["a", "card pay", "bank ", "日本", "оплата ка"] {
        let answer = index.answer(query, 5);
        assert!(answer.hits.iter().all(|hit| hit.score.is_finite() && (hit.doc as usize) < index.len()));
        assert!((0.0..=1.0).contains(&answer.confidence));
        for hit in answer.hits {
            drop((index.slug(hit.doc), index.marks(index.title(hit.doc), query), index.summary(hit.doc)));
        }
    }
}

fuzz_target!(|data: &[u8]| {
    ask(data);
    if let Some(bytes) = headed(data) {
        ask(&bytes);
    }
});
