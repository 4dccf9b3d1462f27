//! Our feeds as the parser reads them that most programs in Python use (A3): ids, dates and texts are those that we declared.
//!
//! Only in deep runs: `feedparser` comes from PyPI, where `cargo xtask test --deep` gets it.

use crate::conformance::python_tool;
use crate::status_page::{Scene, get, scene};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the parser made of a feed, as JSON.
const READ: &str = "\
import calendar, feedparser, json, sys
feed = feedparser.parse(sys.stdin.buffer.read())
print(json.dumps({'wrong': bool(feed.bozo), 'kind': feed.version, 'title': feed.feed.get('title'), 'entries': [
    {'id': one.id, 'title': one.title, 'link': one.link, 'text': one.summary,
     'at': calendar.timegm(one.get('updated_parsed') or one.published_parsed)} for one in feed.entries]}))";

fn read(python: &Path, bytes: &[u8]) -> Value {
    let mut program = Command::new(python)
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    program.stdin.take().expect("its input").write_all(bytes).expect("it reads");
    let output = program.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_feedparser_reads_what_was_declared_with_stable_ids_and_right_dates() {
    let Some(python) = python_tool("python3") else { return };
    let Scene { site, open, .. } = scene().await;
    for (path, kind) in [("/status/history.atom", "atom10"), ("/status/history.rss", "rss20")] {
        let answer = get(&site, &format!("{path}?locale=en")).await.expect(200);
        let feed = read(&python, &answer.bytes);
        assert_eq!((&feed["wrong"], &feed["kind"]), (&json!(false), &json!(kind)), "{feed:#}");
        let entries = feed["entries"].as_array().expect("entries");
        assert_eq!(entries.len(), 4);
        let entry = entries.iter().find(|entry| entry["id"] == format!("tag:127.0.0.1,2026:Incident/{}", open.id));
        let entry = entry.expect("the incident that is open");
        assert_eq!(entry["at"], open.updated_at.as_millis() / 1_000, "{path}");
        assert!(entry["link"].as_str().is_some_and(|link| link.contains(&format!("/status/incidents/{}", open.id))));
        assert!(entry["text"].as_str().is_some_and(|text| text.contains("Cards are declined.")));
        assert_eq!(entry["title"], "Payments <fail> & \"stop\"", "signs of markup are text");
        let again = read(&python, &get(&site, &format!("{path}?locale=en")).await.expect(200).bytes);
        assert_eq!(again, feed, "read again, it is the same");
    }
}
