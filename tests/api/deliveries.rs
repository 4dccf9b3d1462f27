//! News leaves the desk (C2) and arrives, whatever the other side does: slow, dead, dropping the line, full, gone.

mod endless;
mod kill;
mod many;
mod order;
mod patience;
mod planned;
mod side_by_side;
mod sinks;

use buoy_shared::api::{Delivery, DeliveryState, Page};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::receiver::{Call, Receiver};
use buoy_tests::root::root;
use buoy_tests::wait;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// An edge with a clock that moves, whose third parties are all played by one receiver.
/// Patient with whom it calls: on a busy machine an answer takes its time.
pub(crate) fn edge_with(receiver: &Receiver) -> Edge {
    edge_with_timeout(receiver, 20_000)
}

fn edge_with_timeout(receiver: &Receiver, timeout_ms: u32) -> Edge {
    let url = receiver.url();
    let settings = json!({ "loopback": true, "timeout_ms": timeout_ms, "telegram": url, "pagerduty": url });
    Edge::with_test_clock_and(&[("DELIVERY", &settings.to_string()), ("SUPPORT_BOT_TOKEN", "77:agents")])
}

/// Adds a destination; gives its id and, for a webhook, its secret.
pub(crate) async fn destination(site: &Site, draft: &Value) -> (String, String) {
    let made = site.staff().post("/api/support/agent/destinations/").json(draft).send().await.expect(201).value();
    let text = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("/destination/id"), text("/secret"))
}

/// A webhook that wants these events.
pub(crate) async fn webhook(site: &Site, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let address = format!("{}/hook", receiver.url());
    destination(site, &json!({ "kind": "webhook", "name": "hook", "address": address, "events": events })).await
}

/// Every delivery of a site in a state.
pub(crate) async fn deliveries(site: &Site, state: &str) -> Vec<Delivery> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/support/agent/deliveries/?state={state}{cursor}");
        let page: Page<Delivery> = site.staff().get(&path).send().await.expect(200).json();
        all.extend(page.items);
        let Some(next) = page.next_cursor else { return all };
        cursor = format!("&cursor={next}");
    }
}

/// Waits until so many deliveries of a site are known to have arrived: an attempt that is still under way when the clock is
/// moved on counts as lost, and is made again.
pub(crate) async fn arrived(site: &Site, count: usize) {
    wait::until(&format!("{count} deliveries that arrived"), || async {
        (deliveries(site, "delivered").await.len() == count).then_some(())
    })
    .await;
}

/// Waits until every delivery of a site has had so many attempts, or arrived; with none: until no attempt is under way.
pub(crate) async fn attempted(site: &Site, count: usize, attempts: u32) -> Vec<Delivery> {
    wait::until(&format!("{count} deliveries with {attempts} attempts"), || async {
        let mut all = deliveries(site, "pending").await;
        all.extend(deliveries(site, "delivered").await);
        all.extend(deliveries(site, "dead").await);
        // An attempt that is under way has no outcome yet.
        let done = |delivery: &Delivery| {
            let told = delivery.last_status.is_some() || delivery.last_error.is_some();
            let waits = attempts == 0 && delivery.attempts == 0;
            delivery.state != DeliveryState::Pending || waits || (delivery.attempts >= attempts && told)
        };
        (all.len() == count && all.iter().all(done)).then_some(all)
    })
    .await
}

/// Verifies signatures by the library of others, each by each of the secrets.
pub(crate) fn verified_by_others(calls: &[Call], secrets: &[&str]) -> usize {
    let mut node = Command::new("node");
    node.arg(root().join("tests/api/deliveries/verify.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node starts");
    let mut input = node.stdin.take().expect("a pipe");
    for call in calls {
        let header = |name: &str| (name.to_owned(), Value::from(call.header(name)));
        let headers: serde_json::Map<String, Value> =
            ["webhook-id", "webhook-timestamp", "webhook-signature"].into_iter().map(header).collect();
        writeln!(input, "{}", json!({ "secrets": secrets, "headers": headers, "body": call.body })).expect("a line");
    }
    drop(input);
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "not verified");
    String::from_utf8_lossy(&output.stdout).parse().expect("a number")
}
