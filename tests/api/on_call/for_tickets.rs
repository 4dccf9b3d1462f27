//! Urgent tickets wake the engineer on duty at once (P): those that are filed so, and those that become so.

use super::{MINUTE_MS, NIGHT, NIGHT_MS, Team, pairs};
use crate::clock::file;
use crate::deliveries::arrived;
use crate::staff::{change, solved};
use buoy_shared::api::{Page, PageInfo};
use buoy_tests::http::Client;
use serde_json::json;

/// What triage takes for an outage.
const OUTAGE: (&str, &str) = ("Production is down", "Production is down for everyone, we are losing money.");
const QUESTION: (&str, &str) = ("How do exports work", "Where are they?");

impl Team {
    async fn visitor(&self) -> Client {
        self.site.visitor(None).await.with_header("x-test-now", NIGHT)
    }

    /// The level, the person's place in the team and the summary of each page, the newest first, after a minute in which
    /// the cron did whatever was left to do.
    async fn pages(&self, minutes: i64) -> Vec<(String, Option<usize>, String)> {
        self.edge.run_cron_at(NIGHT_MS + minutes * MINUTE_MS).await;
        let path = "/api/support/agent/pages/";
        let pages: Page<PageInfo> = self.site.staff().get(path).send().await.expect(200).json();
        let place = |person: String| self.agents.iter().position(|(id, _)| *id == person);
        pages.items.into_iter().map(|page| (page.level, page.person.and_then(place), page.summary)).collect()
    }
}

fn called(level: &str, person: usize, summary: &str) -> (String, Option<usize>, String) {
    (level.to_owned(), Some(person), summary.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn p_a_ticket_that_is_filed_urgent_calls_the_engineer_on_duty_not_support_first() {
    let team = Team::gather().await;
    let (visitor, (subject, body)) = (team.visitor().await, OUTAGE);
    let ticket = file(&visitor, subject, body, "a").await;
    assert!(["p0", "p1"].contains(&ticket.priority.as_str()), "{}", ticket.priority);
    arrived(&team.site, 1).await;
    assert_eq!(team.pages(1).await, [called("engineering", 2, "#1 Production is down")]);
    assert_eq!(team.heard(), pairs(&[("page.triggered", "engineering")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn p_where_nobody_is_on_duty_from_the_engineers_up_support_is_called() {
    let team = Team::gather().await;
    for level in ["engineering", "product_lead"] {
        team.roster(level, &[2], "2026-12-01T06:00:00Z").await.expect(200);
    }
    let (visitor, (subject, body)) = (team.visitor().await, OUTAGE);
    file(&visitor, subject, body, "a").await;
    assert_eq!(team.pages(1).await, [called("support", 0, "#1 Production is down")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn p_a_ticket_that_becomes_urgent_calls_the_engineer_once_and_one_that_is_done_calls_nobody() {
    let team = Team::gather().await;
    let (visitor, (subject, body)) = (team.visitor().await, QUESTION);
    let staff = &team.agents[0].1;
    let first = file(&visitor, subject, body, "a").await;
    let second = file(&visitor, "The second", body, "b").await;
    let done = file(&visitor, "The third", body, "c").await;
    change(staff, &done, solved()).await;
    assert_eq!(team.pages(1).await, []);
    for priority in ["p1", "p3", "p0", "p2", "p1"] {
        change(staff, &first, json!({ "priority": priority })).await;
    }
    let of_first = called("engineering", 2, "#1 How do exports work");
    assert_eq!(team.pages(2).await, std::slice::from_ref(&of_first), "raised three times");
    let bulk = json!({ "tickets": [first.id, second.id, done.id], "change": { "priority": "p0" } });
    staff.post("/api/support/agent/tickets/bulk/").json(&bulk).send().await.expect(200);
    let mut pages = team.pages(3).await;
    pages.sort_unstable_by(|one, other| one.2.cmp(&other.2));
    assert_eq!(pages, [of_first, called("engineering", 2, "#2 The second")]);
}
