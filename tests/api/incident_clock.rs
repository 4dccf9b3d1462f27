//! What time alone does about incidents: time is moved, not waited for, and the cron runs twice each time. And what
//! visitors cost the database while something is broken: nothing.

use crate::incident_life::{INCIDENTS, declare, over, update};
use buoy_shared::api::{AvailabilityReport, Boot, SystemStatus};
use buoy_shared::incident::{BannerStatus, ComponentStatus, Incident, Maintenance};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::{Answer, Client};
use serde_json::{Value, json};

/// A site with a clock that a test moves, in minutes from its first incident on.
struct Clock {
    edge: Edge,
    site: Site,
    begin: Timestamp,
}

impl Clock {
    async fn start(preset: &str) -> Self {
        let edge = Edge::with_test_clock();
        let site = edge.new_site(preset, &[]).await;
        let begin = declare(&site.staff(), &json!({ "title": "What time is it?", "impact": "none" })).await;
        update(&site.staff(), &begin, &over("Late.")).await;
        Self { edge, site, begin: begin.started_at }
    }

    fn time(&self, minutes: i64) -> Timestamp {
        self.begin.plus_seconds(minutes * 60)
    }

    fn at(&self, client: &Client, minutes: i64) -> Client {
        client.clone().with_header("x-test-now", &self.time(minutes).to_rfc3339())
    }

    fn staff(&self, minutes: i64) -> Client {
        self.at(&self.site.staff(), minutes)
    }

    async fn cron(&self, minutes: i64) {
        for _ in 0..2 {
            self.edge.run_cron_at(self.time(minutes).as_millis()).await;
        }
    }

    /// How many notices of a kind wait in the outbox.
    async fn notices(&self, kind: &str) -> Vec<Value> {
        let path = format!("/__test/outbox?site={}", self.site.id);
        let kept: Vec<Value> = self.edge.client().get(&path).send().await.expect(200).json();
        kept.into_iter().filter(|task| task["kind"] == kind).collect()
    }

    async fn get(&self, path: &str, minutes: i64) -> Answer {
        let sign = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{sign}site={}&locale=en", self.site.id);
        self.at(&self.edge.client(), minutes).get(&path).send().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_the_team_is_reminded_when_nothing_was_said_for_the_policys_interval_once_each_time() {
    let clock = Clock::start("school").await;
    let worst = declare(&clock.staff(0), &json!({ "title": "All is down", "severity": "p1" })).await;
    let minor = declare(&clock.staff(0), &json!({ "title": "A little", "severity": "p3" })).await;
    for (minutes, reminders) in [(14, 0), (15, 1), (29, 1), (30, 3), (31, 3), (44, 3), (45, 4)] {
        clock.cron(minutes).await;
        assert_eq!(clock.notices("incident_update_due").await.len(), reminders, "after {minutes} minutes");
    }
    update(&clock.staff(50), &worst, &json!({ "body": "We are at it." })).await;
    clock.cron(59).await;
    assert_eq!(clock.notices("incident_update_due").await.len(), 4, "something was said");
    clock.cron(65).await;
    let due: Vec<Value> = clock.notices("incident_update_due").await;
    assert_eq!(due.len(), 6, "the worst at 65, the other at 60: {due:?}");
    // After an outage of our own one reminder each is enough.
    clock.cron(600).await;
    assert_eq!(clock.notices("incident_update_due").await.len(), 8);
    update(&clock.staff(601), &worst, &over("Up.")).await;
    update(&clock.staff(601), &minor, &over("Up.")).await;
    clock.cron(1_200).await;
    assert_eq!(clock.notices("incident_update_due").await.len(), 8, "nobody is reminded of what is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn i6_a_late_post_mortem_is_asked_for_once_and_only_where_one_is_due() {
    let clock = Clock::start("saas").await;
    for severity in ["p1", "p2"] {
        let incident = declare(&clock.staff(0), &json!({ "title": "T", "severity": severity })).await;
        update(&clock.staff(10), &incident, &over("Over.")).await;
    }
    let written = declare(&clock.staff(0), &json!({ "title": "T", "severity": "p1" })).await;
    update(&clock.staff(10), &written, &over("Over.")).await;
    let path = format!("/api/support/agent/incidents/{}/postmortem/", written.id);
    let body = json!({ "body": "# Post-mortem\n\nA disk was full.", "publish": true });
    clock.staff(60).put(&path).json(&body).send().await.expect(200);
    for (minutes, asked) in [(24 * 60 + 9, 0), (24 * 60 + 10, 1), (48 * 60, 1)] {
        clock.cron(minutes).await;
        assert_eq!(clock.notices("postmortem_due").await.len(), asked, "after {minutes} minutes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_planned_work_is_announced_begun_and_ended_by_the_clock() {
    let clock = Clock::start("school").await;
    let draft = json!({ "title": "We move", "body": "Payments pause.", "components": ["payments"],
        "scheduled_for": clock.time(48 * 60), "scheduled_until": clock.time(50 * 60) });
    let work: Maintenance =
        clock.staff(0).post("/api/support/maintenances/").json(&draft).send().await.expect(201).json();
    let changes = ["planned", "announced", "started", "completed"];
    for (hours, banner, payments, told) in [
        (23, None, ComponentStatus::Operational, 1),
        (24, Some(BannerStatus::Scheduled), ComponentStatus::Operational, 2),
        (48, Some(BannerStatus::InProgress), ComponentStatus::UnderMaintenance, 3),
        (49, Some(BannerStatus::InProgress), ComponentStatus::UnderMaintenance, 3),
        (50, Some(BannerStatus::Resolved), ComponentStatus::Operational, 4),
    ] {
        clock.cron(hours * 60).await;
        let boot: Boot = clock.get("/api/support/boot/", hours * 60).await.expect(200).json();
        let shown = boot.banners.iter().find(|one| one.incident == work.id.to_string()).map(|one| one.status);
        assert_eq!(shown, banner, "after {hours} hours");
        let status: SystemStatus = clock.get("/api/support/status/", hours * 60).await.expect(200).json();
        let state = status.components.iter().find(|one| one.key == "payments").map(|one| one.status);
        assert_eq!(state, Some(payments), "after {hours} hours");
        let heard: Vec<Value> =
            clock.notices("maintenance_changed").await.into_iter().map(|task| task["change"].clone()).collect();
        assert_eq!(heard.len(), told, "after {hours} hours: {heard:?}");
        assert!(changes.iter().take(told).all(|change| heard.contains(&json!(change))), "{heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_everybody_who_was_affected_hears_once_when_it_is_over() {
    let clock = Clock::start("school").await;
    let incident = declare(&clock.site.staff(), &json!({ "title": "T" })).await;
    for _ in 0..5 {
        let visitor = clock.site.visitor(None).await;
        for _ in 0..2 {
            visitor.post(&format!("{INCIDENTS}{}/me_too/", incident.id)).send().await.expect(200);
        }
    }
    assert!(clock.notices("incident_over").await.is_empty());
    update(&clock.site.staff(), &incident, &over("Over.")).await;
    let told = clock.notices("incident_over").await;
    let mut people: Vec<&str> = told.iter().filter_map(|task| task["customer_id"].as_str()).collect();
    people.sort_unstable();
    people.dedup();
    assert_eq!((told.len(), people.len()), (5, 5), "{told:?}");
    assert!(told.iter().all(|task| task["incident_id"] == incident.id.to_string()));
    let changes: Vec<Value> =
        clock.notices("incident_changed").await.into_iter().map(|task| task["change"].clone()).collect();
    assert_eq!(changes.iter().filter(|change| *change == "resolved").count(), 2, "{changes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_what_ended_ninety_days_ago_is_in_the_archive_and_still_has_its_page() {
    let clock = Clock::start("school").await;
    let incident = declare(&clock.staff(0), &json!({ "title": "Long ago" })).await;
    update(&clock.staff(30), &incident, &over("Over.")).await;
    let day = 24 * 60;
    for (days, is_recent) in [(1, true), (89, true), (91, false)] {
        let home = clock.get("/status", days * day).await.expect(200).text();
        assert_eq!(home.contains("Long ago"), is_recent, "after {days} days");
        let archive = clock.get("/status/archive", days * day).await.expect(200).text();
        assert_eq!(archive.contains("Long ago"), !is_recent, "after {days} days");
    }
    let page = clock.get(&format!("/status/incidents/{}", incident.id), 100 * day).await.expect(200).text();
    assert!(page.contains("Long ago") && page.contains("A second bank."), "with its summary: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_what_began_before_the_first_pages_months_and_ended_lately_is_in_the_archive() {
    let clock = Clock::start("school").await;
    let day = 24 * 60;
    let incident = declare(&clock.staff(0), &json!({ "title": "It dragged on" })).await;
    update(&clock.staff(60 * day), &incident, &over("Over.")).await;
    let home = clock.get("/status", 125 * day).await.expect(200).text();
    let archive = clock.get("/status/archive", 125 * day).await.expect(200).text();
    assert_eq!((home.contains("It dragged on"), archive.contains("It dragged on")), (false, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_draft_that_is_published_later_began_when_it_was_written() {
    let clock = Clock::start("school").await;
    let drafts = "/api/support/agent/incident_drafts/";
    let drafted: Value = clock.staff(0).post(drafts).json(&json!({ "title": "Alert" })).send().await.expect(201).json();
    let path = format!("{drafts}{}/publish/", drafted["id"].as_str().expect("an id"));
    let published: Incident = clock.staff(20).post(&path).send().await.expect(201).json();
    assert_eq!((published.started_at, published.updated_at), (clock.time(0), clock.time(20)));
}

/// What nobody wrote is made for its reader and not kept, so that a stranger cannot fill the store of copies.
#[tokio::test(flavor = "multi_thread")]
async fn k1_only_what_exists_is_kept_for_the_next_reader() {
    let clock = Clock::start("school").await;
    let markdown = "---\ntitle: How to pay\ncategory: Payments\n---\n\nBy card.";
    let articles = json!({ "articles": [{ "locale": "en", "slug": "pay", "markdown": markdown }], "publish": true });
    clock.staff(0).post("/api/support/agent/kb/import/").json(&articles).send().await.expect(200);
    let boot: Boot = clock.get("/api/support/boot/", 0).await.expect(200).json();
    let rules = format!("/api/support/triage/?hash={}", boot.triage);
    for (path, is_kept) in [
        ("/help?section=Payments", true),
        ("/help?section=Invented", false),
        (rules.as_str(), true),
        ("/api/support/triage/?hash=0123456789abcdef", false),
    ] {
        clock.get(path, 0).await.expect(200);
        let again = clock.get(path, 0).await.expect(200).header("x-test-statements").to_owned();
        assert_eq!(again == "0", is_kept, "{path}: {again} statements");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_p5_a_months_figures_follow_from_what_was_declared() {
    // In the middle of a month: whatever day it is, nothing of this is in the next.
    let begin = Timestamp::parse_rfc3339("2031-06-10T12:00:00Z").expect("an instant");
    let clock = Clock { begin, ..Clock::start("saas").await };
    let incident =
        declare(&clock.staff(0), &json!({ "title": "T", "severity": "p1", "components": ["website", "billing"] }))
            .await;
    update(&clock.staff(60), &incident, &json!({ "body": "For some.", "impact": "major" })).await;
    update(&clock.staff(160), &incident, &over("Over.")).await;
    let month = clock.time(0).to_rfc3339()[..7].to_owned();
    let path = format!("/api/support/agent/availability/?month={month}");
    let report: AvailabilityReport = clock.staff(161).get(&path).send().await.expect(200).json();
    assert!(report.running);
    let website = report.components.iter().find(|one| one.key == "website").expect("the component");
    assert_eq!((website.major_seconds / 60, website.partial_seconds / 60), (60, 100));
    let other = report.components.iter().find(|one| one.key == "channels").expect("the component");
    assert_eq!(other.uptime, "100");
    let tier = report.tiers.iter().find(|one| one.key == "pro").expect("the tier");
    assert_eq!(tier.downtime_seconds / 60, 60 + 30, "a partial outage counts three tenths");
    assert_eq!((tier.target.as_deref(), tier.credit_percent), (Some("99.9"), 10), "90 minutes are over 43.2");
    let basic = report.tiers.iter().find(|one| one.key == "basic").expect("the tier");
    assert_eq!(basic.credit_percent, 0, "and under 216");
    for wrong in ["", "?month=2026", "?month=2026-13"] {
        clock.staff(0).get(&format!("/api/support/agent/availability/{wrong}")).send().await.expect(422);
    }
}

/// With a published copy present, boot and status ask no database, nor does anything of the public status.
#[tokio::test(flavor = "multi_thread")]
async fn a10_a_declared_incident_costs_visitors_nothing_at_the_database() {
    let clock = Clock::start("school").await;
    let incident: Incident = declare(&clock.staff(0), &json!({ "title": "T", "components": ["payments"] })).await;
    let statements = |answer: Answer| answer.header("x-test-statements").parse::<u32>().expect("a count");
    // What came before is not what is counted.
    let _settled = clock.get("/api/support/status/", 0).await;
    let asks = clock.get(INCIDENTS, 0).await.expect(200);
    assert!(statements(asks) > 0, "what asks the database is counted");
    let page = format!("/status/incidents/{}", incident.id);
    for path in [
        "/api/support/boot/",
        "/api/support/status/",
        "/status",
        &page,
        "/status/history.atom",
        "/history.rss",
        "/status/components/payments.atom",
        "/api/v2/summary.json",
        "/api/v2/status.json",
        "/api/v2/components.json",
        "/api/v2/incidents.json",
        "/api/v2/incidents/unresolved.json",
        "/api/v2/scheduled-maintenances.json",
        "/api/v2/scheduled-maintenances/upcoming.json",
        "/api/v2/scheduled-maintenances/active.json",
    ] {
        let answer = clock.get(path, 1).await.expect(200);
        assert_eq!(statements(answer), 0, "{path}");
    }
}
