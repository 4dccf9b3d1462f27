//! No words make the search panic, and none leave it with more answers than were asked for (W3).
#![no_main]

use buoy_shared::redact::redact;
use buoy_shared::search::{Index, SearchDoc, build};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let docs = [
        SearchDoc { slug: "pay", title: "How to pay by card", body: "Open Payments.", ..SearchDoc::default() },
        SearchDoc { slug: "reset", title: "Reset your password", keywords: "forgot, login", ..SearchDoc::default() },
        SearchDoc { slug: "оплата", title: "Как оплатить картой", body: "Откройте раздел.", ..SearchDoc::default() },
    ];
    Index::load(&build("en", &docs)).expect("an index that was just built")
});

fuzz_target!(|query: &str| {
    let hits = INDEX.search(query, 2);
    assert!(hits.len() <= 2 && hits.iter().all(|hit| hit.score > 0.0));
    drop(INDEX.marks("How to pay by card", query));
    assert!(!redact(query).contains('@'));
});
