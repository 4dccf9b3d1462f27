//! The engines of triage, search and redaction as a WebAssembly module, for the tests that page and edge reach one result (R4, W3).
//!
//! Three plain functions over two buffers, so that it needs no bindings and shows nothing but the engines: ask for room with
//! `input`, write `{"policy": …, "messages": [{"subject", "body", "tier", "locale"}, …]}`, `{"locale": …, "docs": […],
//! "queries": […]}`, `{"index": [bytes], "queries": […]}` or `{"lines": […]}` there, call `run`, read as many bytes from `output`.
//! Built and asked by `shared/tests/wasm/`. It must not do
//! anything that the widget would not do.
#![expect(unsafe_code, reason = "exporting a name counts as unsafe; no memory is touched by hand")]

use buoy_shared::policy::Policy;
use buoy_shared::redact::redact_diagnostics;
use buoy_shared::search::{Index, SearchDoc, build};
use buoy_shared::triage::{Input, Rules};
use serde_json::Value;
use std::cell::RefCell;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the host writes so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|buffer| {
        buffer.clear();
        buffer.resize(length, 0);
        buffer.as_mut_ptr()
    })
}

/// Sorts every message or answers every query; gives the length of the answer, 0 when the input cannot be read.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> usize {
    let answer = INPUT.with_borrow(|buffer| answer(buffer)).unwrap_or_default();
    OUTPUT.with_borrow_mut(|buffer| {
        *buffer = answer;
        buffer.len()
    })
}

/// Where the answer lies.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(|buffer| buffer.as_ptr())
}

fn answer(bytes: &[u8]) -> Option<Vec<u8>> {
    let request: Value = serde_json::from_slice(bytes).ok()?;
    if let Some(index) = request.get("index") {
        return found_in_published(index, &request);
    }
    if request.get("queries").is_some() {
        return found(&request);
    }
    if let Some(lines) = request.get("lines") {
        let lines = lines.as_array()?.iter().filter_map(Value::as_str);
        return serde_json::to_vec(&lines.map(redact_diagnostics).collect::<Vec<_>>()).ok();
    }
    let policy: Policy = serde_json::from_value(request.get("policy")?.clone()).ok()?;
    let rules = Rules::compile(&policy);
    let text = |message: &Value, name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let sort = |message: &Value| {
        let [subject, body, tier, locale] = ["subject", "body", "tier", "locale"].map(|name| text(message, name));
        let (subject, body, tier, locale) = (&*subject, &*body, &*tier, &*locale);
        rules.triage(&Input { category: None, subject, body, tier, locale, context: None })
    };
    let found: Vec<_> = request.get("messages")?.as_array()?.iter().map(sort).collect();
    serde_json::to_vec(&found).ok()
}

/// Builds an index of the documents and asks it; gives the index, and of each query the confidence and the hits, with every
/// bit of every number.
fn found(request: &Value) -> Option<Vec<u8>> {
    let list = |name: &str| request.get(name).and_then(Value::as_array);
    let text = |doc: &'_ Value, name: &str| doc.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields: Vec<[String; 4]> =
        list("docs")?.iter().map(|doc| ["title", "headings", "body", "keywords"].map(|name| text(doc, name))).collect();
    let docs: Vec<SearchDoc<'_>> = fields
        .iter()
        .map(|[title, headings, body, keywords]| SearchDoc { slug: "a", title, headings, body, keywords, summary: "" })
        .collect();
    let bytes = build(request.get("locale")?.as_str()?, &docs);
    let index = Index::load(&bytes).ok()?;
    let ask = |query: &Value| {
        let answer = index.answer(query.as_str().unwrap_or_default(), 10);
        let hits: Vec<(u32, u32)> = answer.hits.iter().map(|hit| (hit.doc, hit.score.to_bits())).collect();
        (answer.confidence.to_bits(), hits)
    };
    let answers: Vec<_> = list("queries")?.iter().map(ask).collect();
    serde_json::to_vec(&(bytes, answers)).ok()
}

/// Asks an index as it was downloaded; gives the slug and the bits of the score of each hit of each query.
fn found_in_published(index: &Value, request: &Value) -> Option<Vec<u8>> {
    let bytes: Vec<u8> = serde_json::from_value(index.clone()).ok()?;
    let index = Index::load(&bytes).ok()?;
    let ask = |query: &Value| -> Vec<(String, u32)> {
        let hits = index.search(query.as_str().unwrap_or_default(), 10);
        hits.iter().map(|hit| (index.slug(hit.doc).to_owned(), hit.score.to_bits())).collect()
    };
    let answers: Vec<_> = request.get("queries")?.as_array()?.iter().map(ask).collect();
    serde_json::to_vec(&answers).ok()
}
