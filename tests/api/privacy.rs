//! One person told in full and forgotten, by one call each; what stays is numbers and times.

use crate::tickets::{agent_path, file, say, visitor_path};
use buoy_shared::api::{CustomerExport, Erasure, Page};
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, Ticket};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use serde_json::json;

const TICKETS: &str = "/api/support/tickets/";
const LIST: &str = "/api/support/agent/tickets/";
/// In everything that the customer of these tests says, so that it can be looked for everywhere.
const CANARY: &str = "canary";

struct Known {
    site: Site,
    visitor: Client,
    ticket: Ticket,
    customer: String,
    upload: String,
}

/// A customer with a ticket, a file, a conversation and a rating.
async fn known() -> Known {
    let site = Edge::shared().new_site("school", &[]).await;
    let claims = json!({ "name": "Canary Jones", "email": "canary@example.com", "plan": "canary-plan" });
    let visitor = site.visitor(Some(&site.identity("canary-1", &claims))).await;
    let request = visitor.post("/api/support/uploads/").header("x-file-name", "canary.txt");
    let upload = request.body("canary words", "text/plain").send().await.expect(201).value()["id"].clone();
    let draft = json!({ "subject": "The canary does not sing", "body": "My canary is ill", "attachments": [upload],
        "context": { "url": "https://app.example.com/canary" } });
    let ticket: Ticket = visitor.post(TICKETS).idempotency_key("k").json(&draft).send().await.expect(201).json();
    say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), "The canary again", "m").await;
    let answer = json!({ "body": "We will look after the canary", "status": "solved", "root_cause": "other",
        "resolution_summary": "The canary is well." });
    let path = format!("{}add_message/", agent_path(&ticket));
    site.staff().post(&path).idempotency_key("a").json(&answer).send().await.expect(201);
    let rating = json!({ "score": 3, "comment": "Poor canary" });
    visitor.post(&format!("{}rating/", visitor_path(&ticket))).json(&rating).send().await.expect(200);
    let read: AgentTicket = site.staff().get(&agent_path(&ticket)).send().await.expect(200).json();
    let upload = upload.as_str().expect("an id").to_owned();
    Known { visitor, ticket, customer: read.requester.id.to_string(), upload, site }
}

impl Known {
    fn path(&self, what: &str) -> String {
        format!("/api/support/agent/customers/{}/{what}/", self.customer)
    }

    async fn export(&self) -> CustomerExport {
        self.site.staff().get(&self.path("export")).send().await.expect(200).json()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_gets_everything_that_is_kept_of_a_customer() {
    let known = known().await;
    let all = known.export().await;
    assert!(all.complete);
    assert_eq!(all.customer.email.as_deref(), Some("canary@example.com"));
    assert_eq!((all.customer.external_id.as_deref(), all.customer.verified), (Some("canary-1"), true));
    assert_eq!(all.sessions.len(), 1);
    let tickets: Vec<&str> = all.tickets.iter().map(|ticket| ticket.subject.as_str()).collect();
    assert_eq!(tickets, ["The canary does not sing"]);
    assert_eq!(all.tickets[0].created_at, known.ticket.created_at, "to the millisecond");
    assert_eq!((all.tickets[0].rating, all.tickets[0].rating_comment.as_deref()), (Some(3), Some("Poor canary")));
    let bodies: Vec<&str> = all.messages.iter().map(|message| message.body.as_str()).collect();
    for said in ["My canary is ill", "The canary again", "We will look after the canary"] {
        assert!(bodies.contains(&said), "{bodies:?}");
    }
    assert!(all.events.iter().any(|event| event.kind == "ticket.created"));
    let files: Vec<(&str, Option<&str>)> =
        all.attachments.iter().map(|file| (file.file.name.as_str(), file.ticket.as_deref())).collect();
    assert_eq!(files, [("canary.txt", Some(known.ticket.id.as_str()))]);
    for role in ["agent", "viewer"] {
        let client = Edge::shared().client().with_bearer(&known.site.add_agent(Edge::shared(), role).await);
        client.get(&known.path("export")).send().await.expect(403);
        client.post(&known.path("erase")).send().await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_nowhere_and_the_figures_stay() {
    let known = known().await;
    let staff = known.site.staff();
    let before: AgentTicket = staff.get(&agent_path(&known.ticket)).send().await.expect(200).json();
    let found = |text: &str| {
        let request = staff.get(&format!("{LIST}?text={text}"));
        async move { request.send().await.expect(200).json::<Page<AgentTicketSummary>>().items.len() }
    };
    assert_eq!(found(CANARY).await, 1);
    let first: Erasure = staff.post(&known.path("erase")).send().await.expect(200).json();
    assert!(first.complete);
    let second: Erasure = staff.post(&known.path("erase")).send().await.expect(200).json();
    assert_eq!(first, second, "once more changes nothing");

    known.visitor.get(TICKETS).send().await.expect(401);
    staff.get(&format!("/api/support/uploads/{}/", known.upload)).send().await.expect(404);
    assert_eq!(found(CANARY).await, 0);
    let after = staff.get(&agent_path(&known.ticket)).send().await.expect(200);
    let everything = format!("{}{}", after.text(), staff.get(LIST).send().await.expect(200).text());
    let exported = staff.get(&known.path("export")).send().await.expect(200);
    for text in [everything, exported.text()] {
        assert!(!text.to_lowercase().contains(CANARY), "{text}");
    }
    let after: AgentTicket = after.json();
    assert_eq!(after.ticket.number, before.ticket.number);
    assert_eq!(after.ticket.created_at, before.ticket.created_at);
    assert_eq!(after.ticket.first_responded_at, before.ticket.first_responded_at);
    assert_eq!(after.ticket.messages.len(), before.ticket.messages.len());
    assert_eq!(after.ticket.rating, Some(3));
    let stated = after.events.iter().filter(|event| event.kind == "customer.erased").count();
    assert_eq!(stated, 1, "a fact says so, once");
    let left = exported.json::<CustomerExport>();
    assert_eq!(left.customer.erased_at, Some(first.erased_at));
    assert!(left.sessions.is_empty() && left.attachments.is_empty());

    // Nobody is that customer any more: who comes back is new, and the stored answer of the team is gone.
    let again = known.site.visitor(Some(&known.site.identity("canary-1", &json!({})))).await;
    assert!(again.get(TICKETS).send().await.expect(200).json::<Page<serde_json::Value>>().items.is_empty());
    let path = format!("{}add_message/", agent_path(&known.ticket));
    let other = json!({ "body": "something else", "internal": true });
    // Under the key of a stored answer, another body would be 422; the ticket itself is closed.
    staff.post(&path).idempotency_key("a").json(&other).send().await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_more_than_one_step_is_erased_to_the_last_word() {
    let known = known().await;
    let path = format!("{}add_message/", agent_path(&known.ticket));
    for number in 0..12 {
        let note = json!({ "body": format!("Note {number} on the canary"), "internal": true });
        known.site.staff().post(&path).json(&note).send().await.expect(201);
    }
    for number in 0..5 {
        let draft = json!({ "subject": format!("canary {number}"), "body": "canary" });
        let key = format!("more {number}");
        known.visitor.post(TICKETS).idempotency_key(&key).json(&draft).send().await.expect(201);
    }
    assert_eq!(known.export().await.tickets.len(), 6);
    let done: Erasure = known.site.staff().post(&known.path("erase")).send().await.expect(200).json();
    assert!(done.complete);
    let left = known.export().await;
    assert_eq!(left.tickets.len(), 6);
    assert!(left.messages.iter().all(|message| message.body.is_empty()));
    assert!(left.tickets.iter().all(|ticket| ticket.subject.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_in_an_erased_customers_words_loses_them_and_the_teams_own_stays() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let subject = "Please add a dark mode for Canary";
    let draft = |subject: &str| json!({ "subject": subject, "body": "It would be great" });
    let mut customers = Vec::new();
    for key in ["a", "b"] {
        let visitor = site.visitor(None).await;
        let ticket: Ticket =
            visitor.post(TICKETS).idempotency_key(key).json(&draft(subject)).send().await.expect(201).json();
        let read: AgentTicket = staff.get(&agent_path(&ticket)).send().await.expect(200).json();
        customers.push((read.requester.id.to_string(), ticket));
    }
    let log = "/api/support/agent/features/";
    let noted = json!({ "title": "Roadmap: sign-on", "ticket": customers[0].1.id });
    staff.post(log).json(&noted).send().await.expect(201);
    for (at, (customer, ticket)) in customers.iter().enumerate() {
        staff.post(&format!("/api/support/agent/customers/{customer}/erase/")).send().await.expect(200);
        let titles = staff.get(log).send().await.expect(200).text();
        assert!(!titles.contains("Canary") && titles.contains("Roadmap"), "after {}: {titles}", at + 1);
        let history = staff.get(&agent_path(ticket)).send().await.expect(200).text();
        assert!(!history.contains("Canary"), "{history}");
        assert!(history.contains("closed"), "nobody waits for an answer any more");
    }
}

/// Whoever writes in the moment in which they are erased is told so, or erased with what they wrote.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_filed_while_its_customer_is_erased_leaves_nothing_of_them() {
    let site = Edge::shared().new_site("school", &[]).await;
    for attempt in 0..30 {
        let visitor = site.visitor(None).await;
        file(&visitor, "First", "first").await;
        let page: Page<AgentTicketSummary> = site.staff().get(LIST).send().await.expect(200).json();
        let first = page.items.iter().find(|ticket| ticket.subject == "First").expect("the ticket");
        let path = format!("/api/support/agent/customers/{}", first.requester.id);
        let draft =
            json!({ "subject": "Canary", "body": "My canary", "email": "canary@example.com", "name": "Canary" });
        let filing = visitor.post(TICKETS).idempotency_key("second").json(&draft).send();
        let staff = site.staff();
        let erasing = async {
            // Each time a little later.
            for _ in 0..attempt % 6 {
                Edge::shared().client().get("/api/support/health/").send().await.expect(200);
            }
            staff.post(&format!("{path}/erase/")).send().await.expect(200).json::<Erasure>()
        };
        let (filed, erased) = tokio::join!(filing, erasing);
        assert!(erased.complete && matches!(filed.status, 201 | 401), "{filed:?}");
        let left = staff.get(&format!("{path}/export/")).send().await.expect(200).text();
        assert!(!left.to_lowercase().contains(CANARY), "attempt {attempt}: {left}");
    }
}
