//! What was acknowledged survives `kill -9`.

use crate::tickets::{agent_path, file, say, visitor_path};
use buoy_shared::api::Page;
use buoy_shared::article::Article;
use buoy_shared::incident::Incident;
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, Ticket};
use buoy_tests::edge::Edge;
use buoy_tests::http::Client;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio::task::JoinSet;

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

/// Creates in flight when the kill comes, and rounds: a quick look, and the promise (A9), which takes minutes.
const QUICK: (usize, usize) = (40, 3);
const DEEP: (usize, usize) = (500, 10);

/// One visitor's ticket about one thing: the third is escalated (R7), so that the outbox has something to lose, too.
async fn send(visitor: Client, key: String) -> (String, bool) {
    let draft = json!({ "subject": key, "body": "b", "category": "other" });
    let sent = visitor.post("/api/support/tickets/").idempotency_key(&key).json(&draft).allow_5xx().try_send().await;
    (key, sent.is_ok_and(|answer| answer.status == 201))
}

/// Every ticket of the desk.
async fn all_tickets(staff: &Client) -> Vec<AgentTicketSummary> {
    let mut all = Vec::new();
    let mut path = "/api/support/agent/tickets/".to_owned();
    loop {
        let page: Page<AgentTicketSummary> = staff.get(&path).send().await.expect(200).json();
        all.extend(page.items);
        let Some(cursor) = page.next_cursor else { return all };
        path = format!("/api/support/agent/tickets/?cursor={cursor}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_kill_in_the_middle_loses_nothing_acknowledged_and_a_repeat_doubles_nothing() {
    let (at_once, rounds) = if std::env::var_os("BUOY_DEEP").is_some() { DEEP } else { QUICK };
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let (mut keys, mut acknowledged) = (Vec::new(), BTreeSet::new());
    let mut round = 0;
    // Where all were answered before the kill came, there is another round.
    while round < rounds || acknowledged.len() == keys.len() {
        assert!(round < rounds + 10, "the kills came in the middle");
        let mut sends: JoinSet<_> = (0..at_once).map(|at| send(visitor.clone(), format!("r{round}-{at}"))).collect();
        // Killed once some were answered, each round later, while the others are on their way.
        let before = acknowledged.len();
        let kill_after = 1 + (round % rounds + 1) * at_once / (rounds + 2);
        for answered in 0..at_once {
            if answered == kill_after {
                edge.kill_9();
            }
            let sent = sends.join_next().await.expect("one for each");
            let (key, is_acknowledged) = sent.expect("no request panics");
            if is_acknowledged {
                acknowledged.insert(key.clone());
            }
            keys.push(key);
        }
        assert!(acknowledged.len() > before, "round {round}: something was acknowledged before the kill");
        edge.restart();
        round += 1;
    }
    let before_repeats = all_tickets(&site.staff()).await;
    let stored: BTreeSet<&String> = before_repeats.iter().map(|ticket| &ticket.subject).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|key| !stored.contains(key)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");

    // The client repeats whatever it was not told about; repeating everything must be as harmless.
    for key in &keys {
        assert!(send(visitor.clone(), key.clone()).await.1, "{key}");
    }
    let tickets = all_tickets(&site.staff()).await;
    let distinct: BTreeSet<&String> = tickets.iter().map(|ticket| &ticket.subject).collect();
    assert_eq!((tickets.len(), distinct.len()), (keys.len(), keys.len()), "each key is exactly one ticket");

    // Row, facts and outbox are one batch: none is there without the others.
    let mut escalated = 0;
    for ticket in &tickets {
        let path = format!("/api/support/agent/tickets/{}/", ticket.id);
        let whole: AgentTicket = site.staff().get(&path).send().await.expect(200).json();
        let facts = |kind: &str| whole.events.iter().filter(|event| event.kind == kind).count();
        assert_eq!(facts("ticket.created"), 1, "{}", ticket.subject);
        escalated += facts("escalated");
    }
    let outbox: Vec<Value> =
        edge.client().get(&format!("/__test/outbox?site={}", site.id)).send().await.expect(200).json();
    let notices = outbox.iter().filter(|task| task["kind"] == "escalation").count();
    assert!(escalated > 0, "a customer's third ticket about one thing is escalated");
    assert_eq!(notices, escalated, "each escalation waits in the outbox exactly once");
}
