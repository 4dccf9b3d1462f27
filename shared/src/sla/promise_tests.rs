//! Which promise holds, as tables: disputed invoices (D), answers that a machine gave (R3), policies that change.

use super::*;
use crate::policy::Span;
use crate::policy_file;
use crate::ticket::Origin;
use crate::ticket::TicketStatus::{self, Closed, InProgress, Open, Pending, Solved};
use std::sync::LazyLock;

/// First answers only: 15 minutes to 24 hours, and disputes of payments around the clock.
static SCHOOL: LazyLock<Policy> =
    LazyLock::new(|| policy_file::parse(include_str!("../../../presets/school/policy.toml")).unwrap());

/// Hours after the ticket was filed, which was on a Monday.
fn hour(hours: f64) -> Timestamp {
    let filed = Timestamp::parse_rfc3339("2026-11-23T09:00:00Z").unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "hours of a few days")]
    filed.plus_seconds((hours * 3600.0) as i64)
}

fn created(priority: &str, category: &str) -> SlaEventKind {
    SlaEventKind::Created { priority: priority.into(), category: category.into(), promised: None }
}

fn filed_as(category: &str) -> (f64, SlaEventKind) {
    (0.0, created("p3", category))
}

fn recategorised(at: f64, category: &str) -> (f64, SlaEventKind) {
    (at, SlaEventKind::CategoryChanged { category: category.into(), promised: None })
}

fn raised(at: f64, priority: &str) -> (f64, SlaEventKind) {
    (at, SlaEventKind::PriorityChanged { priority: priority.into(), promised: None })
}

fn became(at: f64, status: TicketStatus) -> (f64, SlaEventKind) {
    (at, SlaEventKind::StatusChanged(status))
}

fn clocks_by(policy: &Policy, events: &[(f64, SlaEventKind)], now: f64) -> Clocks {
    let events: Vec<SlaEvent> =
        events.iter().map(|(at, kind)| SlaEvent { at: hour(*at), kind: kind.clone() }).collect();
    clocks(policy, &facts(), &events, hour(now))
}

fn facts() -> SlaFacts<'static> {
    SlaFacts { created_at: hour(0.0), tier: "standard", channel: Origin::Widget }
}

/// The state of a clock and the hour that matters for it.
fn told(clock: Option<Clock>) -> String {
    let Some(clock) = clock else { return "none".to_owned() };
    #[expect(clippy::cast_precision_loss, reason = "some days")]
    let hours = |at: Option<Timestamp>| at.map_or(-1.0, |at| (at.as_millis() - hour(0.0).as_millis()) as f64 / 3.6e6);
    match clock.state {
        ClockState::Running => format!("running, due {}", hours(clock.due_at)),
        ClockState::Paused => format!("paused since {}", hours(clock.paused_since)),
        ClockState::Fulfilled => format!("kept at {}", hours(clock.fulfilled_at)),
        ClockState::Breached => format!("late, was due {}", hours(clock.due_at)),
    }
}

use SlaEventKind::{AgentReplied, AutoAnswerAccepted, RequesterWrote};

#[test]
fn d_a_dispute_is_settled_in_a_day_and_waits_for_the_customer_like_anything_else() {
    let dispute = filed_as("payment");
    for (rule, events, now, expected) in [
        ("it runs", vec![dispute.clone()], 1.0, "running, due 24"),
        ("late", vec![dispute.clone()], 24.1, "late, was due 24"),
        ("solved in time, it is kept for ever", vec![dispute.clone(), became(2.0, Solved)], 500.0, "kept at 2"),
        (
            "closed after days of quiet, too",
            vec![dispute.clone(), became(2.0, Solved), became(170.0, Closed)],
            171.0,
            "kept at 2",
        ),
        (
            "P3: it stands still while we wait for the customer",
            vec![dispute.clone(), became(2.0, Pending)],
            100.0,
            "paused since 2",
        ),
        (
            "P3: and goes on with what was left",
            vec![dispute.clone(), became(2.0, Pending), became(50.0, InProgress)],
            60.0,
            "running, due 72",
        ),
        (
            "P3: however often",
            vec![
                dispute.clone(),
                became(2.0, Pending),
                (50.0, RequesterWrote),
                became(52.0, Pending),
                became(62.0, Open),
            ],
            63.0,
            "running, due 82",
        ),
        (
            "reopened, it goes on with what was left",
            vec![dispute.clone(), became(4.0, Solved), (10.0, RequesterWrote)],
            11.0,
            "running, due 30",
        ),
        (
            "an old ticket that becomes a dispute has a day from then on",
            vec![filed_as("login"), recategorised(100.0, "payment")],
            101.0,
            "running, due 124",
        ),
        (
            "while we wait for the customer it does not begin to run",
            vec![filed_as("login"), became(90.0, Pending), recategorised(100.0, "payment")],
            200.0,
            "paused since 100",
        ),
        (
            "a solved ticket that becomes a dispute has a day once it is reopened",
            vec![filed_as("login"), became(1.0, Solved), recategorised(2.0, "payment"), became(5.0, InProgress)],
            6.0,
            "running, due 29",
        ),
        ("no dispute after all, nothing is promised", vec![dispute.clone(), recategorised(3.0, "login")], 4.0, "none"),
        ("what was late stays late", vec![dispute.clone(), recategorised(25.0, "login")], 26.0, "late, was due 24"),
        ("another priority changes nothing of it", vec![dispute.clone(), raised(3.0, "p1")], 4.0, "running, due 24"),
    ] {
        assert_eq!(told(clocks_by(&SCHOOL, &events, now).resolution), expected, "{rule}");
    }
}

#[test]
fn d_a_dispute_is_acknowledged_within_two_hours_unless_sooner_is_promised() {
    for (rule, events, now, expected) in [
        ("in two hours", vec![filed_as("payment")], 1.0, "running, due 2"),
        ("p0 promises less", vec![(0.0, created("p0", "payment"))], 0.1, "running, due 0.25"),
        ("answered", vec![filed_as("payment"), (1.0, AgentReplied)], 100.0, "kept at 1"),
        ("from the change on", vec![filed_as("login"), recategorised(10.0, "payment")], 11.0, "running, due 12"),
        (
            "never later than what was promised before",
            vec![filed_as("login"), recategorised(23.5, "payment")],
            23.6,
            "running, due 24",
        ),
        (
            "no dispute after all: the longer time, from the start",
            vec![filed_as("payment"), recategorised(1.0, "login")],
            2.0,
            "running, due 24",
        ),
        (
            "other categories move nothing",
            vec![filed_as("login"), recategorised(10.0, "zoom")],
            11.0,
            "running, due 24",
        ),
    ] {
        assert_eq!(told(clocks_by(&SCHOOL, &events, now).first_response), expected, "{rule}");
    }
}

#[test]
fn d_what_is_promised_on_filing_is_what_the_clocks_count() {
    for (priority, category, first, resolution) in [
        ("p3", "login", Some(24.0), None),
        ("p3", "payment", Some(2.0), Some(24.0)),
        ("p0", "payment", Some(0.25), Some(24.0)),
    ] {
        let promised = deadlines(&SCHOOL, &facts(), priority, category);
        let expected = Deadlines { first_response_due_at: first.map(hour), resolution_due_at: resolution.map(hour) };
        assert_eq!(promised, expected, "{priority} {category}");
    }
}

#[test]
fn r3_a_yes_to_a_machine_is_no_answer_of_a_person_once_the_ticket_is_reopened() {
    let yes = |at: f64| [(at, AutoAnswerAccepted), became(at, Solved)];
    let all = |more: &[&[(f64, SlaEventKind)]]| [vec![filed_as("login")], more.concat()].concat();
    for (rule, events, now, expected) in [
        ("solved, nobody owes an answer", all(&[&yes(1.0)]), 100.0, "kept at 1"),
        (
            "reopened, it counts from the start, and the time it was solved does not count",
            all(&[&yes(1.0), &[(11.0, RequesterWrote)]]),
            12.0,
            "running, due 34",
        ),
        (
            "and a person ends it",
            all(&[&yes(1.0), &[(11.0, RequesterWrote), (12.0, AgentReplied)]]),
            100.0,
            "kept at 12",
        ),
        (
            "accepted and reopened again",
            all(&[&yes(1.0), &[(11.0, RequesterWrote)], &yes(12.0), &[(20.0, RequesterWrote)]]),
            21.0,
            "running, due 42",
        ),
        (
            "whom a person had answered before, that answer stays",
            all(&[&[(0.5, AgentReplied)], &yes(1.0), &[(11.0, RequesterWrote)]]),
            12.0,
            "kept at 0.5",
        ),
        (
            "what a person solves is answered",
            all(&[&yes(1.0), &[(11.0, RequesterWrote), became(12.0, Solved), (13.0, RequesterWrote)]]),
            14.0,
            "kept at 12",
        ),
        ("late stays late", all(&[&yes(25.0), &[(30.0, RequesterWrote)]]), 31.0, "late, was due 24"),
    ] {
        assert_eq!(told(clocks_by(&SCHOOL, &events, now).first_response), expected, "{rule}");
    }
}

/// The school's policy with a tenth of the time for p3, without disputes, and without p1.
fn changed() -> Policy {
    let mut policy = SCHOOL.clone();
    policy.sla.retain(|row| row.priority != "p1");
    for row in policy.sla.iter_mut().filter(|row| row.priority == "p3") {
        row.first_response = Span::minutes(144);
        row.calendar = "brandnew".to_owned();
    }
    policy.billing_disputes = None;
    let always = policy.calendars.remove("always").unwrap();
    policy.calendars.insert("brandnew".to_owned(), always);
    policy
}

#[test]
fn a_changed_policy_changes_no_promise_that_was_given() {
    let promised = |priority: &str, category: &str| Some(Promised::by(&SCHOOL, &facts(), priority, category));
    let kept = |priority: &str, category: &str| {
        let SlaEventKind::Created { priority, category, .. } = created(priority, category) else { unreachable!() };
        let promised = promised(&priority, &category);
        (0.0, SlaEventKind::Created { priority, category, promised })
    };
    for (rule, event, first, resolution) in [
        ("a shorter span is not due at once", kept("p3", "login"), "running, due 24", "none"),
        ("a dispute stays one", kept("p3", "payment"), "late, was due 2", "running, due 24"),
        ("facts that do not say it go by the policy of today", filed_as("login"), "late, was due 2.4", "none"),
    ] {
        let now = clocks_by(&changed(), &[event], 10.0);
        assert_eq!(
            (told(now.first_response), told(now.resolution)),
            (first.to_owned(), resolution.to_owned()),
            "{rule}"
        );
    }
    let removed = clocks_by(&changed(), &[kept("p1", "login")], 1.0);
    assert_eq!(told(removed.first_response), "none", "its calendar is gone, and nothing stands in for it");
    let mut with_calendar = changed();
    with_calendar.calendars.insert("always".to_owned(), with_calendar.calendars["brandnew"].clone());
    let removed = clocks_by(&with_calendar, &[kept("p1", "login")], 1.0);
    assert_eq!(told(removed.first_response), "running, due 2", "a priority that is gone keeps its promise");
    let filed_again = [kept("p3", "login"), recategorised(1.0, "zoom")];
    assert_eq!(told(clocks_by(&changed(), &filed_again, 10.0).first_response), "running, due 24", "no new promise");
}

#[test]
fn a_promise_is_the_same_in_the_history_as_in_the_policy() {
    let promised = Promised::by(&SCHOOL, &facts(), "p3", "payment");
    let text = serde_json::to_string(&promised).unwrap();
    assert_eq!(
        text,
        r#"{"usual":{"first_response":"1d","calendar":"always"},"dispute":{"first_response":"2h","resolution":"24h","calendar":"always"}}"#
            .replace("1d", &SCHOOL.promise("p3", "standard", Origin::Widget).unwrap().first_response.to_string())
    );
    assert_eq!(serde_json::from_str::<Promised>(&text).unwrap(), promised);
}
