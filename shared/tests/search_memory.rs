//! What building and reading an index takes of memory (K3, W3): a worker has 128 MB for everything, and a phone not much more.
//!
//! The bounds are for each word of each article, counted once an article, and for each byte of an index. They are a fifth to a
//! third above what was measured when they were written, so that they notice a list that somebody keeps twice.
#![expect(unsafe_code, reason = "an allocator that counts")]

use buoy_shared::search::{Index, IndexBuilder, SearchDoc};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes for each word while an index is built, pointers of eight bytes.
const BUILDING_MAX: usize = 35;
/// Bytes for each byte of an index, while it is read and afterwards.
const READING_MAX: usize = 6;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is done by the system's allocator; the counts beside it are atomic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

/// The most bytes that were held at once while something was done, beyond those before.
fn most<T>(act: impl FnOnce() -> T) -> (usize, T) {
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let made = act();
    (MOST.load(Ordering::Relaxed) - before, made)
}

/// Words of an article: the first ones are in most articles, as in a language.
fn text(article: usize) -> String {
    (1..150).map(|word| format!("w{} ", (article * 31 + word * word) % (word * 40))).collect()
}

// One test: another at the same time would be counted too.
#[test]
fn k3_a_worker_has_memory_for_the_index_of_thousands_of_articles() {
    const ARTICLES: usize = 1_000;
    let words: usize = (0..ARTICLES).map(|article| text(article).split(' ').collect::<BTreeSet<_>>().len() - 1).sum();
    let (building, bytes) = most(|| {
        let mut builder = IndexBuilder::new("en");
        for article in 0..ARTICLES {
            builder.add(&SearchDoc { slug: "slug", title: "Title", body: &text(article), ..SearchDoc::default() });
        }
        builder.finish()
    });
    let (reading, index) = most(|| Index::load(&bytes).unwrap());
    assert_eq!(index.len(), ARTICLES);
    assert!(building <= words * BUILDING_MAX, "{building} bytes for {words} words");
    assert!(reading <= bytes.len() * READING_MAX, "{reading} bytes to read {}", bytes.len());
}
