//! The team's desk over HTTP: lists by filters, changes that collide, many at once, merging, figures.

use crate::tickets::{agent_path, file, say, visitor_path};
use buoy_shared::api::{BulkReport, Feature, Page, Stats};
use buoy_shared::problem::Problem;
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, Message, Ticket, TicketStatus};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use serde_json::{Value, json};

const LIST: &str = "/api/support/agent/tickets/";

async fn school() -> Site {
    Edge::shared().new_site("school", &[]).await
}

async fn subjects(staff: &Client, query: &str) -> Vec<String> {
    let page: Page<AgentTicketSummary> = staff.get(&format!("{LIST}{query}")).send().await.expect(200).json();
    page.items.into_iter().map(|summary| summary.subject).collect()
}

pub(crate) async fn read(staff: &Client, ticket: &Ticket) -> AgentTicket {
    staff.get(&agent_path(ticket)).send().await.expect(200).json()
}

/// Changes a ticket at the version it has.
pub(crate) async fn change(staff: &Client, ticket: &Ticket, mut patch: Value) -> AgentTicket {
    patch["version"] = read(staff, ticket).await.desk.version.into();
    staff.patch(&agent_path(ticket)).json(&patch).send().await.expect(200).json()
}

/// What an agent says when solving.
pub(crate) fn solved() -> Value {
    json!({ "status": "solved", "root_cause": "product_bug", "resolution_summary": "Fixed the button. It pays again." })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_filters_its_list_by_everything_that_a_ticket_is_known_by() {
    let site = school().await;
    let staff = site.staff();
    let first = file(&site.visitor(None).await, "Пропала запись урока", "a").await;
    let second = file(&site.visitor(None).await, "Refund for a course", "b").await;
    change(&staff, &first, json!({ "assignee": null, "queue": "engineering", "tags": ["VIP"], "priority": "p1" }))
        .await;
    let mine = change(&staff, &second, json!({ "status": "pending" })).await;
    let me = mine.desk.assignee.expect("R5: the only member of the team has it");
    for (query, found) in [
        ("?status=pending", vec!["Refund for a course"]),
        ("?priority=p1", vec!["Пропала запись урока"]),
        ("?assignee=none", vec!["Пропала запись урока"]),
        ("?assignee=me", vec!["Refund for a course"]),
        (&format!("?assignee={me}"), vec!["Refund for a course"]),
        ("?assignee=agt_nobody", vec![]),
        ("?queue=engineering", vec!["Пропала запись урока"]),
        ("?tag=vip", vec!["Пропала запись урока"]),
        ("?text=refu", vec!["Refund for a course"]),
        ("?text=REFUND%20cour", vec!["Refund for a course"]),
        ("?text=refund%20lesson", vec![]),
        ("?text=%D0%97%D0%90%D0%9F%D0%98%D0%A1", vec!["Пропала запись урока"]),
        ("?text=declined", vec!["Refund for a course", "Пропала запись урока"]),
        ("?text=%231", vec!["Пропала запись урока"]),
        ("?sla=ok", vec!["Refund for a course", "Пропала запись урока"]),
        ("?sla=breached", vec![]),
        ("?status=open&queue=engineering&tag=vip&text=declined", vec!["Пропала запись урока"]),
        ("?status=pending&queue=engineering", vec![]),
        ("?sort=urgency", vec!["Пропала запись урока", "Refund for a course"]),
    ] {
        assert_eq!(subjects(&staff, query).await, found, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_urgent_come_first_as_the_policy_orders_its_priorities_on_every_page() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    for (subject, priority) in
        [("A wish", "p3"), ("No sound", "p2"), ("Over", "p0"), ("Cannot pay", "p1"), ("Down", "p0")]
    {
        let ticket = file(&visitor, subject, subject).await;
        change(&staff, &ticket, json!({ "priority": priority })).await;
        match subject {
            // Answered, so that it is due later than what nobody answered, or not at all.
            "Down" => {
                let answer = json!({ "body": "We are on it." });
                staff.post(&format!("{}add_message/", agent_path(&ticket))).json(&answer).send().await.expect(201);
            }
            "Over" => drop(change(&staff, &ticket, solved()).await),
            _ => {}
        }
    }
    let order = ["Down", "Cannot pay", "No sound", "A wish", "Over"];
    assert_eq!(subjects(&staff, "?sort=urgency").await, order);
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{LIST}?limit=1&sort=urgency{cursor}");
        let page: Page<AgentTicketSummary> = staff.get(&path).send().await.expect(200).json();
        found.extend(page.items.into_iter().map(|summary| summary.subject));
        let Some(next) = page.next_cursor else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, order, "page by page");
    assert_eq!(subjects(&staff, "?sort=urgency&priority=p0").await, ["Down", "Over"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_order_of_the_list_is_paged_without_gap_or_double() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    for at in 0..7 {
        file(&visitor, &format!("Ticket {at}"), &format!("k{at}")).await;
    }
    for sort in ["change", "urgency"] {
        let (mut numbers, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{LIST}?limit=3&sort={sort}{cursor}");
            let page: Page<AgentTicketSummary> = staff.get(&path).send().await.expect(200).json();
            numbers.extend(page.items.iter().map(|summary| summary.number));
            let Some(next) = page.next_cursor else { break };
            cursor = format!("&cursor={next}");
        }
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7], "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t5_every_changed_field_is_a_fact_with_its_actor_and_both_values() {
    let site = school().await;
    let staff = site.staff();
    let ticket = file(&site.visitor(None).await, "Cannot pay", "k").await;
    let patch = json!({ "priority": "p2", "category": "zoom", "queue": "urgent", "tags": ["vip"], "assignee": null });
    let changed = change(&staff, &ticket, patch).await;
    let facts: Vec<(&str, &Value, Option<&str>)> = changed
        .events
        .iter()
        .skip(3)
        .map(|event| (event.kind.as_str(), &event.data["to"], event.actor_name.as_deref()))
        .collect();
    assert_eq!(
        facts,
        [
            ("priority.changed", &json!("p2"), Some("Test admin")),
            ("category.changed", &json!("zoom"), Some("Test admin")),
            ("queue.changed", &json!("urgent"), Some("Test admin")),
            ("assigned", &json!(null), Some("Test admin")),
            ("tagged", &json!(["vip"]), Some("Test admin")),
        ]
    );
    assert_eq!(changed.desk.version, 2, "one change, however many fields");
    let again = change(&staff, &ticket, json!({ "priority": "p2", "tags": ["VIP"] })).await;
    assert_eq!((again.desk.version, again.events.len()), (2, changed.events.len()), "what changes nothing is no fact");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changes_an_older_version_hears_what_changed_since() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "Cannot pay", "k").await;
    let seen = read(&staff, &ticket).await.desk.version;
    change(&staff, &ticket, json!({ "priority": "p2" })).await;
    say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), "Hurry", "m").await;
    let late = json!({ "version": seen, "status": "pending" });
    let answer = staff.patch(&agent_path(&ticket)).json(&late).send().await.expect(409);
    let problem: Problem = answer.json();
    assert_eq!(problem.kind, "urn:buoy:problem:conflict");
    let changes: Vec<_> = problem.changes.iter().map(|change| (change.kind.as_str(), change.to.as_deref())).collect();
    assert_eq!(changes, [("priority.changed", Some("p2")), ("message.added", None)]);
    assert_eq!(problem.changes[0].from.as_deref(), Some("p3"));
    assert_eq!(read(&staff, &ticket).await.ticket.status, TicketStatus::Open, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_one_version_at_once_one_happens() {
    let site = school().await;
    let staff = site.staff();
    let ticket = file(&site.visitor(None).await, "Cannot pay", "k").await;
    let version = read(&staff, &ticket).await.desk.version;
    let patches = ["p0", "p1", "p2"].map(|priority| {
        let patch = json!({ "version": version, "priority": priority });
        tokio::spawn(staff.patch(&agent_path(&ticket)).json(&patch).send())
    });
    let mut statuses = Vec::new();
    for patch in patches {
        statuses.push(patch.await.expect("no request panics").status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    let events = read(&staff, &ticket).await.events;
    assert_eq!(events.iter().filter(|event| event.kind == "priority.changed").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tickets_change_at_once_each_with_its_own_outcome() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let first = file(&visitor, "One", "a").await;
    let second = file(&visitor, "Two", "b").await;
    change(&staff, &second, solved()).await;
    visitor.post(&format!("{}close/", visitor_path(&second))).send().await.expect(200);
    let body = json!({ "tickets": [first.id, second.id, "tkt_none"], "change": { "status": "pending" } });
    let report: BulkReport = staff.post(&format!("{LIST}bulk/")).json(&body).send().await.expect(200).json();
    let outcomes: Vec<_> = report.items.iter().map(|item| (item.changed, item.problem.as_deref())).collect();
    assert_eq!(
        outcomes,
        [(true, None), (false, Some("urn:buoy:problem:conflict")), (false, Some("urn:buoy:problem:not-found"))]
    );
    assert_eq!(read(&staff, &first).await.ticket.status, TicketStatus::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_ticket_goes_on_in_the_other_with_all_its_words() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let (first, second) = (file(&visitor, "One", "a").await, file(&visitor, "Two", "b").await);
    say(&visitor, &format!("{}add_message/", visitor_path(&second)), "And more", "m").await;
    let into = json!({ "into": first.id });
    let merged: AgentTicket =
        staff.post(&format!("{}merge/", agent_path(&second))).json(&into).send().await.expect(200).json();
    let bodies: Vec<&str> = merged.ticket.messages.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, ["The page says: declined.", "#2: Two", "The page says: declined.", "And more"]);
    assert!(merged.events.iter().any(|event| event.kind == "merged" && event.data["number"] == 2));
    let gone = read(&staff, &second).await;
    assert_eq!((gone.ticket.status, gone.desk.merged_into), (TicketStatus::Closed, Some(first.id.clone())));
    let mine: Ticket = visitor.get(&visitor_path(&first)).send().await.expect(200).json();
    assert_eq!(mine.messages.len(), 3, "the note is the team's");
    say(&visitor, &format!("{}add_message/", visitor_path(&first)), "Thanks", "n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_read_on_from_a_place() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "One", "a").await;
    for at in 2..=5 {
        say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), &at.to_string(), &format!("m{at}")).await;
    }
    let path = |after: &str| format!("{}messages/?limit=2&after={after}", agent_path(&ticket));
    let page: Page<Message> = staff.get(&path("1")).send().await.expect(200).json();
    assert_eq!(page.items.iter().map(|message| message.seq).collect::<Vec<_>>(), [2, 3]);
    let next = page.next_cursor.expect("there is more");
    let page: Page<Message> = staff.get(&path(&next)).send().await.expect(200).json();
    assert_eq!((page.items.len(), page.next_cursor), (2, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_a_ticket_goes_to_whoever_knows_and_is_there() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let (billing, leaving) = (site.add_agent(edge, "agent").await, site.add_agent(edge, "agent").await);
    let availability = |token: &str, body: Value| {
        edge.client().with_bearer(token).put("/api/support/agent/me/availability/").json(&body).send()
    };
    availability(&billing, json!({ "skills": ["payment"] })).await.expect(200);
    let over = json!({ "skills": ["payment", "standard"], "on_shift_until": "2020-01-01T00:00:00Z" });
    availability(&leaving, over).await.expect(200);
    let ticket = file(&site.visitor(None).await, "Cannot pay", "k").await;
    let me = edge.client().with_bearer(&billing).get("/api/support/agent/me/").send().await.expect(200).value();
    assert_eq!(read(&site.staff(), &ticket).await.desk.assignee.as_deref(), me["id"].as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_wish_is_noted_once_and_counts_each_customer_once() {
    let site = school().await;
    let staff = site.staff();
    let first = file(&site.visitor(None).await, "Dark mode", "a").await;
    let second = file(&site.visitor(None).await, "Please add a dark mode", "b").await;
    let log = "/api/support/agent/features/";
    let noted: Feature =
        staff.post(log).json(&json!({ "title": "Dark mode", "ticket": first.id })).send().await.expect(201).json();
    let same: Feature =
        staff.post(log).json(&json!({ "title": "DARK  mode", "ticket": first.id })).send().await.expect(201).json();
    assert_eq!((&same.id, same.votes), (&noted.id, 1), "the same wish of the same customer");
    let vote = format!("{log}{}/vote/", noted.id);
    for _ in 0..2 {
        staff.post(&vote).json(&json!({ "ticket": second.id })).send().await.expect(200);
    }
    staff.post(log).json(&json!({ "title": "Louder bell", "ticket": first.id })).send().await.expect(201);
    let page: Page<Feature> = staff.get(log).send().await.expect(200).json();
    let wishes: Vec<_> = page.items.iter().map(|wish| (wish.title.as_str(), wish.votes, wish.tickets.len())).collect();
    assert_eq!(wishes, [("Dark mode", 2, 2), ("Louder bell", 1, 1)], "the most wanted first");
    let events = read(&staff, &second).await.events;
    assert_eq!(events.iter().filter(|event| event.kind == "feature.voted").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_wishes_of_which_folding_leaves_nothing_are_told_apart_and_take_no_votes_of_others() {
    let site = school().await;
    let staff = site.staff();
    let log = "/api/support/agent/features/";
    let note = async |title: &str, key: &str| -> Feature {
        let ticket = file(&site.visitor(None).await, "A wish", key).await;
        let wish = json!({ "title": title, "ticket": ticket.id });
        staff.post(log).json(&wish).send().await.expect(201).json()
    };
    let (times, accent, dark) = (note("\u{d7}", "a").await, note("\u{301}", "b").await, note("Dark mode", "c").await);
    assert_ne!(times.id, accent.id);
    let other = file(&site.visitor(None).await, "Me too", "d").await;
    let vote = staff.post(&format!("{log}{}/vote/", dark.id)).json(&json!({ "ticket": other.id })).send().await;
    assert_eq!(vote.expect(200).json::<Feature>().votes, 2);
    let page: Page<Feature> = staff.get(log).send().await.expect(200).json();
    assert_eq!(page.items.iter().map(|wish| wish.votes).collect::<Vec<_>>(), [2, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn d_figures_count_what_happened_in_the_period() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let first = file(&visitor, "One", "a").await;
    file(&visitor, "Two", "b").await;
    say(&staff, &format!("{}add_message/", agent_path(&first)), "Hello", "r").await;
    change(&staff, &first, solved()).await;
    visitor.post(&format!("{}rating/", visitor_path(&first))).json(&json!({ "score": 9 })).send().await.expect(200);
    let stats: Stats = staff.get("/api/support/stats/").send().await.expect(200).json();
    assert_eq!((stats.new, stats.solved, stats.open, stats.pending), (2, 1, 1, 0));
    assert_eq!((stats.first_response.count, stats.first_response.median_minutes), (1, Some(0)));
    assert_eq!((stats.resolution.count, stats.sla.met, stats.sla.missed), (1, 1, 0));
    assert_eq!((stats.csat.count, stats.csat.average_hundredths, stats.csat.promoters), (1, Some(900), 1));
    let before = "/api/support/stats/?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z";
    let stats: Stats = staff.get(before).send().await.expect(200).json();
    assert_eq!((stats.new, stats.solved, stats.csat.average_hundredths, stats.automation_percent), (0, 0, None, 0));
    staff.get("/api/support/stats/?from=2020-02-01T00:00:00Z&to=2020-01-01T00:00:00Z").send().await.expect(422);
}
