//! What was acknowledged survives `kill -9`.

use crate::tickets::{agent_path, file, say, visitor_path};
use buoy_shared::api::Page;
use buoy_shared::article::Article;
use buoy_shared::incident::Incident;
use buoy_shared::ticket::{AgentTicketSummary, Ticket};
use buoy_tests::edge::Edge;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn tickets_messages_incidents_and_articles_survive_a_kill() {
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "Before the kill", "t1").await;
    say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), "and a message", "m1").await;
    say(&staff, &format!("{}add_message/", agent_path(&ticket)), "and an answer", "a1").await;
    let incident: Incident = staff
        .post("/api/support/incidents/")
        .json(&json!({ "title": "Payments fail" }))
        .send()
        .await
        .expect(201)
        .json();
    let article =
        json!({ "articles": [{ "locale": "en", "slug": "pay", "markdown": "# Pay\n\nBy card." }], "publish": true });
    staff.post("/api/support/agent/kb/import/").json(&article).send().await.expect(200);

    edge.kill_9();
    edge.restart();

    let read: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert_eq!(
        read.messages.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(),
        ["The page says: declined.", "and a message", "and an answer"]
    );
    let found: Incident = edge
        .client()
        .get(&format!("/api/support/incidents/{}/?site={}", incident.id, site.id))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(found, incident);
    let article: Article = edge
        .client()
        .get(&format!("/api/support/kb/articles/pay/?site={}&locale=en", site.id))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(article.title, "Pay");
    let boot = edge.client().get(&format!("/api/support/boot/?site={}", site.id)).send().await.expect(200);
    assert_eq!(boot.value()["banners"][0]["title"], "Payments fail");
    assert_eq!(
        file(&visitor, "Before the kill", "t1").await.id,
        ticket.id,
        "the same key is the same ticket after the kill too"
    );
}

/// Requests in flight when the kill comes, and how many rounds.
const AT_ONCE: usize = 40;
const ROUNDS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_loses_nothing_acknowledged_and_a_repeat_doubles_nothing() {
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let send = |key: String| {
        let body = json!({ "subject": key, "body": "b" });
        let request = visitor.post("/api/support/tickets/").idempotency_key(&key).json(&body);
        tokio::spawn(async move { (key, request.try_send().await) })
    };
    let mut keys = Vec::new();
    for round in 0..ROUNDS {
        let sends: Vec<_> = (0..AT_ONCE).map(|at| send(format!("r{round}-{at}"))).collect();
        let mut acknowledged = 0;
        for (at, sent) in sends.into_iter().enumerate() {
            // Kill once a few were acknowledged, while the others are on their way.
            if at == 3 + round * 5 {
                edge.kill_9();
            }
            let (key, outcome) = sent.await.expect("no request panics");
            acknowledged += usize::from(outcome.is_ok_and(|answer| answer.status == 201));
            keys.push(key);
        }
        assert!(acknowledged > 0, "round {round}: something was acknowledged before the kill");
        edge.restart();
    }
    // The client repeats whatever it was not told about; repeating everything must be as harmless.
    for key in &keys {
        let (_, outcome) = send(key.clone()).await.expect("no request panics");
        assert_eq!(outcome.map(|answer| answer.status).ok(), Some(201), "{key}");
    }
    let mut subjects = Vec::new();
    let mut path = "/api/support/agent/tickets/".to_owned();
    loop {
        let page: Page<AgentTicketSummary> = site.staff().get(&path).send().await.expect(200).json();
        subjects.extend(page.items.into_iter().map(|summary| summary.subject));
        let Some(cursor) = page.next_cursor else { break };
        path = format!("/api/support/agent/tickets/?cursor={cursor}");
    }
    let distinct: BTreeSet<&String> = subjects.iter().collect();
    assert_eq!((subjects.len(), distinct.len()), (keys.len(), keys.len()), "each key is exactly one ticket");
}
