//! Whatever reads as an article, front matter and all, is printed in a form that reads as itself (K3).
#![no_main]

use buoy_shared::markdown::{parse, references};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    drop(references(source));
    if let Ok(first) = parse(source) {
        let printed = first.to_markdown();
        let second = parse(&printed).expect("what was printed reads");
        assert_eq!(second.blocks, first.blocks, "{printed}");
        assert_eq!(second.to_markdown(), printed);
    }
});
