//! Files: taken in within limits, attached once, seen by both sides of a conversation and by nobody else, never shown.

use crate::tickets::{agent_path, visitor_path};
use buoy_shared::ticket::{AgentTicket, Attachment, Message, Ticket};
use buoy_shared::upload::{FILE_NAME_HEADER, UPLOAD_BYTES_MAX};
use buoy_tests::edge::{Edge, Site, random_hex};
use buoy_tests::http::{Answer, Client};
use serde_json::json;

const UPLOADS: &str = "/api/support/uploads/";
const TICKETS: &str = "/api/support/tickets/";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest of a picture";

async fn school() -> Site {
    Edge::shared().new_site("school", &[]).await
}

async fn send(visitor: &Client, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    visitor.post(UPLOADS).header(FILE_NAME_HEADER, name).body(bytes, content_type).send().await
}

async fn picture(visitor: &Client) -> Attachment {
    send(visitor, "screen.png", "image/png", PNG).await.expect(201).json()
}

async fn attach(visitor: &Client, ids: &[&str]) -> Answer {
    let draft = json!({ "subject": "See the picture", "body": "b", "attachments": ids });
    visitor.post(TICKETS).idempotency_key(&random_hex()).json(&draft).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_with_its_ticket_and_both_sides_can_save_it() {
    let site = school().await;
    let (visitor, stranger, elsewhere) = (site.visitor(None).await, site.visitor(None).await, school().await);
    let name = "%D1%81%D1%87%D1%91%D1%82%20%E2%84%965.png";
    let file: Attachment = send(&visitor, name, "image/png", PNG).await.expect(201).json();
    assert_eq!((file.name.as_str(), file.size), ("счёт №5.png", u32::try_from(PNG.len()).expect("small")));
    let path = format!("{UPLOADS}{}/", file.id);
    visitor.get(&path).send().await.expect(200);
    site.staff().get(&path).send().await.expect(404);

    let answer = attach(&visitor, &[file.id.as_str()]).await.expect(201);
    let ticket: Ticket = answer.json();
    assert_eq!(ticket.messages[0].attachments, std::slice::from_ref(&file));
    let read: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert_eq!(read.messages[0].attachments, std::slice::from_ref(&file));
    let theirs: AgentTicket = site.staff().get(&agent_path(&ticket)).send().await.expect(200).json();
    assert_eq!(theirs.ticket.messages[0].attachments, std::slice::from_ref(&file));
    for client in [&visitor, &site.staff()] {
        let saved = client.get(&path).send().await.expect(200);
        assert_eq!(saved.bytes, PNG);
        assert_eq!(saved.header("content-type"), "image/png");
        assert_eq!(
            saved.header("content-disposition"),
            "attachment; filename=\"______5.png\"; filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82%20%E2%84%965.png"
        );
        assert_eq!(saved.header("x-content-type-options"), "nosniff");
        assert!(saved.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    }
    for client in [&stranger, &elsewhere.visitor(None).await, &elsewhere.staff()] {
        client.get(&path).send().await.expect(404);
    }
    Edge::shared().client().get(&path).send().await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_with_a_message_too_and_hangs_on_one_only() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let (first, second) = (picture(&visitor).await, picture(&visitor).await);
    let ticket: Ticket = attach(&visitor, &[first.id.as_str(), first.id.as_str()]).await.expect(201).json();
    assert_eq!(ticket.messages[0].attachments.len(), 1, "named twice is one");
    let add = format!("{}add_message/", visitor_path(&ticket));
    let say = |ids: &[&str]| {
        let draft = json!({ "body": "another", "attachments": ids });
        visitor.post(&add).idempotency_key(&random_hex()).json(&draft).send()
    };
    say(&[first.id.as_str()]).await.expect(422);
    let said: Message = say(&[second.id.as_str()]).await.expect(201).json();
    assert_eq!(said.attachments, [second]);
    attach(&visitor, &[first.id.as_str()]).await.expect(422);
    let many: Vec<String> = (0..6).map(|number| format!("upl_{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(attach(&visitor, &many).await.expect(422).value()["errors"][0]["code"], "too_long");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tickets_at_once_that_want_one_file_one_gets_it() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    for _ in 0..5 {
        let file = picture(&visitor).await;
        let ids = [file.id.as_str()];
        let (left, right) = tokio::join!(attach(&visitor, &ids), attach(&visitor, &ids));
        let mut statuses = [left.status, right.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_says_or_could_be_run_is_refused() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let html = b"<!doctype html><script>alert(1)</script>".as_slice();
    for (what, content_type, bytes, status) in [
        ("a page", "text/html", html, 415),
        ("a drawing with scripts", "image/svg+xml", b"<svg onload=alert(1)>", 415),
        ("a script", "application/javascript", b"alert(1)", 415),
        ("a page as a picture", "image/png", html, 422),
        ("a picture as a page", "text/html", PNG, 415),
        ("a program as text", "text/plain", b"MZ\x90\0\x03\0\0\0", 422),
        ("an archive, which the policy does not take", "application/zip", b"PK\x03\x04", 415),
        ("nothing", "image/png", b"", 422),
        ("no type", "application/octet-stream", PNG, 415),
    ] {
        let answer = send(&visitor, "x", content_type, bytes).await;
        assert_eq!(answer.status, status, "{what}: {answer:#?}");
    }
    send(&visitor, "%ff", "image/png", PNG).await.expect(422);
    // A page that is sent as text is kept as text, under a name that no browser runs, and only ever saved.
    let kept: Attachment = send(&visitor, "..%2F%E2%80%8B.htaccess", "text/plain", html).await.expect(201).json();
    assert_eq!((kept.name.as_str(), kept.content_type.as_str()), ("htaccess.txt", "text/plain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_over_the_limit_is_refused_and_one_at_the_limit_is_taken() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let mut bytes = PNG.to_vec();
    bytes.resize(UPLOAD_BYTES_MAX, 0);
    let kept: Attachment = send(&visitor, "large.png", "image/png", bytes.clone()).await.expect(201).json();
    let saved = visitor.get(&format!("{UPLOADS}{}/", kept.id)).send().await.expect(200);
    assert!(saved.bytes == bytes, "it comes back byte for byte");
    bytes.push(0);
    // The answer overtakes the body, which the server does not read: the sender may see either.
    let request = visitor.post(UPLOADS).body(bytes, "image/png");
    if let Ok(answer) = request.try_send().await {
        assert_eq!(answer.status, 413);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_sends_and_saves_nothing() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &["https://app.example.com"]).await;
    let visitor = site.visitor(None).await;
    let file = picture(&visitor).await;
    for (origin, sent, saved) in [("https://evil.example", 403, 403), ("https://app.example.com", 201, 200)] {
        let from = visitor.clone().with_header("origin", origin);
        let answer = send(&from, "x.png", "image/png", PNG).await.expect(sent);
        let allowed = if sent == 201 { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        from.get(&format!("{UPLOADS}{}/", file.id)).send().await.expect(saved);
        from.get(TICKETS).send().await.expect(saved);
        let ended = if saved == 200 { 204 } else { 403 };
        let session = site.visitor(None).await.with_header("origin", origin);
        session.delete("/api/support/session/").send().await.expect(ended);
    }
    let preflight =
        edge.client().request(reqwest::Method::OPTIONS, UPLOADS).header("origin", "https://app.example.com");
    let answer = preflight.header("access-control-request-method", "POST").send().await.expect(204);
    assert!(answer.header("access-control-allow-headers").contains(FILE_NAME_HEADER));
    assert!(answer.header("access-control-allow-methods").contains("DELETE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_attached_is_gone_after_a_day_and_an_attached_one_stays() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let (kept, forgotten) = (picture(&visitor).await, picture(&visitor).await);
    let ticket: Ticket = attach(&visitor, &[kept.id.as_str()]).await.expect(201).json();
    let hours = |hours: i64| ticket.created_at.plus_seconds(hours * 3_600).as_millis();
    let status = |file: &Attachment| {
        let request = visitor.get(&format!("{UPLOADS}{}/", file.id));
        async move { request.send().await.status }
    };
    edge.run_cron_at(hours(23)).await;
    assert_eq!((status(&kept).await, status(&forgotten).await), (200, 200));
    for _ in 0..2 {
        edge.run_cron_at(hours(25)).await;
        assert_eq!((status(&kept).await, status(&forgotten).await), (200, 404));
    }
    attach(&visitor, &[forgotten.id.as_str()]).await.expect(422);
}
