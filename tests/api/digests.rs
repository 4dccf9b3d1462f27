//! Digests (C3): at the turns of the desk's day, once each, with the figures of that time.

use crate::deliveries::{destination, edge_with, webhook};
use crate::staff::read;
use crate::tickets::{agent_path, say, visitor_path};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::Site;
use buoy_tests::receiver::Receiver;
use serde_json::{Value, json};

/// A moment in milliseconds.
fn at(text: &str) -> i64 {
    Timestamp::parse_rfc3339(text).expect("an instant").as_millis()
}

async fn file(site: &Site, when: &str, subject: &str, name: &str) {
    let identity = site.identity(name, &json!({ "name": name }));
    let visitor = site.visitor(Some(&identity)).await.with_header("x-test-now", when);
    let draft = json!({ "category": "payment", "subject": subject, "body": "The page says: declined." });
    visitor.post("/api/support/tickets/").idempotency_key(subject).json(&draft).send().await.expect(201);
}

/// The texts that came to a path, in order.
fn texts(receiver: &Receiver, path: &str) -> Vec<String> {
    let calls = receiver.calls();
    let of_path = calls.iter().filter(|call| call.path.ends_with(path)).map(|call| call.json());
    of_path.map(|body| body["data"]["text"].as_str().or(body["text"].as_str()).unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_a_morning_a_week_and_the_end_of_a_shift_are_told_once_with_real_figures() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let hook = json!({ "kind": "webhook", "name": "Desk", "address": format!("{}/hook", receiver.url()), "events": ["digest.created"] });
    destination(&site, &hook).await;
    let chat = json!({ "kind": "telegram", "name": "Desk", "address": "-100", "events": ["digest.created"] });
    destination(&site, &chat).await;

    // The school works from 10:00 to 18:00 in Moscow: from 7:00 to 15:00 UTC. The 20th is a Friday.
    file(&site, "2026-11-20T14:00:00Z", "Before the weekend", "Ann").await;
    file(&site, "2026-11-21T20:00:00Z", "At night", "Bob").await;
    let staff = site.staff().with_header("x-test-now", "2026-11-22T10:00:00Z");
    let incident = json!({ "title": "Slow lessons", "body": "We look.", "severity": "p3" });
    staff.post("/api/support/incidents/").json(&incident).send().await.expect(201);
    edge.run_cron_at(at("2026-11-23T06:59:00Z")).await;
    assert_eq!(texts(&receiver, "/hook"), Vec::<String>::new());
    for _ in 0..3 {
        edge.run_cron_at(at("2026-11-23T07:01:00Z")).await;
    }
    let told = texts(&receiver, "/hook");
    assert_eq!(told.len(), 2, "{told:?}");
    let of = |title: &str| told.iter().find(|text| text.starts_with(title)).unwrap_or_else(|| panic!("{told:?}"));
    let (morning, week) = (of("За ночь: 20.11 15:00 UTC – 23.11 07:00 UTC\n"), of("За неделю: "));
    assert!(morning.contains("Новых 1, решено 0"), "{morning}");
    assert!(morning.contains("Известные проблемы: Slow lessons"), "{morning}");
    assert!(morning.contains("#2 At night · Bob · ") && !morning.contains("#1 "), "{morning}");
    assert!(week.contains("Новых 2, решено 0") && week.contains("CSAT –"), "{week}");

    edge.run_cron_at(at("2026-11-23T15:00:00Z")).await;
    edge.run_cron_at(at("2026-11-23T15:01:00Z")).await;
    let told = texts(&receiver, "/hook");
    let shift = told.get(2).unwrap_or_else(|| panic!("{told:?}"));
    assert!(shift.starts_with("Конец смены: 23.11 07:00 UTC – 23.11 15:00 UTC\n"), "{shift}");
    assert!(shift.contains("#1 Before the weekend · Ann · ") && shift.contains("#2 At night · Bob · "), "{shift}");
    assert_eq!(told.len(), 3, "{told:?}");
    let in_chat: Vec<Value> =
        receiver.calls().iter().filter(|c| c.path.ends_with("/sendMessage")).map(|c| c.json()).collect();
    assert_eq!(in_chat.len(), 3, "{in_chat:?}");
}

/// An instant as a digest says it.
fn told(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    format!("{}.{} {} UTC", &text[8..10], &text[5..7], &text[11..16])
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_a_shift_hands_over_whom_an_answer_is_owed_by_when_and_how_many_more_there_are() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("saas", &[]).await;
    webhook(&site, &receiver, &["digest.created"]).await;
    let staff = |when: &str| site.staff().with_header("x-test-now", when);
    let mut tickets = Vec::new();
    for (subject, name) in [("Wrote again", "Ann"), ("Was answered", "Bob")] {
        // Nobody's name: the token of a named visitor ends before that day.
        let visitor = site.visitor(None).await;
        let visitor = visitor.with_header("x-test-now", "2026-11-23T08:00:00Z");
        let ticket = crate::clock::file(&visitor, subject, "Where do I find them?", name).await;
        let answer = format!("{}add_message/", agent_path(&ticket));
        say(&staff("2026-11-23T08:10:00Z"), &answer, "In the settings.", name).await;
        tickets.push((ticket, visitor));
    }
    let (ticket, visitor) = &tickets[0];
    let again = visitor.clone().with_header("x-test-now", "2026-11-23T14:50:00Z");
    say(&again, &format!("{}add_message/", visitor_path(ticket)), "I do not see them there.", "m").await;
    let fill = format!("/__test/fill?site={}&first=1&last=60", site.id);
    edge.client().with_header("x-test-now", "2026-11-23T14:52:00Z").get(&fill).send().await.expect(200);
    edge.run_cron_at(at("2026-11-23T14:55:00Z")).await;
    let owed = read(&staff("2026-11-23T14:56:00Z"), ticket).await.desk.due_at.expect("an answer is owed");

    edge.run_cron_at(at("2026-11-23T15:00:00Z")).await;
    let texts = texts(&receiver, "/hook");
    let shift = texts.iter().find(|text| text.starts_with("End of shift")).unwrap_or_else(|| panic!("{texts:?}"));
    let line = |number: u32| {
        shift.lines().find(|line| line.starts_with(&format!("#{number} "))).unwrap_or_else(|| panic!("{shift}"))
    };
    assert!(line(1).contains(&format!(" · answer by {} · ", told(owed))), "{shift}");
    assert!(line(2).contains(" · solution"), "{shift}");
    let named = shift.lines().filter(|line| line.starts_with('#')).count();
    // Two, and every other of the sixty is open.
    assert_eq!(shift.lines().last(), Some(format!("and {} more", 32 - named).as_str()), "{shift}");
}
