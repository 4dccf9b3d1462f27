//! Into whose hands a ticket comes, and when (R3, R5, P2): nobody's for as short as can be, and from nobody without need.

use crate::auto_answers::{BODY, SUBJECT, verdict, verdict_at};
use crate::clock::{Desk, file};
use crate::staff::{change, read};
use crate::tickets::{agent_path, say, visitor_path};
use buoy_shared::business_hours::Calendar;
use buoy_shared::policy_file;
use buoy_shared::ticket::{AutoAnswerOutcome, Ticket};
use buoy_tests::http::Client;
use serde_json::json;

const AVAILABILITY: &str = "/api/support/agent/me/availability/";

async fn desk_of_p1() -> Desk {
    let desk = Desk::open("school", "standard", "Не могу войти", "Пишет: неверный пароль.").await;
    assert_eq!(desk.ticket.priority, "p1", "two hours, around the clock");
    desk
}

/// Another member of the team, by their clock; gives their id too.
async fn another(desk: &Desk, minutes: i64) -> (Client, String) {
    let token = desk.site.add_agent(&desk.edge, "agent").await;
    let client = desk.at(&desk.edge.client().with_bearer(&token), minutes);
    let me = client.get("/api/support/agent/me/").send().await.expect(200).value();
    (client, me["id"].as_str().expect("an id").to_owned())
}

async fn go_off_shift(client: &Client) {
    let over = json!({ "skills": [], "on_shift_until": "2020-01-01T00:00:00Z" });
    client.put(AVAILABILITY).json(&over).send().await.expect(200);
}

async fn come_on_shift(client: &Client) {
    client.put(AVAILABILITY).json(&json!({ "skills": [] })).send().await.expect(200);
}

async fn holder(desk: &Desk, ticket: &Ticket) -> Option<String> {
    read(&desk.site.staff(), ticket).await.desk.assignee
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_a_late_ticket_that_found_no_other_hands_changes_hands_once_there_are_some() {
    let desk = desk_of_p1().await;
    let first = desk.read().await.desk.assignee.expect("R5: the only member of the team has it");
    for minutes in [240, 260, 300, 700] {
        desk.cron(minutes).await;
        assert_eq!(desk.facts("sla.").await, ["sla.breached", "sla.nobody_free"], "{minutes}: said once");
        assert_eq!(desk.notices().await, ["sla_breach", "sla_reassigned"], "{minutes}: told once");
        assert_eq!(holder(&desk, &desk.ticket).await.as_ref(), Some(&first), "{minutes}: it stays where it is");
    }
    let (other, second) = another(&desk, 701).await;
    come_on_shift(&other).await;
    desk.cron(702).await;
    assert_eq!(holder(&desk, &desk.ticket).await, Some(second));
    assert_eq!(desk.facts("sla.").await.last().map(String::as_str), Some("sla.reassigned"));
    assert_eq!(desk.notices().await, ["sla_breach", "sla_reassigned", "sla_reassigned"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_whoever_takes_a_late_ticket_keeps_it() {
    let desk = desk_of_p1().await;
    let (other, id) = another(&desk, 130).await;
    change(&other, &desk.ticket, json!({ "assignee": "me" })).await;
    for minutes in [240, 600] {
        desk.cron(minutes).await;
        assert_eq!(holder(&desk, &desk.ticket).await.as_ref(), Some(&id), "{minutes}");
    }
    assert_eq!(desk.facts("sla.").await, ["sla.breached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_a_ticket_that_found_nobody_is_given_to_whoever_comes_on_shift() {
    let desk = desk_of_p1().await;
    go_off_shift(&desk.staff_at(0)).await;
    let visitor = desk.visitor_at(0);
    let left = [file(&visitor, "Где сертификат?", "a", "k2").await, file(&visitor, "И где он?", "b", "k3").await];
    desk.cron(1).await;
    desk.cron(40).await;
    for ticket in &left {
        assert_eq!(holder(&desk, ticket).await, None, "nobody is there");
    }
    let (other, other_id) = another(&desk, 41).await;
    go_off_shift(&other).await;
    desk.cron(42).await;
    assert_eq!(holder(&desk, &left[0]).await, None, "who has just gone gets nothing");
    come_on_shift(&other).await;
    desk.cron(43).await;
    for ticket in &left {
        assert_eq!(holder(&desk, ticket).await.as_ref(), Some(&other_id));
        let facts = read(&desk.site.staff(), ticket).await.events;
        let assigned: Vec<_> = facts.iter().filter(|fact| fact.kind == "assigned").map(|fact| &fact.data).collect();
        assert_eq!(assigned.len(), 1, "once, however often the clock looks");
        assert_eq!((&assigned[0]["from"], &assigned[0]["to"]), (&json!(null), &json!(other_id)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_two_tickets_at_once_go_to_two_who_are_equally_free() {
    let desk = desk_of_p1().await;
    go_off_shift(&desk.staff_at(0)).await;
    let visitor = desk.visitor_at(0);
    let left = [file(&visitor, "Где сертификат?", "a", "k2").await, file(&visitor, "Где диплом?", "b", "k3").await];
    let ((_, one), (_, other)) = (another(&desk, 1).await, another(&desk, 1).await);
    desk.cron(2).await;
    let mut holders = Vec::new();
    for ticket in &left {
        holders.push(holder(&desk, ticket).await.expect("somebody has it"));
    }
    holders.sort();
    let mut both = [one, other];
    both.sort();
    assert_eq!(holders, both, "the second one sees what the first got");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_the_team_put_back_waits_where_it_was_put() {
    let desk = desk_of_p1().await;
    change(&desk.staff_at(1), &desk.ticket, json!({ "assignee": null, "queue": "engineering" })).await;
    desk.cron(20).await;
    another(&desk, 21).await;
    desk.cron(22).await;
    assert_eq!(holder(&desk, &desk.ticket).await, None);
    desk.cron(240).await;
    assert!(holder(&desk, &desk.ticket).await.is_some(), "P2: unless it lies there too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_whoever_decides_on_an_older_version_does_not_undo_a_change_of_hands() {
    let desk = desk_of_p1().await;
    let seen = desk.read().await.desk.version;
    desk.cron(121).await;
    let tag = json!({ "version": seen, "tags": ["vip"] });
    let staff = desk.staff_at(122);
    staff.patch(&agent_path(&desk.ticket)).json(&tag).send().await.expect(200);
    let seen = desk.read().await.desk.version;
    let (_, second) = another(&desk, 239).await;
    desk.cron(240).await;
    assert_eq!(holder(&desk, &desk.ticket).await.as_ref(), Some(&second));
    let mine = json!({ "version": seen, "assignee": "me" });
    let problem = staff.patch(&agent_path(&desk.ticket)).json(&mine).send().await.expect(409).value();
    assert_eq!(problem["changes"][0]["kind"], "sla.reassigned");
    assert_eq!(holder(&desk, &desk.ticket).await, Some(second));
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_no_leaves_the_ticket_with_whoever_has_taken_it_already() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    let (other, id) = another(&desk, 1).await;
    change(&other, &desk.ticket, json!({ "assignee": "me" })).await;
    assert_eq!(verdict(&desk, false).await.auto_answer_outcome, Some(AutoAnswerOutcome::Rejected));
    desk.cron(6).await;
    assert_eq!(holder(&desk, &desk.ticket).await, Some(id));
    assert_eq!(desk.facts("assigned").await.len(), 1);
}

/// The hours that the promise to this tier counts in: five minutes more may be due the next morning.
fn starters_office() -> Calendar {
    let policy = policy_file::parse(include_str!("../../presets/api-platform/policy.toml")).expect("a policy");
    Calendar::new(&policy.calendars["starter"]).expect("a calendar")
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_an_accepted_ticket_that_is_reopened_comes_before_a_person_who_owes_the_first_answer() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    let promised = desk.ticket.first_response_due_at.expect("a first answer is promised");
    verdict(&desk, true).await;
    desk.cron(6).await;
    assert_eq!(holder(&desk, &desk.ticket).await, None);
    say(&desk.visitor_at(10), &format!("{}add_message/", visitor_path(&desk.ticket)), "It fails again", "m").await;
    desk.cron(11).await;
    let full = desk.read().await;
    assert_eq!(full.ticket.auto_answer_outcome, Some(AutoAnswerOutcome::Rejected));
    assert!(full.desk.assignee.is_some(), "a person has it");
    assert_eq!(desk.facts("auto_answer.").await, ["auto_answer.accepted", "auto_answer.rejected"]);
    assert_eq!(desk.notices().await, ["auto_answer_failed"]);
    let due = full.ticket.first_response_due_at.expect("the first answer is owed");
    let later = starters_office().working_time_between(promised, due);
    assert!((0..=5 * 60_000 + 10).contains(&later), "from the start, but for five minutes that it was solved: {later}");
    assert_eq!(full.desk.due_at, Some(due));
    desk.cron((due.as_millis() - desk.ticket.created_at.as_millis()) / 60_000 + 1).await;
    assert!(desk.read().await.desk.breached, "and is missed like any other");
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_whoever_reopened_their_ticket_may_still_say_yes_and_think_again() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    for (at, key) in [(10, "m"), (20, "n")] {
        assert_eq!(verdict_at(&desk, at - 5, true).await.auto_answer_outcome, Some(AutoAnswerOutcome::Accepted));
        say(&desk.visitor_at(at), &format!("{}add_message/", visitor_path(&desk.ticket)), "It fails again", key).await;
        desk.cron(at + 1).await;
        assert_eq!(desk.read().await.ticket.auto_answer_outcome, Some(AutoAnswerOutcome::Rejected));
    }
    assert_eq!(desk.facts("auto_answer.").await.len(), 4, "each time it is said");
    assert_eq!(desk.facts("assigned").await.len(), 1, "but it stays in the hands that have it");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_while_the_clock_looks_at_a_ticket_has_it_looked_at_again() {
    let desk = desk_of_p1().await;
    change(&desk.staff_at(1), &desk.ticket, json!({ "assignee": null })).await;
    for (minutes, acts) in [(10, vec![]), (90, vec!["sla.warned"])] {
        let path = format!("/__test/woken?site={}&ticket={}", desk.site.id, desk.ticket.id);
        let next = desk.at(&desk.edge.client(), minutes).get(&path).send().await.expect(200).value();
        assert_eq!(next, desk.time(minutes).plus_millis(1).as_millis(), "after {minutes} min");
        assert_eq!(desk.facts("sla.warned").await, acts, "after {minutes} min");
    }
}
