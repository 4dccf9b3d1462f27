//! Who may know what: the invariants of ARCHITECTURE.md that are absences.

use crate::sources::sources;

/// Fails when a word stands in a file where it must not.
fn forbid(folder: &str, words: &[&str], allowed: &[&str]) {
    for source in sources(folder, &["rs"]) {
        if allowed.iter().any(|path| source.path.starts_with(path)) {
            continue;
        }
        for word in words {
            let code = source.code().lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                assert!(!line.contains(word), "{}: `{word}` does not belong here: {line}", source.path);
            }
        }
    }
}

#[test]
fn shared_knows_no_clock_chance_network_storage_or_page() {
    let words = [
        "SystemTime",
        "Instant::now",
        "js_sys",
        "web_sys",
        "wasm_bindgen",
        "worker::",
        "getrandom",
        "rand::",
        "std::fs",
        "std::net",
        "std::env::",
        "println!",
    ];
    forbid("shared/src", &words, &[]);
}

#[test]
fn sql_stands_in_the_store_only() {
    forbid("edge/src", &["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM"], &["edge/src/store"]);
}

#[test]
fn failure_statuses_stand_in_the_error_file_only() {
    let words =
        ["=> 400", "=> 401", "=> 403", "=> 404", "=> 409", "=> 422", "=> 429", "=> 500", "with_status(", ", 400)"];
    forbid("edge/src", &words, &["edge/src/error.rs", "edge/src/reply.rs"]);
}

#[test]
fn edge_and_widget_do_not_know_each_other() {
    forbid("edge/src", &["buoy_widget", "reactive_graph"], &[]);
    forbid("widget/src", &["buoy_edge", "worker::"], &[]);
}

/// A second way to read compiles every type that is read so once more: 29 kB of the courier.
#[test]
fn json_is_read_from_texts_alone_and_no_row_lies_flat_in_another() {
    forbid("edge/src", &["serde_json::from_slice", "serde_json::from_reader", "serde(flatten)", "untagged"], &[]);
    forbid("shared/src", &["serde_json::from_slice", "serde_json::from_reader"], &[]);
}

#[test]
fn markup_is_never_made_from_text() {
    forbid("widget/src", &["inner_html", "set_inner_html", "insert_adjacent_html", "set_outer_html"], &[]);
    let loader = sources("widget", &["js"]);
    for source in loader {
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!source.text.contains(word), "{}: {word}", source.path);
        }
    }
}

#[test]
fn shared_is_the_only_crate_that_page_and_edge_have_in_common() {
    for (manifest, forbidden) in [
        ("edge/Cargo.toml", "buoy-widget"),
        ("widget/Cargo.toml", "buoy-edge"),
        ("shared/Cargo.toml", "buoy-edge"),
        ("shared/Cargo.toml", "buoy-widget"),
    ] {
        let text = std::fs::read_to_string(buoy_tests::root::root().join(manifest)).expect("a manifest");
        assert!(!text.contains(forbidden), "{manifest} names {forbidden}");
    }
}
