//! The life of an incident over HTTP: what is said of it, how it ends, whom it affects, what is learned.

use buoy_shared::api::{AgentIncident, DraftedIncident, IncidentForm, Items, PostmortemDocument};
use buoy_shared::api::{Boot, MeTooReceipt, SystemStatus};
use buoy_shared::incident::{
    BannerStatus, ComponentStatus, Impact, Incident, IncidentStatus, Maintenance, MaintenanceStatus, Severity,
};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use serde_json::{Value, json};

pub(crate) const INCIDENTS: &str = "/api/support/incidents/";
const DRAFTS: &str = "/api/support/agent/incident_drafts/";
const WORK: &str = "/api/support/maintenances/";

/// An update that ends an incident.
pub(crate) fn over(body: &str) -> Value {
    let summary = json!({ "impact": "Nobody could pay.", "prevention": "A second bank.", "customers": 120 });
    json!({ "body": body, "status": "resolved", "summary": summary })
}

pub(crate) async fn declare(staff: &Client, draft: &Value) -> Incident {
    staff.post(INCIDENTS).json(draft).send().await.expect(201).json()
}

pub(crate) async fn update(staff: &Client, incident: &Incident, news: &Value) -> Incident {
    staff.post(&format!("{INCIDENTS}{}/updates/", incident.id)).json(news).send().await.expect(201).json()
}

/// What the edge takes for now.
pub(crate) async fn now(site: &Site) -> Timestamp {
    declare(&site.staff(), &json!({ "title": "What time is it?", "impact": "none" })).await.started_at
}

/// Plans work that begins and ends so many seconds from now.
pub(crate) async fn plan(site: &Site, begins_in: i64, ends_in: i64) -> Maintenance {
    let now = now(site).await;
    let draft = json!({ "title": "We move", "body": "Payments pause.", "components": ["payments"],
        "scheduled_for": now.plus_seconds(begins_in), "scheduled_until": now.plus_seconds(ends_in) });
    site.staff().post(WORK).json(&draft).send().await.expect(201).json()
}

async fn read(site: &Site, incident: &Incident) -> Incident {
    let path = format!("{INCIDENTS}{}/?site={}", incident.id, site.id);
    Edge::shared().client().get(&path).send().await.expect(200).json()
}

async fn boot(site: &Site) -> Boot {
    let path = format!("/api/support/boot/?site={}&locale=en", site.id);
    Edge::shared().client().get(&path).send().await.expect(200).json()
}

async fn status(site: &Site) -> SystemStatus {
    let path = format!("/api/support/status/?site={}&locale=en", site.id);
    Edge::shared().client().get(&path).send().await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_an_update_says_what_is_done_until_when_and_what_helps_meanwhile() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let incident = declare(
        &staff,
        &json!({ "title": "Payments fail", "severity": "p1", "components": ["payments", "website"],
            "component_states": { "website": "degraded_performance" }, "workaround": "Pay by transfer." }),
    )
    .await;
    assert_eq!((incident.severity, incident.impact), (Severity::P1, Impact::Critical));
    assert_eq!(incident.component_status("website"), Some(ComponentStatus::DegradedPerformance));
    let eta = incident.started_at.plus_seconds(3_600);
    let news = json!({ "body": "The bank knows.", "status": "identified", "impact": "major", "work": "We switch banks.", "eta": eta });
    let said = update(&staff, &incident, &news).await;
    assert_eq!(said, read(&site, &incident).await, "the answer is what is read");
    let newest = &said.updates[0];
    assert_eq!(
        (newest.work.as_deref(), newest.eta, newest.workaround.as_deref()),
        (Some("We switch banks."), Some(eta), None)
    );
    assert_eq!(said.updates[1].workaround.as_deref(), Some("Pay by transfer."));
    let of = |status: &SystemStatus, key: &str| {
        status.components.iter().find(|component| component.key == key).map(|component| component.status)
    };
    let now = status(&site).await;
    assert_eq!(of(&now, "payments"), Some(ComponentStatus::PartialOutage), "the impact speaks of it");
    assert_eq!(of(&now, "website"), Some(ComponentStatus::DegradedPerformance), "I5: it has a state of its own");
    update(
        &staff,
        &incident,
        &json!({ "body": "The site is well.", "component_states": { "website": "operational" } }),
    )
    .await;
    assert_eq!(of(&status(&site).await, "website"), Some(ComponentStatus::Operational));
    let past = json!({ "body": "b", "eta": "2001-01-01T00:00:00Z" });
    let refused = staff.post(&format!("{INCIDENTS}{}/updates/", incident.id)).json(&past).send().await.expect(422);
    assert_eq!(refused.value()["errors"][0]["field"], "eta");
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_no_incident_is_resolved_without_a_summary() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let incident = declare(&staff, &json!({ "title": "T", "body": "It broke." })).await;
    let path = format!("{INCIDENTS}{}/updates/", incident.id);
    for (news, field) in [
        (json!({ "status": "resolved" }), "body"),
        (json!({ "body": "Over.", "status": "resolved" }), "summary"),
        (json!({ "body": "Over.", "status": "resolved", "summary": {} }), "summary.impact"),
        (json!({ "body": "Over.", "status": "resolved", "summary": { "impact": "i" } }), "summary.prevention"),
        (json!({ "body": "Over.", "status": "resolved", "summary": { "impact": 5 } }), "summary.impact"),
        (json!({ "body": "News.", "summary": { "impact": "i", "prevention": "p" } }), "summary"),
        (json!({ "body": "Over.", "status": "postmortem" }), "status"),
    ] {
        let answer = staff.post(&path).json(&news).send().await.expect(422);
        assert_eq!(answer.value()["errors"][0]["field"], field, "{news}");
    }
    assert_eq!(boot(&site).await.banners[0].status, BannerStatus::Investigating, "nothing ended");
    let ended = update(&staff, &incident, &over("All is well.")).await;
    let summary = read(&site, &ended).await.summary.expect("a summary");
    assert!(summary.timeline.ends_with("It broke."), "the updates tell the timeline: {}", summary.timeline);
    assert_eq!((summary.impact.as_str(), summary.customers), ("Nobody could pay.", Some(120)));
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_the_form_shows_what_makes_an_incident_how_severe_in_the_language_of_who_asks() {
    let site = Edge::shared().new_site("school", &[]).await;
    for (locale, label, criterion) in [
        ("en", "Critical", "The product is down for more than 3 minutes."),
        ("ru", "Критический", "Продукт не работает больше 3 минут."),
    ] {
        let path = format!("/api/support/agent/incident_form/?locale={locale}");
        let form: IncidentForm = site.staff().get(&path).send().await.expect(200).json();
        let keys: Vec<Severity> = form.severities.iter().map(|severity| severity.key).collect();
        assert_eq!(keys, Severity::ALL);
        let worst = &form.severities[0];
        assert_eq!((worst.label.as_str(), worst.criteria[0].as_str()), (label, criterion));
        assert_eq!((worst.update_every_minutes, worst.postmortem), (15, true));
        assert_eq!((form.severities[1].update_every_minutes, form.severities[1].postmortem), (30, false));
        assert_eq!(form.not_incidents.len(), 4);
        assert!(form.components.iter().any(|component| component.key == "payments"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_who_is_affected_too_says_so_once_and_the_team_sees_how_many() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let incident = declare(&staff, &json!({ "title": "T" })).await;
    let path = format!("{INCIDENTS}{}/me_too/", incident.id);
    let (ann, bob) = (site.visitor(None).await, site.visitor(Some(&site.identity("bob", &json!({})))).await);
    let first: MeTooReceipt = ann.post(&path).send().await.expect(200).json();
    for _ in 0..3 {
        assert_eq!(ann.post(&path).send().await.expect(200).json::<MeTooReceipt>(), first, "once is enough");
    }
    bob.post(&path).send().await.expect(200);
    let seen: AgentIncident =
        staff.get(&format!("/api/support/agent/incidents/{}/", incident.id)).send().await.expect(200).json();
    assert_eq!((seen.me_too, seen.owner.as_deref()), (2, Some("Test admin")));
    assert!(seen.update_due_at.is_some());
    assert!(!read(&site, &incident).await.updates.is_empty());
    let public =
        Edge::shared().client().get(&format!("{INCIDENTS}{}/?site={}", incident.id, site.id)).send().await.text();
    assert!(!public.contains("me_too"), "the count is for the team");
    update(&staff, &incident, &over("Over.")).await;
    site.visitor(None).await.post(&path).send().await.expect(409);
    ann.post(&path).send().await.expect(200);
    Edge::shared().client().post(&path).send().await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_waits_for_a_person_and_is_decided_once() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let draft = async |title: &str| -> DraftedIncident {
        let body = json!({ "title": title, "severity": "p1", "components": ["payments"] });
        staff.post(DRAFTS).json(&body).send().await.expect(201).json()
    };
    let (good, bad) = (draft("Errors over 50 %").await, draft("One key").await);
    assert!(boot(&site).await.banners.is_empty(), "a draft is nobody's news");
    let listed: Items<DraftedIncident> = staff.get(DRAFTS).send().await.expect(200).json();
    assert_eq!(listed.items.len(), 2);
    let publish = format!("{DRAFTS}{}/publish/", good.id);
    let incident: Incident = staff.post(&publish).send().await.expect(201).json();
    assert_eq!(boot(&site).await.banners[0].incident, incident.id.to_string());
    staff.post(&publish).send().await.expect(409);
    staff.post(&format!("{DRAFTS}{}/reject/", bad.id)).send().await.expect(204);
    staff.post(&format!("{DRAFTS}{}/publish/", bad.id)).send().await.expect(409);
    let left: Items<DraftedIncident> = staff.get(DRAFTS).send().await.expect(200).json();
    assert!(left.items.is_empty());
    staff.post(DRAFTS).json(&json!({ "title": "" })).send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_decide_on_a_draft_at_once_one_does() {
    let site = Edge::shared().new_site("school", &[]).await;
    let body = json!({ "title": "Perhaps" });
    let drafted: DraftedIncident = site.staff().post(DRAFTS).json(&body).send().await.expect(201).json();
    let path = format!("{DRAFTS}{}/publish/", drafted.id);
    let sends: Vec<_> = (0..6).map(|_| tokio::spawn(site.staff().post(&path).send())).collect();
    let mut statuses = Vec::new();
    for send in sends {
        statuses.push(send.await.expect("no request panics").status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    assert_eq!(status(&site).await.incidents.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn i6_a_post_mortem_begins_with_the_timeline_and_is_published_without_gaps() {
    let site = Edge::shared().new_site("saas", &[]).await;
    let staff = site.staff();
    let incident =
        declare(&staff, &json!({ "title": "Agents fell silent", "severity": "p1", "body": "No answers." })).await;
    let path = format!("/api/support/agent/incidents/{}/postmortem/", incident.id);
    staff.put(&path).json(&json!({ "body": "too early" })).send().await.expect(409);
    update(&staff, &incident, &over("They speak.")).await;
    let begun: PostmortemDocument = staff.get(&path).send().await.expect(200).json();
    assert!(
        !begun.saved && begun.body.contains("No answers.") && begun.body.contains("## Root cause"),
        "{}",
        begun.body
    );
    let refused =
        staff.put(&path).json(&json!({ "body": begun.body, "publish": true })).send().await.expect(422).value();
    assert_eq!(refused["errors"][0]["field"], "body");
    assert_eq!(refused["errors"][0]["detail"], "still to be written: Root cause");
    staff.put(&path).json(&json!({ "body": begun.body })).send().await.expect(200);
    assert_eq!(read(&site, &incident).await.status, IncidentStatus::Resolved, "a draft is the team's");
    let whole = begun.body.replace("[…]", "A full disk.");
    let published: PostmortemDocument =
        staff.put(&path).json(&json!({ "body": whole, "publish": true })).send().await.expect(200).json();
    assert!(published.saved && published.published_at.is_some());
    let now = read(&site, &incident).await;
    assert_eq!(now.status, IncidentStatus::Postmortem);
    assert!(now.postmortem.is_some_and(|written| written.body.contains("A full disk.")));
    assert_eq!(boot(&site).await.banners[0].status, BannerStatus::Resolved, "pages are told that it is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_planned_work_is_on_pages_ahead_and_may_be_ended_by_hand() {
    let site = Edge::shared().new_site("school", &[]).await;
    let later = plan(&site, 48 * 3_600, 50 * 3_600).await;
    assert!(!later.announced);
    assert!(!boot(&site).await.banners.iter().any(|banner| banner.incident == later.id.to_string()), "not yet");
    let soon = plan(&site, 3_600, 7_200).await;
    assert!(soon.announced);
    let shown = boot(&site).await.banners;
    let banner = shown.iter().find(|banner| banner.incident == soon.id.to_string()).expect("a banner");
    assert_eq!((banner.status, banner.me_too), (BannerStatus::Scheduled, false));
    let waiting: Vec<String> = status(&site).await.maintenances.into_iter().map(|work| work.id.to_string()).collect();
    assert_eq!(waiting, [soon.id.to_string(), later.id.to_string()], "the next first");
    let news = format!("{WORK}{}/updates/", soon.id);
    let staff = site.staff();
    let begun: Maintenance = staff
        .post(&news)
        .json(&json!({ "body": "We begin now.", "status": "in_progress" }))
        .send()
        .await
        .expect(201)
        .json();
    assert_eq!(begun.status, MaintenanceStatus::InProgress);
    let payments = status(&site).await.components.into_iter().find(|component| component.key == "payments");
    assert_eq!(payments.map(|component| component.status), Some(ComponentStatus::UnderMaintenance));
    staff.post(&news).json(&json!({ "body": "Done.", "status": "completed" })).send().await.expect(201);
    staff.post(&news).json(&json!({ "body": "Again?" })).send().await.expect(409);
    assert_eq!(status(&site).await.maintenances.len(), 1);
    let wrong = json!({ "title": "t", "body": "b", "scheduled_for": "2001-01-01T00:00:00Z", "scheduled_until": "2001-01-01T01:00:00Z" });
    let refused = staff.post(WORK).json(&wrong).send().await.expect(422);
    assert_eq!(refused.value()["errors"][0]["field"], "scheduled_for");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_affected_by_nothing_any_more() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let incident = declare(&staff, &json!({ "title": "T" })).await;
    let visitor = site.visitor(None).await;
    visitor.post(&format!("{INCIDENTS}{}/me_too/", incident.id)).send().await.expect(200);
    let draft = json!({ "subject": "s", "body": "b" });
    let ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).value();
    let id = ticket["id"].as_str().expect("an id");
    let desk = staff.get(&format!("/api/support/agent/tickets/{id}/")).send().await.expect(200).value();
    let customer = desk["requester"]["id"].as_str().expect("an id").to_owned();
    let export = format!("/api/support/agent/customers/{customer}/export/");
    let kept = staff.get(&export).send().await.expect(200).value();
    assert_eq!(kept["me_too"][0]["incident"], incident.id.to_string());
    staff.post(&format!("/api/support/agent/customers/{customer}/erase/")).send().await.expect(200);
    let seen = staff.get(&format!("/api/support/agent/incidents/{}/", incident.id)).send().await.expect(200).value();
    assert_eq!(seen["me_too"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_of_more_planned_work_than_is_shown_the_next_is_not_left_out() {
    let site = Edge::shared().new_site("school", &[]).await;
    let now = now(&site).await;
    for week in 1..=51_i64 {
        let begin = now.plus_seconds(week * 7 * 86_400);
        let draft = json!({ "title": format!("Week {week}"), "body": "Payments pause.", "components": ["payments"],
            "scheduled_for": begin, "scheduled_until": begin.plus_seconds(3_600) });
        site.staff().post(WORK).json(&draft).send().await.expect(201);
    }
    let planned = status(&site).await.maintenances;
    assert_eq!((planned.len(), planned[0].title.as_str()), (50, "Week 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_a_long_incident_keeps_how_it_began_and_its_summary_tells_everything() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let incident = declare(&staff, &json!({ "title": "T", "body": "It broke." })).await;
    for number in 1..=25 {
        update(&staff, &incident, &json!({ "body": format!("News {number}.") })).await;
    }
    let long = read(&site, &incident).await;
    assert_eq!((long.updates.len(), long.updates[0].body.as_str()), (20, "News 25."));
    assert_eq!(long.updates.last().map(|first| first.body.as_str()), Some("It broke."));
    let ended = update(&staff, &incident, &over("Over.")).await;
    let timeline = ended.summary.expect("a summary").timeline;
    let lines: Vec<&str> = timeline.lines().filter_map(|line| line.split("UTC ").nth(1)).collect();
    assert_eq!((lines.len(), lines[0], lines[7], lines[25]), (26, "It broke.", "News 7.", "News 25."));
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_the_end_of_an_incident_stands_above_whatever_was_said_at_the_same_moment() {
    let site = Edge::shared().new_site("school", &[]).await;
    for _ in 0..4 {
        let incident = declare(&site.staff(), &json!({ "title": "T" })).await;
        let path = format!("{INCIDENTS}{}/updates/", incident.id);
        let mut said = vec![json!({ "body": "News." }); 8];
        said.insert(4, over("Over."));
        let sends: Vec<_> = said.iter().map(|news| tokio::spawn(site.staff().post(&path).json(news).send())).collect();
        for send in sends {
            assert!([201, 409].contains(&send.await.expect("no request panics").status));
        }
        let ended = read(&site, &incident).await;
        assert_eq!(ended.updates[0].status, IncidentStatus::Resolved);
        assert_eq!(ended.resolved_at, Some(ended.updates[0].created_at));
        assert!(ended.updates.is_sorted_by(|newer, older| newer.created_at > older.created_at));
    }
}
