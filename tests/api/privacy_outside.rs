//! Who is erased is forgotten by what carries news, too: pages, digests, calls of the bots, and what still waits.

use crate::deliveries::{deliveries, destination, edge_with, webhook};
use crate::telegram::{AGENTS, CUSTOMERS, Chat, NOW, NOW_MS, person};
use buoy_shared::api::{Erasure, Page};
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, Ticket};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::receiver::{Behaviour, Receiver};
use buoy_tests::wait::now_millis;
use serde_json::json;

const CANARY: &str = "canary";

async fn erase(site: &Site, customer: &str) {
    let path = format!("/api/support/agent/customers/{customer}/erase/");
    let done: Erasure = site.staff().post(&path).send().await.expect(200).json();
    assert!(done.complete);
}

fn says_canary(receiver: &Receiver, from: usize) -> Vec<String> {
    let calls = receiver.calls().split_off(from);
    calls.into_iter().map(|call| call.body).filter(|body| body.to_lowercase().contains(CANARY)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_whoever_is_erased_are_gone_from_pages_and_from_what_still_waits() {
    let chat = Chat::open_with("api-platform").await;
    let site = &chat.site;
    let hook = Receiver::start().await;
    hook.behave(|_| Behaviour::Answer(500, "", ""));
    let (id, _) = webhook(site, &hook, &["page.triggered", "ticket.created"]).await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let identity = site.identity("canary-1", &json!({ "tier": "enterprise", "name": "Canary Jones" }));
    let visitor = site.visitor(Some(&identity)).await;
    let draft = json!({ "subject": "Production is down for the canary", "body": "We are losing money." });
    let ticket: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).json();
    chat.edge.run_cron_at(now_millis() + 5_000_000).await;
    let pages = || async { site.staff().get("/api/support/agent/pages/").send().await.expect(200).text() };
    assert!(pages().await.contains(CANARY), "whoever is on duty was called");
    assert_eq!(deliveries(site, "pending").await.len(), 2, "both are told, and neither arrived");
    chat.presses(AGENTS, &ann, "snooze:1").await;
    let read: AgentTicket =
        site.staff().get(&format!("/api/support/agent/tickets/{}/", ticket.id)).send().await.expect(200).json();
    erase(site, read.requester.id.as_str()).await;

    let left = pages().await;
    assert!(!left.to_lowercase().contains(CANARY) && left.contains("\"#1\""), "{left}");
    assert_eq!(deliveries(site, "pending").await, []);
    let (heard, called) = (hook.calls().len(), chat.telegram.calls().len());
    hook.behave(|_| Behaviour::OK);
    let path = format!("/api/support/agent/destinations/{id}/replay/");
    site.staff().post(&path).json(&json!({})).send().await.expect(200);
    // What is replayed is due now, by the clock of whoever asks for it.
    chat.edge.run_cron_at(NOW_MS.max(now_millis()) + 20_000_000).await;
    assert_eq!((says_canary(&hook, heard), says_canary(&chat.telegram, called)), (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_of_the_bot_is_no_longer_known_by_number_or_chat() {
    let chat = Chat::open().await;
    let known = || async {
        let client = chat.edge.client().with_header("x-test-now", NOW);
        client.get(&format!("/__test/chats?site={}", chat.site.id)).send().await.expect(200).value()
    };
    let (bob, eve) = (person(42, "Bob", "en"), person(43, "Eve", "en"));
    chat.text(CUSTOMERS, &bob, "/new My canary fails").await;
    chat.text(CUSTOMERS, &eve, "/new My login fails").await;
    let page: Page<AgentTicketSummary> =
        chat.site.staff().get("/api/support/agent/tickets/").send().await.expect(200).json();
    let of_bob = page.items.iter().find(|ticket| ticket.subject.contains(CANARY)).expect("his ticket");
    assert_eq!(known().await, 4);
    erase(&chat.site, of_bob.requester.id.as_str()).await;
    assert_eq!(known().await, 2, "the other one is known as before");
    let none = "You have no tickets yet. /new <text> opens one.";
    assert_eq!(chat.text(CUSTOMERS, &bob, "/tickets").await, none, "who comes back is new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_that_still_waits_loses_its_lines_when_somebody_in_it_is_erased() {
    let receiver = Receiver::start().await;
    receiver.behave(|_| Behaviour::Answer(500, "", ""));
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let hook = json!({ "kind": "webhook", "name": "Desk", "address": format!("{}/hook", receiver.url()), "events": ["digest.created"] });
    destination(&site, &hook).await;
    let night = "2026-11-24T20:00:00Z";
    let visitor = site.visitor(None).await.with_header("x-test-now", night);
    let draft = json!({ "category": "payment", "subject": "The canary cannot pay", "body": "Declined." });
    let ticket: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).json();
    let morning = Timestamp::parse_rfc3339("2026-11-25T07:01:00Z").expect("an instant").as_millis();
    edge.run_cron_at(morning).await;
    let told = receiver.wait_for(1).await;
    assert!(told[0].body.contains(CANARY), "{}", told[0].body);
    let path = format!("/api/support/agent/tickets/{}/", ticket.id);
    let read: AgentTicket = site.staff().get(&path).send().await.expect(200).json();
    erase(&site, read.requester.id.as_str()).await;
    receiver.behave(|_| Behaviour::OK);
    edge.run_cron_at(morning + 60_000).await;
    let calls = receiver.wait_for(2).await;
    assert!(!calls[1].body.contains(CANARY), "{}", calls[1].body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_vouches_for_leads_to_no_subscription_of_its_owner() {
    let settings = json!({ "email_from": "status@example.com" }).to_string();
    let edge = Edge::with_test_clock_and(&[("DELIVERY", &settings)]);
    let site = edge.new_site("school", &[]).await;
    let path = format!("/status/subscribe?site={}", site.id);
    let form = edge.client().post(&path).body("address=victim%40example.com", "application/x-www-form-urlencoded");
    form.send().await.expect(200);
    let mut subscriptions = Vec::new();
    let known = site.identity("victim", &json!({ "email": "Victim@example.com" }));
    for (visitor, erases) in [(site.visitor(None).await, true), (site.visitor(Some(&known)).await, false)] {
        let draft = json!({ "subject": "s", "body": "b", "email": "victim@example.com" });
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201);
        let page: Page<AgentTicketSummary> =
            site.staff().get("/api/support/agent/tickets/").send().await.expect(200).json();
        let ticket = page.items.iter().find(|ticket| ticket.subject == "s").expect("the ticket");
        let customer = ticket.requester.id.to_string();
        let path = format!("/api/support/agent/customers/{customer}/export/");
        let kept = site.staff().get(&path).send().await.expect(200).value();
        subscriptions.push(kept["subscriptions"].as_array().map_or(0, Vec::len));
        if erases {
            erase(&site, &customer).await;
        }
    }
    assert_eq!(subscriptions, [0, 1], "a stranger who wrote the address, then its owner");
}
