//! How often one may ask: the usual limits bite, say when to come back, and let a later one pass.

use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, OPERATOR_TOKEN, Site, random_hex};
use buoy_tests::http::{Answer, Client};
use buoy_tests::wait::{self, now_millis};
use serde_json::json;
use std::path::Path;

const TICKETS: &str = "/api/support/tickets/";
const SESSION: &str = "/api/support/session/";

async fn ticket(visitor: &Client) -> Answer {
    let draft = json!({ "subject": "s", "body": "b" });
    visitor.post(TICKETS).idempotency_key(&random_hex()).json(&draft).send().await
}

fn seconds_to_wait(answer: &Answer) -> u32 {
    assert_eq!(answer.status, 429, "{answer:#?}");
    assert_eq!(answer.value()["type"], "urn:buoy:problem:rate-limited");
    let seconds = answer.header("retry-after").parse().expect("seconds in Retry-After");
    assert!(seconds >= 1);
    seconds
}

/// An edge with the limits of production.
fn usual() -> Edge {
    Edge::with_test_clock_and(&[("LIMITS", "")])
}

async fn from(site: &Site, address: &str) -> Client {
    site.visitor(None).await.with_header("cf-connecting-ip", address)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eleventh_ticket_of_a_visitor_in_an_hour_waits() {
    let edge = usual();
    let site = edge.new_site("school", &[]).await;
    let visitor = from(&site, "192.0.2.1").await;
    let draft = json!({ "subject": "s", "body": "b" });
    let first = visitor.post(TICKETS).idempotency_key("first").json(&draft).send().await.expect(201);
    for _ in 0..9 {
        ticket(&visitor).await.expect(201);
    }
    let wait = seconds_to_wait(&ticket(&visitor).await);
    assert!((3_500..=3_660).contains(&wait), "an hour after the first: {wait}");
    // A repeat is no new ticket, a wrong field none at all, and neighbours are not concerned.
    let again = visitor.post(TICKETS).idempotency_key("first").json(&draft).send().await.expect(201);
    assert_eq!(again.text(), first.text());
    visitor.post(TICKETS).idempotency_key("wrong").json(&json!({ "subject": "" })).send().await.expect(422);
    ticket(&from(&site, "192.0.2.2").await).await.expect(201);
    let other = edge.new_site("school", &[]).await;
    ticket(&from(&other, "192.0.2.1").await).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_limits_of_addresses_messages_and_wrong_tokens_bite() {
    let edge = usual();
    let site = edge.new_site("school", &[]).await;
    // 30 tickets an hour of one address, whoever files them; a forwarded address is anybody's to write.
    let mut filed = 0;
    for _ in 0..4 {
        let visitor = from(&site, "192.0.2.7").await.with_header("x-forwarded-for", &random_hex());
        for _ in 0..10 {
            filed += usize::from(ticket(&visitor).await.status == 201);
        }
    }
    assert_eq!(filed, 30);
    // An IPv6 network is one address.
    let mut filed = 0;
    for host in 0..40 {
        let visitor = from(&site, &format!("2001:db8:1:2::{host:x}")).await;
        filed += usize::from(ticket(&visitor).await.status == 201);
    }
    assert_eq!(filed, 30);
    // 20 messages a minute of one visitor.
    // All at one fixed moment: on a slow machine no minute passes meanwhile.
    let now = Timestamp::from_millis(now_millis()).to_rfc3339();
    let visitor = from(&site, "192.0.2.8").await.with_header("x-test-now", &now);
    let id = ticket(&visitor).await.expect(201).value()["id"].as_str().expect("an id").to_owned();
    let path = format!("{TICKETS}{id}/add_message/");
    let say = || visitor.post(&path).idempotency_key(&random_hex()).json(&json!({ "body": "hi" })).send();
    for _ in 0..20 {
        say().await.expect(201);
    }
    assert!(seconds_to_wait(&say().await) <= 61);
    // 60 sessions an hour of one address.
    let body = json!({ "site": site.id });
    let session = || edge.client().post(SESSION).header("cf-connecting-ip", "192.0.2.9").json(&body).send();
    for _ in 0..60 {
        session().await.expect(201);
    }
    assert!(seconds_to_wait(&session().await) > 3_000);
    // 60 signs a minute that one member of the team is writing.
    let sign = format!("/api/support/agent/tickets/{id}/typing/");
    let staff = site.staff().with_header("x-test-now", &now);
    for _ in 0..60 {
        staff.post(&sign).send().await.expect(204);
    }
    assert!(seconds_to_wait(&staff.post(&sign).send().await) <= 61);
    wrong_tokens(&edge, &site).await;
}

/// 20 wrong staff tokens in a quarter of an hour of one address.
async fn wrong_tokens(edge: &Edge, site: &Site) {
    let me = "/api/support/agent/me/";
    let at = |token: &str| edge.client().with_bearer(token).with_header("cf-connecting-ip", "192.0.2.10");
    let put = |client: Client| async move {
        client.put("/api/support/operator/sites/site_x/").json(&json!({})).send().await.status
    };
    for guess in 0..10 {
        at(&format!("ba1.{}.{guess}", site.id)).get(me).send().await.expect(401);
        assert_eq!(put(at(&format!("guess {guess}"))).await, 401);
    }
    assert!(seconds_to_wait(&at(&format!("ba1.{}.x", site.id)).get(me).send().await) > 600);
    assert_eq!(put(at("guess")).await, 429);
    assert_eq!(put(at(OPERATOR_TOKEN)).await, 429, "people choose it, so the right one waits too");
    at(&site.staff_token).get(me).send().await.expect(200);
    assert_ne!(put(edge.operator()).await, 429, "from elsewhere it is taken");
}

/// Whether a window with both tickets in it lies on the disk.
fn is_saved(folder: &Path) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().map_while(Result::ok).map(|entry| entry.path()).any(|path| {
        let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap_or_default() };
        let text = String::from_utf8_lossy(&bytes);
        let mut windows = text.split("tickets_per_visitor").skip(1);
        let saved = windows.any(|window| window.split("]]").next().is_some_and(|window| window.ends_with(",2")));
        saved || is_saved(&path)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_passes_again_when_the_wait_is_over_also_after_a_restart() {
    let limits = r#"{"first_line":false,"limits":{"tickets_per_visitor":{"count":2,"seconds":600}}}"#;
    let edge = Edge::with_test_clock_and(&[("LIMITS", limits)]);
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let begun = Timestamp::from_millis(now_millis());
    let after =
        |seconds: u32| visitor.clone().with_header("x-test-now", &begun.plus_seconds(seconds.into()).to_rfc3339());
    ticket(&after(0)).await.expect(201);
    ticket(&after(0)).await.expect(201);
    seconds_to_wait(&ticket(&after(0)).await);
    // Counters are saved a second after, and nothing but their file tells when.
    let state = edge.state();
    wait::until("both tickets counted on the disk", || async { is_saved(&state).then_some(()) }).await;
    edge.restart();
    let wait = seconds_to_wait(&ticket(&after(60)).await);
    ticket(&after(60 + wait)).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_exactly_as_many_pass_as_there_is_room_for() {
    let limits = r#"{"first_line":false,"limits":{"tickets_per_site":{"count":25,"seconds":600}}}"#;
    let edge = Edge::start_with(&[("LIMITS", limits)]);
    let (site, quiet) = (edge.new_site("school", &[]).await, edge.new_site("school", &[]).await);
    let mut visitors = Vec::new();
    for number in 0..12 {
        visitors.push(from(&site, &format!("198.51.100.{number}")).await);
    }
    let tries = visitors.iter().flat_map(|visitor| (0..5).map(move |_| ticket(visitor)));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 25);
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 35);
    ticket(&quiet.visitor(None).await).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_line_stops_a_flood_of_one_address_before_anything_is_looked_up() {
    let edge = usual();
    let site = edge.new_site("school", &[]).await;
    let (loud, other) = (from(&site, "203.0.113.1").await, from(&site, "203.0.113.2").await);
    flood(&loud, TICKETS).await;
    // What anybody may read and nobody keeps a copy of is guarded as well.
    let public = format!("/api/support/incidents/?site={}", site.id);
    flood(&from(&site, "203.0.113.3").await, &public).await;
    other.get(&public).send().await.expect(200);
    other.get(TICKETS).send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_line_stops_a_flood_of_what_is_published_for_nobody() {
    let edge = usual();
    let site = edge.new_site("school", &[]).await;
    flood(&from(&site, "203.0.113.4").await, &format!("/status/archive?site={}", site.id)).await;
    let inventor = edge.client().with_header("cf-connecting-ip", "203.0.113.5");
    let mut is_stopped = false;
    for round in 0..55 {
        let paths = (0..50).map(|number| format!("/api/support/boot/?site=site_{round}x{number}"));
        let answers = futures_util::future::join_all(paths.map(|path| inventor.get(&path).send())).await;
        is_stopped = answers.iter().any(|answer| answer.status == 429);
        if is_stopped {
            break;
        }
    }
    assert!(is_stopped, "sites that there are not cost a database, too");
}

/// Asks until it is refused. More than two minutes allow: the platform counts by the minute of the clock, and one may end in
/// between.
async fn flood(client: &Client, path: &str) {
    let mut refused = None;
    for _ in 0..55 {
        let answers = futures_util::future::join_all((0..50).map(|_| client.get(path).send())).await;
        refused = answers.into_iter().find(|answer| answer.status != 200);
        if refused.is_some() {
            break;
        }
    }
    assert_eq!(seconds_to_wait(&refused.expect("2,750 requests are too many for two minutes")), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_are_not_understood_leave_the_usual_limits() {
    let edge = Edge::start_with(&[("LIMITS", r#"{"tickets":5}"#)]);
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    for _ in 0..10 {
        ticket(&visitor).await.expect(201);
    }
    seconds_to_wait(&ticket(&visitor).await);
    let told = "LIMITS is not understood";
    wait::until(told, || async { edge.log().contains(told).then_some(()) }).await;
}
