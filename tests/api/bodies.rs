//! What is taken and what is refused, by the form of a body and not by its meaning.

use crate::refusals::tickets_of;
use buoy_shared::text::{CONTEXT_CHARS_MAX, MESSAGE_CHARS_MAX};
use buoy_shared::ticket::{CUSTOM_MAX, ERROR_CHARS_MAX, ERRORS_MAX, Ticket};
use buoy_shared::upload::UPLOAD_BYTES_MAX;
use buoy_tests::edge::Edge;
use buoy_tests::http::Client;
use buoy_tests::wait::{poll, until};
use futures_util::future::join_all;
use reqwest::Body;
use serde_json::json;
use std::collections::BTreeMap;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const TICKETS: &str = "/api/support/tickets/";
const JSON: &str = "application/json";

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_description_is_taken_in_whatever_way_json_spells_its_letters() {
    let site = Edge::shared().new_site("school", &[]).await;
    let escaped = "\\ud83d\\ude00".repeat(10_000);
    let body = format!(r#"{{"subject":"s","body":"{escaped}"}}"#);
    let answer = site.visitor(None).await.post(TICKETS).idempotency_key("k").body(body, JSON).send().await.expect(201);
    assert_eq!(answer.json::<Ticket>().messages[0].body, "\u{1f600}".repeat(10_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_with_all_that_a_page_may_tell_of_itself_is_taken() {
    let site = Edge::shared().new_site("school", &[]).await;
    let letters = |count: usize| "\u{1f6df}".repeat(count);
    let custom: BTreeMap<String, String> =
        (0..CUSTOM_MAX).map(|place| (place.to_string(), letters(CONTEXT_CHARS_MAX))).collect();
    let errors = vec![letters(ERROR_CHARS_MAX); ERRORS_MAX];
    let context = json!({ "url": letters(CONTEXT_CHARS_MAX), "custom": custom, "errors": errors });
    let draft = json!({ "subject": "s", "body": letters(MESSAGE_CHARS_MAX), "context": context });
    let visitor = site.visitor(None).await;
    let ticket: Ticket = visitor.post(TICKETS).idempotency_key("k").json(&draft).send().await.expect(201).json();
    let desk = site.staff().get(&format!("/api/support/agent/tickets/{}/", ticket.id)).send().await.expect(200).value();
    assert_eq!(desk["context"]["custom"].as_object().map(serde_json::Map::len), Some(CUSTOM_MAX));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_speaks_of_json_and_not_of_our_types() {
    let site = Edge::shared().new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    for draft in [
        json!({ "subject": "s", "body": "b", "context": 5 }),
        json!({ "subject": "s", "body": "b", "context": [] }),
        json!({ "subject": {}, "body": "b" }),
        json!({ "subject": "s", "body": "b", "category": true }),
    ] {
        let text = visitor.post(TICKETS).idempotency_key("k").json(&draft).send().await.expect(422).text();
        for ours in ["struct", "enum", "variant", "Draft", "PageContext"] {
            assert!(!text.contains(ours), "{draft}: {text}");
        }
    }
}

/// A body that does not say its length must not fill the memory either.
#[tokio::test(flavor = "multi_thread")]
async fn an_endless_body_in_chunks_is_refused_and_the_edge_lives_on() {
    let site = Edge::shared().new_site("school", &[]).await;
    let chunk = vec![b' '; 64 * 1024];
    let stream = futures_util::stream::iter((0..512).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let url = format!("{}{TICKETS}", Edge::shared().url());
    let sent =
        reqwest::Client::new().post(url).header("content-type", JSON).body(Body::wrap_stream(stream)).send().await;
    // Refused with an answer, or by closing the line on the sender: both are refusals.
    assert!(sent.is_err() || sent.is_ok_and(|answer| answer.status().is_client_error()));
    Edge::shared().client().get("/api/support/health/").send().await.expect(200);
    assert_eq!(tickets_of(&site).await, 0);
}

/// The least that a desk needs, in these languages.
pub(crate) fn small_policy(locales: &str) -> String {
    let label = r#"label = { en = "One", ru = "Один" }"#;
    format!(
        "[site]\ndefault_locale = \"ru\"\nlocales = {locales}\naccent = \"#2456d6\"\ndefault_tier = \"one\"\n\
         [[categories]]\nkey = \"one\"\n{label}\n[[priorities]]\nkey = \"one\"\n{label}\n[[tiers]]\nkey = \"one\"\n{label}\n\
         [calendars.always]\nzone = \"UTC\"\nalways = true\n\
         [[sla]]\npriority = \"one\"\nfirst_response = \"1h\"\ncalendar = \"always\"\n\
         [triage]\ndefault_category = \"one\"\ndefault_priority = \"one\"\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_a_site_left_is_not_served_from_an_old_copy() {
    let edge = Edge::shared();
    let site = edge.new_site(&small_policy(r#"["ru", "en"]"#), &[]).await;
    let locale = async || {
        let path = format!("/api/support/boot/?site={}&locale=en", site.id);
        edge.client().get(&path).send().await.expect(200).value()["locale"].clone()
    };
    assert_eq!(locale().await, "en");
    let policy = small_policy(r#"["ru"]"#);
    let spec = json!({ "name": "Test", "policy_toml": policy, "origins": [], "anonymous": true });
    edge.operator().put(&format!("/api/support/operator/sites/{}/", site.id)).json(&spec).send().await.expect(200);
    assert_eq!(locale().await, "ru");
}

/// Begins to send a body of so many bytes, and stops after the first ones.
async fn begin(edge: &Edge, path: &str, headers: &str, bytes: usize, first: usize) -> TcpStream {
    let mut line = TcpStream::connect(("127.0.0.1", edge.port())).await.expect("a connection");
    let head = format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}content-length: {bytes}\r\n\r\n");
    line.write_all(head.as_bytes()).await.expect("the head is sent");
    // What is refused may be closed before all of this was sent.
    drop(line.write_all(&vec![b' '; first]).await);
    line
}

/// Begins to send a file of so many bytes as this caller, and sends one of them.
async fn begin_file(edge: &Edge, path: &str, authorization: &str, bytes: usize) -> TcpStream {
    let headers = format!("authorization: {authorization}\r\ncontent-type: text/plain\r\n");
    begin(edge, path, &headers, bytes, 1).await
}

async fn send_file(visitor: &Client) -> u16 {
    let request = visitor.post("/api/support/uploads/").header("x-file-name", "a.txt").allow_5xx();
    request.body("words", "text/plain").send().await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_never_come_hold_no_room_for_strangers_and_not_for_long_for_anybody() {
    // Of its own: what holds all room would be in the way of others.
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let mut lines = Vec::new();
    for _ in 0..6 {
        lines.push(begin_file(&edge, "/api/support/uploads/", "x", UPLOAD_BYTES_MAX).await);
        lines.push(begin_file(&edge, "/anything/uploads", "Bearer bv1.site_x.y", UPLOAD_BYTES_MAX).await);
    }
    // What was begun before this request has been looked at when it is answered.
    edge.client().get("/api/support/health/").send().await.expect(200);
    assert_eq!(send_file(&visitor).await, 201);

    let bearer = format!("Bearer {}", visitor.bearer().expect("a token"));
    for _ in 0..6 {
        lines.push(begin_file(&edge, "/api/support/uploads/", &bearer, UPLOAD_BYTES_MAX).await);
    }
    until("no room", async || (send_file(&visitor).await == 503).then_some(())).await;
    // Longer than the edge waits for a body.
    for _ in 0..2 {
        if poll(async || (send_file(&visitor).await == 201).then_some(())).await.is_some() {
            return;
        }
    }
    panic!("files that never came hold their room");
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_many_small_files_on_slow_lines_keep_nobody_from_sending_theirs() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let bearer = format!("Bearer {}", visitor.bearer().expect("a token"));
    let mut lines = Vec::new();
    for _ in 0..40 {
        lines.push(begin_file(edge, "/api/support/uploads/", &bearer, 100_000).await);
    }
    edge.client().get("/api/support/health/").send().await.expect(200);
    assert_eq!(send_file(&visitor).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_come_slowly_to_one_address_leave_room_for_two_of_the_largest_from_another() {
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let one = visitor.clone().with_header("cf-connecting-ip", "192.0.2.1");
    let office = visitor.with_header("cf-connecting-ip", "192.0.2.2");
    // Anybody can make up a token of this form.
    let made_up = "authorization: Bearer bv1.site_x.y\r\ncf-connecting-ip: 192.0.2.";
    let mut lines = Vec::new();
    for _ in 0..6 {
        lines.push(begin(&edge, "/api/support/uploads/", &format!("{made_up}1\r\n"), UPLOAD_BYTES_MAX, 1).await);
    }
    until("no room for that address", async || (send_file(&one).await == 503).then_some(())).await;
    lines.push(begin(&edge, "/api/support/uploads/", &format!("{made_up}2\r\n"), UPLOAD_BYTES_MAX, 1).await);
    edge.client().get("/api/support/health/").send().await.expect(200);
    let largest = office.post("/api/support/uploads/").header("x-file-name", "a.txt");
    largest.body(vec![b'x'; UPLOAD_BYTES_MAX], "text/plain").send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_whose_senders_went_away_hold_no_room() {
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let bearer = format!("Bearer {}", visitor.bearer().expect("a token"));
    let mut lines = Vec::new();
    for _ in 0..6 {
        lines.push(begin_file(&edge, "/api/support/uploads/", &bearer, UPLOAD_BYTES_MAX).await);
    }
    until("no room", async || (send_file(&visitor).await == 503).then_some(())).await;
    drop(lines);
    until("room again", async || (send_file(&visitor).await == 201).then_some(())).await;
}

/// Begins to send a body from one of three addresses, so that no share of one address is in the way, and holds back its
/// last byte.
async fn hold_back(edge: &Edge, path: &str, number: usize, first: usize) -> TcpStream {
    begin(edge, path, &format!("cf-connecting-ip: 192.0.2.{}\r\n", number % 3), first + 1, first).await
}

/// Two dozen bodies near the largest: with a few more, all there is room for.
async fn hold_back_two_dozen(edge: &Edge, path: &str) -> Vec<TcpStream> {
    join_all((0..24).map(|number| hold_back(edge, path, number, 900_000))).await
}

/// A ticket in a body of so many bytes.
async fn send_ticket(visitor: &Client, bytes: usize) -> u16 {
    let mut body = r#"{"subject":"s","body":"b"}"#.to_owned();
    body.extend(std::iter::repeat_n(' ', bytes.saturating_sub(body.len())));
    visitor.post(TICKETS).idempotency_key(&format!("k{bytes}")).body(body, JSON).allow_5xx().send().await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn long_bodies_of_strangers_have_one_room_and_who_writes_briefly_needs_none() {
    const LONG: usize = 70_000;
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await.with_header("cf-connecting-ip", "192.0.2.9");
    // Where nobody takes anything, nothing is held.
    let _nowhere = [
        hold_back_two_dozen(&edge, "/api/support/nowhere/").await,
        hold_back_two_dozen(&edge, "/api/support/status/").await,
    ];
    edge.client().get("/api/support/health/").send().await.expect(200);
    assert_eq!(send_ticket(&visitor, LONG).await, 201);

    let mut lines = hold_back_two_dozen(&edge, TICKETS).await;
    let mut status = send_ticket(&visitor, LONG).await;
    while status != 503 && lines.len() < 100 {
        lines.push(hold_back(&edge, TICKETS, lines.len(), LONG).await);
        status = send_ticket(&visitor, LONG).await;
    }
    assert_eq!(status, 503, "{} long bodies are held", lines.len());
    assert_eq!(send_ticket(&visitor, 1_000).await, 201);

    // Whoever ends gives back their room.
    for line in &mut lines {
        drop(line.write_all(b" ").await);
    }
    until("room again", async || (send_ticket(&visitor, LONG).await == 201).then_some(())).await;
}
