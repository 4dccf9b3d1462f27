//! Attempts go out side by side, and what one of them notes of the receiver no other undoes.

use super::{attempted, deliveries, webhook};
use buoy_shared::api::{Destination, Items};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use buoy_tests::receiver::{Behaviour, Receiver};
use buoy_tests::wait::{self, now_millis};
use serde_json::json;
use tokio::task::JoinSet;

fn edge(timeout_ms: u32) -> Edge {
    let settings = json!({ "loopback": true, "timeout_ms": timeout_ms }).to_string();
    Edge::with_test_clock_and(&[("DELIVERY", &settings)])
}

async fn only_destination(site: &Site) -> Destination {
    let listed: Items<Destination> =
        site.staff().get("/api/support/agent/destinations/").send().await.expect(200).json();
    listed.items.into_iter().next().expect("a destination")
}

async fn file(visitor: Client, key: String) {
    crate::tickets::file(&visitor, "Cannot pay", &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_ten_failures_side_by_side_bring_the_first_rest_and_no_longer_one() {
    let receiver = Receiver::start().await;
    receiver.behave(|_| Behaviour::Slow);
    let edge = edge(2_000);
    let site = edge.new_site("school", &[]).await;
    webhook(&site, &receiver, &["ticket.created"]).await;
    // All at one fixed moment: the rest does not end while a busy machine files the others.
    let visitor = site.visitor(None).await;
    let visitor = visitor.with_header("x-test-now", &Timestamp::from_millis(now_millis()).to_rfc3339());
    let mut filed: JoinSet<()> = (0..10).map(|at| file(visitor.clone(), format!("k{at}"))).collect();
    while let Some(filed) = filed.join_next().await {
        filed.expect("no request panics");
    }
    wait::until("a rest after five failures", || async { only_destination(&site).await.resting_until }).await;
    wait::until("the end of what was under way", || async {
        let all = deliveries(&site, "pending").await;
        all.iter().all(|delivery| delivery.attempts == 0 || delivery.last_error.is_some()).then_some(())
    })
    .await;
    let down = only_destination(&site).await;
    assert_eq!(down.failures, 5, "{down:#?}");
    let rest = down.resting_until.expect("a rest").as_millis() - now_millis();
    assert!(rest <= 30_000, "the first rest: {rest} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_rest_that_a_receiver_asked_for_outlives_the_attempts_that_were_under_way() {
    for (earlier, timeout_ms, failures) in [(Behaviour::Slow, 2_000, 2..=2), (Behaviour::Held, 20_000, 0..=1)] {
        let receiver = Receiver::start().await;
        let first = earlier.clone();
        let asks = Behaviour::Answer(429, "retry-after: 3600\r\n", "");
        receiver.behave(move |before| if before == 0 { first.clone() } else { asks.clone() });
        let edge = edge(timeout_ms);
        let site = edge.new_site("school", &[]).await;
        webhook(&site, &receiver, &["ticket.created"]).await;
        let visitor = site.visitor(None).await;
        let begun = now_millis();
        file(visitor.clone(), "k0".to_owned()).await;
        receiver.wait_for(1).await;
        file(visitor, "k1".to_owned()).await;
        wait::until("the rest", || async { only_destination(&site).await.resting_until }).await;
        receiver.let_go();
        attempted(&site, 2, 1).await;
        let left = only_destination(&site).await;
        let until = left.resting_until.map(|until| until.as_millis());
        assert!(until >= Some(begun + 3_600_000), "{earlier:?} took the rest: {left:#?}");
        assert!(failures.contains(&left.failures), "{earlier:?}: {left:#?}");
    }
}
