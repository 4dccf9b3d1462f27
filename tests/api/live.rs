//! The live connection: news comes without asking, from a cursor on, without gap or double.

use crate::tickets::{agent_path, file, say, visitor_path};
use buoy_shared::api::{Items, LIVE_PROTOCOL, LiveEvent};
use buoy_shared::ticket::{ThreadEvent, ThreadEventKind, Ticket, TicketStatus};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::wait;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Longer than news may take (2 s, A2) also where everything else runs beside it.
const PATIENCE: Duration = wait::DEADLINE;

pub(crate) async fn connect(ticket: &Ticket, token: &str, after: u32) -> Result<Socket, Error> {
    let url =
        format!("{}/api/support/tickets/{}/live?after={after}", Edge::shared().url().replace("http", "ws"), ticket.id);
    let mut request = url.into_client_request()?;
    let protocols = format!("{LIVE_PROTOCOL}, bearer.{token}");
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().expect("a header"));
    tokio_tungstenite::connect_async(request).await.map(|(socket, _)| socket)
}

pub(crate) async fn next(socket: &mut Socket) -> LiveEvent {
    let frame = tokio::time::timeout(PATIENCE, socket.next()).await.expect("news comes in time");
    let frame = frame.expect("the connection stays open").expect("a frame");
    serde_json::from_str(frame.to_text().expect("text")).expect("an event")
}

pub(crate) async fn bodies_until_caught_up(socket: &mut Socket) -> Vec<String> {
    let mut bodies = Vec::new();
    loop {
        match next(socket).await {
            LiveEvent::Message { message, .. } => bodies.push(message.body),
            LiveEvent::CaughtUp { .. } => return bodies,
            LiveEvent::Event { .. } | LiveEvent::Typing { .. } => {}
        }
    }
}

/// A session's token and a client that bears it.
pub(crate) async fn visitor(site: &Site) -> (String, buoy_tests::http::Client) {
    let answer = Edge::shared()
        .client()
        .post("/api/support/session/")
        .json(&json!({ "site": site.id }))
        .send()
        .await
        .expect(201);
    let token = answer.value()["token"].as_str().expect("a token").to_owned();
    (token.clone(), Edge::shared().client().with_bearer(&token))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_staff_reply_arrives_on_the_open_line_and_a_note_does_not() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let mut socket = connect(&ticket, &token, 1).await.expect("connected");
    assert!(bodies_until_caught_up(&mut socket).await.is_empty(), "nothing is new after the first message");

    let theirs = format!("{}add_message/", agent_path(&ticket));
    site.staff().post(&theirs).json(&json!({ "body": "secret", "internal": true })).send().await.expect(201);
    let solved =
        json!({ "body": "Solved now", "status": "solved", "root_cause": "other", "resolution_summary": "Solved." });
    site.staff().post(&theirs).json(&solved).send().await.expect(201);
    match next(&mut socket).await {
        LiveEvent::Message { message, status } => {
            assert_eq!((message.body.as_str(), message.seq, status), ("Solved now", 3, TicketStatus::Solved));
        }
        event => panic!("{event:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_gets_what_they_missed_from_their_place_on() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let theirs = format!("{}add_message/", agent_path(&ticket));
    for at in 0..5 {
        say(&site.staff(), &theirs, &format!("answer {at}"), &format!("a{at}")).await;
    }
    let mut socket = connect(&ticket, &token, 3).await.expect("connected");
    assert_eq!(bodies_until_caught_up(&mut socket).await, ["answer 2", "answer 3", "answer 4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_hear_thirty_messages_from_both_sides_each_once_and_in_order() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Busy", "t").await;
    let mut sockets = vec![
        connect(&ticket, &token, 1).await.expect("connected"),
        connect(&ticket, &token, 1).await.expect("connected"),
    ];
    for socket in &mut sockets {
        bodies_until_caught_up(socket).await;
    }
    let (mine, theirs, staff) = (
        format!("{}add_message/", visitor_path(&ticket)),
        format!("{}add_message/", agent_path(&ticket)),
        site.staff(),
    );
    let sends: Vec<_> = (0..30)
        .map(|at| {
            let (client, path) =
                if at % 2 == 0 { (client.clone(), mine.clone()) } else { (staff.clone(), theirs.clone()) };
            tokio::spawn(async move { say(&client, &path, &format!("m{at}"), &format!("k{at}")).await.seq })
        })
        .collect();
    for send in sends {
        send.await.expect("no request panics");
    }
    for socket in &mut sockets {
        for expected in 2..=31 {
            match next(socket).await {
                LiveEvent::Message { message, .. } => assert_eq!(message.seq, expected),
                event => panic!("{event:?}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_while_news_goes_round_hears_once_how_the_ticket_stands() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Busy", "t").await;
    let (staff, theirs) = (site.staff(), format!("{}add_message/", agent_path(&ticket)));
    for _ in 0..40 {
        let note = staff.post(&theirs).json(&json!({ "body": "secret", "internal": true })).send();
        let (answer, socket) = tokio::join!(note, connect(&ticket, &token, 1));
        answer.expect(201);
        let mut socket = socket.expect("connected");
        assert!(matches!(next(&mut socket).await, LiveEvent::CaughtUp { status: TicketStatus::Open, .. }));
        socket.send(Frame::text("ping")).await.expect("sent");
        let frame = tokio::time::timeout(PATIENCE, socket.next()).await.expect("in time").expect("open");
        assert_eq!(frame.expect("a frame").to_text().expect("text"), "pong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_and_other_words_are_passed_over() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let mut socket = connect(&ticket, &token, 1).await.expect("connected");
    bodies_until_caught_up(&mut socket).await;
    socket.send(Frame::text("nonsense")).await.expect("sent");
    socket.send(Frame::text("ping")).await.expect("sent");
    let frame = tokio::time::timeout(PATIENCE, socket.next()).await.expect("in time").expect("open").expect("a frame");
    assert_eq!(frame.to_text().expect("text"), "pong");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_in_on_a_foreign_ticket() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (_, owner) = visitor(&site).await;
    let (stranger, _) = visitor(&site).await;
    let ticket = file(&owner, "Mine", "t").await;
    for (token, status) in [(stranger.as_str(), 404), ("bv1.site_x.forged", 401), (site.staff_token.as_str(), 401)] {
        match connect(&ticket, token, 0).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status),
            outcome => panic!("{outcome:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cron_that_runs_twice_changes_nothing() {
    // A fresh edge, so that its cron has only this to do.
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    let boot =
        async || edge.client().get(&format!("/api/support/boot/?site={}", site.id)).send().await.expect(200).text();
    let before = boot().await;
    edge.run_cron().await;
    edge.run_cron().await;
    assert_eq!(boot().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_what_became_of_a_ticket_comes_on_the_line_and_on_re_reading_from_a_version_and_the_rest_stays_inside() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let events = async |after: u32| -> Items<ThreadEvent> {
        let path = format!("{}events/?after={after}", visitor_path(&ticket));
        client.get(&path).send().await.expect(200).json()
    };
    let first = events(0).await.items;
    assert_eq!(first.iter().map(|event| event.kind).collect::<Vec<_>>(), [ThreadEventKind::Assigned]);
    assert_eq!(first[0].name.as_deref(), Some("Test admin"));

    let mut socket = connect(&ticket, &token, 1).await.expect("connected");
    bodies_until_caught_up(&mut socket).await;
    let staff = site.staff();
    let version = staff.get(&agent_path(&ticket)).send().await.expect(200).value()["version"].clone();
    let quiet = json!({ "version": version, "tags": ["vip"], "priority": "p0", "queue": "urgent" });
    let changed = staff.patch(&agent_path(&ticket)).json(&quiet).send().await.expect(200).value();
    let solved = json!({ "version": changed["version"], "status": "solved", "root_cause": "other", "resolution_summary": "Solved." });
    staff.patch(&agent_path(&ticket)).json(&solved).send().await.expect(200);
    let LiveEvent::Event { event, status } = next(&mut socket).await else { panic!("an event comes first") };
    assert_eq!((event.kind, status), (ThreadEventKind::Solved, TicketStatus::Solved));
    assert!(matches!(next(&mut socket).await, LiveEvent::CaughtUp { .. }));

    let missed = events(first[0].version).await.items;
    assert_eq!(missed, std::slice::from_ref(&event), "the same event by both ways");
    assert_eq!(events(event.version).await.items, []);
    let mut told = client.get(&format!("{}events/", visitor_path(&ticket))).send().await.expect(200).value();
    for event in told["items"].as_array_mut().expect("items") {
        // Any two letters may stand in an id.
        event["id"].take();
    }
    let text = told.to_string();
    for inside in ["vip", "urgent", "p0", "root_cause", "Solved.", "queue", "agt_"] {
        assert!(!text.contains(inside), "{inside}: {text}");
    }
    client.get(&format!("{}events/?after=soon", visitor_path(&ticket))).send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_that_an_agent_is_writing_is_told_on_the_open_lines_of_that_ticket_and_kept_nowhere() {
    let site = Edge::shared().new_site("school", &[]).await;
    let ((token, client), (other_token, other)) = (visitor(&site).await, visitor(&site).await);
    let (ticket, elsewhere) = (file(&client, "Cannot pay", "t").await, file(&other, "Cannot pay", "u").await);
    let mut socket = connect(&ticket, &token, 1).await.expect("connected");
    let mut foreign = connect(&elsewhere, &other_token, 1).await.expect("connected");
    bodies_until_caught_up(&mut socket).await;
    bodies_until_caught_up(&mut foreign).await;

    let before = site.staff().get(&agent_path(&ticket)).send().await.expect(200).text();
    site.staff().post(&format!("{}typing/", agent_path(&ticket))).send().await.expect(204);
    assert_eq!(next(&mut socket).await, LiveEvent::Typing { name: "Test admin".to_owned() });
    assert_eq!(site.staff().get(&agent_path(&ticket)).send().await.expect(200).text(), before, "nothing was noted");
    let mut late = connect(&ticket, &token, 1).await.expect("connected");
    assert!(matches!(next(&mut late).await, LiveEvent::CaughtUp { .. }), "who comes later hears nothing of it");
    say(&site.staff(), &format!("{}add_message/", agent_path(&elsewhere)), "For you", "k").await;
    assert!(matches!(next(&mut foreign).await, LiveEvent::Message { .. }), "another ticket's line heard nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_nobody_who_signed_out_hears_that_an_agent_is_writing() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let mut socket = connect(&ticket, &token, 1).await.expect("connected");
    bodies_until_caught_up(&mut socket).await;
    client.delete("/api/support/session/").send().await.expect(204);
    site.staff().post(&format!("{}typing/", agent_path(&ticket))).send().await.expect(204);
    let frame =
        tokio::time::timeout(PATIENCE, socket.next()).await.expect("in time").expect("a frame").expect("a frame");
    assert!(frame.is_close(), "{frame:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_nobody_writes_in_a_ticket_that_is_closed() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (_, client) = visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let solved = json!({ "body": "Done", "status": "solved", "root_cause": "other", "resolution_summary": "Done." });
    site.staff().post(&format!("{}add_message/", agent_path(&ticket))).json(&solved).send().await.expect(201);
    site.staff().post(&format!("{}typing/", agent_path(&ticket))).send().await.expect(204);
    client.post(&format!("{}close/", visitor_path(&ticket))).send().await.expect(200);
    site.staff().post(&format!("{}typing/", agent_path(&ticket))).send().await.expect(409);
}
