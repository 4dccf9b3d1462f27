//! Incidents over HTTP: published before the answer, told to be over, never reopened.

use crate::deliveries::{edge_with, webhook};
use crate::incident_life::over;
use buoy_shared::api::{Boot, Page, SystemStatus};
use buoy_shared::incident::{BannerStatus, ComponentStatus, Impact, Incident};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::receiver::Receiver;
use serde_json::json;

const INCIDENTS: &str = "/api/support/incidents/";

async fn boot(site: &Site, locale: &str) -> Boot {
    Edge::shared()
        .client()
        .get(&format!("/api/support/boot/?site={}&locale={locale}", site.id))
        .send()
        .await
        .expect(200)
        .json()
}

async fn status(site: &Site) -> SystemStatus {
    Edge::shared()
        .client()
        .get(&format!("/api/support/status/?site={}&locale=en", site.id))
        .send()
        .await
        .expect(200)
        .json()
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_declaring_puts_the_banner_up_and_resolving_takes_it_down() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    assert_eq!(status(&site).await.status, "operational");

    let draft = json!({ "title": "Payments fail", "body": "Cards are declined.", "impact": "critical", "components": ["payments"] });
    let incident: Incident = staff.post(INCIDENTS).json(&draft).send().await.expect(201).json();
    for locale in ["en", "ru"] {
        let banner = boot(&site, locale).await.banners.remove(0);
        assert_eq!(
            (banner.incident.as_str(), banner.body.as_str(), banner.impact),
            (incident.id.as_str(), "Cards are declined.", Impact::Critical)
        );
    }
    let now = status(&site).await;
    assert_eq!((now.status.as_str(), now.indicator, now.incidents.len()), ("incident", Impact::Critical, 1));
    let payments =
        now.components.iter().find(|component| component.key == "payments").map(|component| component.status);
    assert_eq!(payments, Some(ComponentStatus::MajorOutage), "I5: the incident names its components");

    let updates = format!("{INCIDENTS}{}/updates/", incident.id);
    let news: Incident = staff
        .post(&updates)
        .json(&json!({ "body": "The bank answers again.", "status": "monitoring" }))
        .send()
        .await
        .expect(201)
        .json();
    let banner = boot(&site, "en").await.banners.remove(0);
    assert_eq!((banner.body.as_str(), banner.status), ("The bank answers again.", BannerStatus::Monitoring));
    assert_eq!(banner.update, news.updates[0].id, "a new update is a new thing to dismiss");

    staff.post(&updates).json(&over("All payments work.")).send().await.expect(201);
    let banner = boot(&site, "en").await.banners.remove(0);
    assert_eq!(banner.status, BannerStatus::Resolved, "pages that showed it are told that it is over");
    assert_eq!(status(&site).await.status, "operational");
    staff.post(&updates).json(&json!({ "body": "It is back." })).send().await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_repeated_with_its_key_is_one_incident() {
    let site = Edge::shared().new_site("school", &[]).await;
    let declare = || site.staff().post(INCIDENTS).idempotency_key("once").json(&json!({ "title": "T" }));
    let (first, second) = (declare().send().await.expect(201).text(), declare().send().await.expect(201).text());
    assert_eq!(first, second);
    let page: Page<Incident> =
        Edge::shared().client().get(&format!("{INCIDENTS}?site={}", site.id)).send().await.expect(200).json();
    assert_eq!(page.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_incidents_are_refused_and_strangers_may_not_declare() {
    let site = Edge::shared().new_site("school", &[]).await;
    for (draft, field) in [
        (json!({ "title": "" }), "title"),
        (json!({ "title": "x".repeat(141) }), "title"),
        (json!({ "title": "t", "impact": "huge" }), "impact"),
        (json!({ "title": "t", "components": ["moon"] }), "components"),
        (json!({ "title": "t", "status": "resolved" }), "status"),
        (json!({ "title": "t", "severity": 1 }), "severity"),
        (json!({ "title": "t", "severity": "p9" }), "severity"),
        (json!({ "title": "t", "colour": "red" }), "colour"),
        (json!({ "title": "t", "eta": "soon" }), "eta"),
        (json!({ "title": "t", "target": { "pages": ["checkout"] } }), "target.pages"),
        (json!({ "title": "t", "target": { "tiers": ["gold"] } }), "target.tiers"),
        (json!({ "title": "t", "target": { "moods": [] } }), "target.moods"),
        (
            json!({ "title": "t", "components": ["payments"], "component_states": { "payments": "on fire" } }),
            "component_states.payments",
        ),
        (json!({ "title": "t", "component_states": { "payments": "major_outage" } }), "component_states"),
        (json!({ "title": "t", "started_at": "2001-01-01T00:00:00Z" }), "started_at"),
    ] {
        let answer = site.staff().post(INCIDENTS).json(&draft).send().await.expect(422);
        assert_eq!(answer.value()["errors"][0]["field"], field);
    }
    site.visitor(None).await.post(INCIDENTS).json(&json!({ "title": "t" })).send().await.expect(401);
    let other = Edge::shared().new_site("school", &[]).await;
    let incident: Incident =
        site.staff().post(INCIDENTS).json(&json!({ "title": "t" })).send().await.expect(201).json();
    other
        .staff()
        .post(&format!("{INCIDENTS}{}/updates/", incident.id))
        .json(&json!({ "body": "b" }))
        .send()
        .await
        .expect(404);
    Edge::shared().client().get(&format!("{INCIDENTS}{}/?site={}", incident.id, other.id)).send().await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_knows_the_news_gets_no_body_and_status_is_for_everyone() {
    let site = Edge::shared().new_site("school", &["https://app.example.com"]).await;
    let path = format!("/api/support/boot/?site={}&locale=en", site.id);
    let client = Edge::shared().client();
    let first = client.get(&path).send().await.expect(200);
    let again = client.get(&path).header("if-none-match", first.header("etag")).send().await.expect(304);
    assert!(again.bytes.is_empty());
    site.staff().post(INCIDENTS).json(&json!({ "title": "News" })).send().await.expect(201);
    client.get(&path).header("if-none-match", first.header("etag")).send().await.expect(200);
    let status = client
        .get(&format!("/api/support/status/?site={}", site.id))
        .header("origin", "https://anyone.example")
        .send()
        .await
        .expect(200);
    assert_eq!(status.header("access-control-allow-origin"), "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_resolve_at_once_one_does_and_the_others_hear_of_it() {
    let site = Edge::shared().new_site("school", &[]).await;
    let incident: Incident =
        site.staff().post(INCIDENTS).json(&json!({ "title": "T" })).send().await.expect(201).json();
    let path = format!("{INCIDENTS}{}/updates/", incident.id);
    let sends: Vec<_> = (0..8)
        .map(|at| {
            let body = over(&format!("over, says {at}"));
            tokio::spawn(site.staff().post(&path).idempotency_key(&format!("k{at}")).json(&body).send())
        })
        .collect();
    let mut statuses = Vec::new();
    for send in sends {
        statuses.push(send.await.expect("no request panics").status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    let read = format!("{INCIDENTS}{}/?site={}", incident.id, site.id);
    let now: Incident = Edge::shared().client().get(&read).send().await.expect(200).json();
    assert_eq!(now.updates.len(), 2, "the declaration and one end");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_declarations_with_one_key_at_once_one_incident_comes() {
    let site = Edge::shared().new_site("school", &[]).await;
    let sends: Vec<_> = (0..8)
        .map(|_| {
            tokio::spawn(site.staff().post(INCIDENTS).idempotency_key("one").json(&json!({ "title": "T" })).send())
        })
        .collect();
    let mut answers = Vec::new();
    for send in sends {
        answers.push(send.await.expect("no request panics").expect(201).text());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(boot(&site, "en").await.banners.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_written_last_is_what_pages_see_however_many_publish_at_once() {
    let site = Edge::shared().new_site("school", &[]).await;
    let sends: Vec<_> = (0..10)
        .map(|at| tokio::spawn(site.staff().post(INCIDENTS).json(&json!({ "title": format!("T{at}") })).send()))
        .collect();
    for send in sends {
        send.await.expect("no request panics").expect(201);
    }
    assert_eq!(boot(&site, "en").await.banners.len(), 10);
    assert_eq!(status(&site).await.incidents.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_page_that_the_site_does_not_know_says_for_nobody_that_they_are_affected() {
    let site = Edge::shared().new_site("school", &["https://app.example.com"]).await;
    let (staff, visitor) = (site.staff(), site.visitor(None).await);
    let draft = json!({ "title": "Payments fail", "impact": "major" });
    let incident: Incident = staff.post(INCIDENTS).json(&draft).send().await.expect(201).json();
    let path = format!("{INCIDENTS}{}/me_too/", incident.id);
    for (origin, status, affected) in [("https://elsewhere.example", 403, 0), ("https://app.example.com", 200, 1)] {
        visitor.post(&path).header("origin", origin).send().await.expect(status);
        let seen = staff.get(&format!("/api/support/agent/incidents/{}/", incident.id)).send().await.expect(200);
        assert_eq!(seen.value()["me_too"], affected, "{origin}");
    }
}

/// No cron runs here: what is told is told by the request itself.
#[tokio::test(flavor = "multi_thread")]
async fn c2_a_published_draft_and_a_post_mortem_are_told_at_once() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    webhook(&site, &receiver, &["incident.updated"]).await;
    let staff = site.staff();
    let drafts = "/api/support/agent/incident_drafts/";
    let draft = json!({ "title": "Alert", "severity": "p1" });
    let drafted = staff.post(drafts).json(&draft).send().await.expect(201).value();
    let path = format!("{drafts}{}/publish/", drafted["id"].as_str().expect("an id"));
    let incident: Incident = staff.post(&path).send().await.expect(201).json();
    receiver.wait_for(1).await;
    let over = over("Mended.");
    staff.post(&format!("{INCIDENTS}{}/updates/", incident.id)).json(&over).send().await.expect(201);
    receiver.wait_for(2).await;
    let path = format!("/api/support/agent/incidents/{}/postmortem/", incident.id);
    let written = staff.get(&path).send().await.expect(200).value();
    let whole = written["body"].as_str().expect("a text").replace("[…]", "A full disk.");
    let edit = json!({ "body": whole, "publish": true });
    staff.put(&path).json(&edit).send().await.expect(200);
    receiver.wait_for(3).await;
}
