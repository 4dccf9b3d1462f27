//! The clocks of tickets, as tables: what happened, and how the promises stand then.

use super::*;
use crate::policy_file;
use crate::ticket::Origin;
use crate::ticket::TicketStatus::{self, Closed, InProgress, Open, Pending, Solved};
use std::sync::LazyLock;

static API: LazyLock<Policy> =
    LazyLock::new(|| policy_file::parse(include_str!("../../../presets/api-platform/policy.toml")).unwrap());

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// A time on Monday 2026-11-23, in Los Angeles eight hours behind UTC; `+1` and so on are days after it.
fn monday(text: &str) -> Timestamp {
    let (time, days) = text.split_once('+').map_or((text, 0), |(time, days)| (time, days.parse::<i64>().unwrap()));
    at(&format!("2026-11-23T{time}:00-08:00")).plus_seconds(days * 86_400)
}

fn created(priority: &str) -> SlaEventKind {
    SlaEventKind::Created { priority: priority.into(), category: "other".into(), promised: None }
}

fn raised(priority: &str) -> SlaEventKind {
    SlaEventKind::PriorityChanged { priority: priority.into(), promised: None }
}

fn became(status: TicketStatus) -> SlaEventKind {
    SlaEventKind::StatusChanged(status)
}

/// The clocks of a professional's ticket; its calendar is open from 9 to 18.
fn clocks_of(tier: &str, events: &[(&str, SlaEventKind)], now: &str) -> Clocks {
    let events: Vec<SlaEvent> =
        events.iter().map(|(time, kind)| SlaEvent { at: monday(time), kind: kind.clone() }).collect();
    let facts = SlaFacts { created_at: events[0].at, tier, channel: Origin::Widget };
    clocks(&API, &facts, &events, monday(now))
}

use SlaEventKind::{AgentReplied, Reassigned, RequesterWrote};

/// The state of a clock and the time that matters for it: when it is due, was done, or is paused since.
fn told(clock: Option<Clock>) -> String {
    let Some(clock) = clock else { return "none".to_owned() };
    let local = |time: Option<Timestamp>| {
        time.map_or("never".to_owned(), |time| {
            let days = (time.as_millis() - monday("00:00").as_millis()).div_euclid(86_400_000);
            let zoned = jiff::Timestamp::from_millisecond(time.as_millis()).unwrap().in_tz("America/Los_Angeles");
            let zoned = zoned.unwrap();
            format!("{:02}:{:02}+{days}", zoned.hour(), zoned.minute())
        })
    };
    match clock.state {
        ClockState::Running => format!("running, due {}", local(clock.due_at)),
        ClockState::Paused => format!("paused since {}", local(clock.paused_since)),
        ClockState::Fulfilled => format!("kept at {}", local(clock.fulfilled_at)),
        ClockState::Breached if clock.fulfilled_at.is_some() => format!("late, done at {}", local(clock.fulfilled_at)),
        ClockState::Breached => format!("late, was due {}", local(clock.due_at)),
    }
}

#[test]
fn the_first_response_counts_from_the_creation_until_a_person_answers() {
    let filed = ("10:00", created("critical")); // professional: 4 h of coverage, 9 to 18
    let late = ("16:00", created("critical"));
    for (rule, events, now, expected) in [
        ("it runs", vec![filed.clone()], "11:00", "running, due 14:00+0"),
        ("over night it stands still", vec![late.clone()], "17:00", "running, due 11:00+1"),
        (
            "over Thanksgiving it runs, over the weekend not",
            vec![("16:00+4", created("critical"))],
            "17:00+4",
            "running, due 11:00+7",
        ),
        ("answered in time", vec![filed.clone(), ("13:00", AgentReplied)], "15:00", "kept at 13:00+0"),
        ("answered at the last moment", vec![filed.clone(), ("14:00", AgentReplied)], "15:00", "kept at 14:00+0"),
        ("at the due time it is not late yet", vec![filed.clone()], "14:00", "running, due 14:00+0"),
        ("then it is, at once", vec![filed.clone()], "14:01", "late, was due 14:00+0"),
        ("late stays late", vec![filed.clone(), ("14:01", AgentReplied)], "15:00", "late, done at 14:01+0"),
        (
            "a second answer changes nothing",
            vec![filed.clone(), ("13:00", AgentReplied), ("16:00", AgentReplied)],
            "17:00",
            "kept at 13:00+0",
        ),
        (
            "waiting for the customer is no answer",
            vec![filed.clone(), ("11:00", became(Pending))],
            "14:01",
            "late, was due 14:00+0",
        ),
        (
            "the customer writing on moves nothing",
            vec![filed.clone(), ("11:00", RequesterWrote)],
            "12:00",
            "running, due 14:00+0",
        ),
        ("solved, nobody owes an answer", vec![filed.clone(), ("11:00", became(Solved))], "17:00", "kept at 11:00+0"),
        (
            "what is later has not happened",
            vec![filed.clone(), ("13:00", AgentReplied)],
            "12:00",
            "running, due 14:00+0",
        ),
    ] {
        assert_eq!(told(clocks_of("professional", &events, now).first_response), expected, "{rule}");
    }
}

#[test]
fn r3_an_automatic_answer_leaves_the_clock_counting_from_the_start() {
    // A rule's answer is no event of these clocks; the ticket moves to a person an hour later.
    let events = [("10:00", created("critical")), ("11:00", became(InProgress))];
    assert_eq!(told(clocks_of("professional", &events, "12:00").first_response), "running, due 14:00+0");
}

#[test]
fn the_next_response_counts_from_the_first_unanswered_message() {
    let opened = vec![("10:00", created("critical")), ("11:00", AgentReplied)];
    let then = |more: &[(&'static str, SlaEventKind)]| [opened.clone(), more.to_vec()].concat();
    for (rule, events, now, expected) in [
        ("nothing is owed yet", then(&[]), "12:00", "none"),
        (
            "a message before the first answer is the first response's",
            vec![opened[0].clone(), ("10:30", RequesterWrote)],
            "10:45",
            "none",
        ),
        ("it runs from the message", then(&[("12:00", RequesterWrote)]), "13:00", "running, due 16:00+0"),
        (
            "not from a second one",
            then(&[("12:00", RequesterWrote), ("13:00", RequesterWrote)]),
            "14:00",
            "running, due 16:00+0",
        ),
        ("answered", then(&[("12:00", RequesterWrote), ("13:00", AgentReplied)]), "14:00", "kept at 13:00+0"),
        (
            "and owed anew",
            then(&[("12:00", RequesterWrote), ("13:00", AgentReplied), ("14:00", RequesterWrote)]),
            "15:00",
            "running, due 18:00+0",
        ),
        ("late", then(&[("12:00", RequesterWrote)]), "16:01", "late, was due 16:00+0"),
        (
            "solved with thanks, nothing is owed",
            then(&[("12:00", RequesterWrote), ("12:30", became(Solved))]),
            "17:00",
            "kept at 12:30+0",
        ),
        (
            "a reply reopens and is owed an answer",
            then(&[("12:00", became(Solved)), ("13:00", RequesterWrote)]),
            "14:00",
            "running, due 17:00+0",
        ),
        ("a closed ticket owes none", then(&[("12:00", became(Closed)), ("13:00", RequesterWrote)]), "14:00", "none"),
    ] {
        assert_eq!(told(clocks_of("professional", &events, now).next_response), expected, "{rule}");
    }
}

#[test]
fn p3_the_resolution_pauses_while_we_wait_for_the_customer() {
    let filed = ("10:00", created("high")); // professional: 8 h of 9 to 18
    let all = |more: &[(&'static str, SlaEventKind)]| [vec![filed.clone()], more.to_vec()].concat();
    for (rule, events, now, expected) in [
        ("it runs", all(&[]), "11:00", "running, due 18:00+0"),
        ("it pauses", all(&[("12:00", became(Pending))]), "17:00", "paused since 12:00+0"),
        ("and is not late however long", all(&[("12:00", became(Pending))]), "12:00+7", "paused since 12:00+0"),
        (
            "two hours later it goes on",
            all(&[("12:00", became(Pending)), ("14:00", became(InProgress))]),
            "15:00",
            "running, due 11:00+1",
        ),
        (
            "the customer's message lets it go on",
            all(&[("12:00", became(Pending)), ("14:00", RequesterWrote)]),
            "15:00",
            "running, due 11:00+1",
        ),
        (
            "a pause at night costs nothing",
            all(&[("17:30", became(Pending)), ("08:00+1", became(Open))]),
            "09:00+1",
            "running, due 09:30+1",
        ),
        (
            "two pauses add up",
            all(&[
                ("11:00", became(Pending)),
                ("12:00", became(Open)),
                ("13:00", became(Pending)),
                ("14:00", became(Open)),
            ]),
            "15:00",
            "running, due 11:00+1",
        ),
        ("solved in time", all(&[("17:00", became(Solved))]), "12:00+1", "kept at 17:00+0"),
        (
            "solved while waiting",
            all(&[("12:00", became(Pending)), ("15:00+1", became(Solved))]),
            "16:00+1",
            "kept at 15:00+1",
        ),
        (
            "reopened, it runs on with what was left",
            all(&[("17:00", became(Solved)), ("10:00+1", RequesterWrote)]),
            "10:30+1",
            "running, due 11:00+1",
        ),
        (
            "and is not new",
            all(&[("17:00", became(Solved)), ("10:00+1", became(InProgress))]),
            "11:01+1",
            "late, was due 11:00+1",
        ),
        ("late", all(&[]), "18:01", "late, was due 18:00+0"),
        (
            "a pause does not mend what is late",
            all(&[("09:30+1", became(Pending)), ("12:00+1", became(Open))]),
            "13:00+1",
            "late, was due 18:00+0",
        ),
        ("late, then solved", all(&[("10:00+1", became(Solved))]), "13:00+1", "late, done at 10:00+1"),
        (
            "late, solved, reopened: late",
            all(&[("10:00+1", became(Solved)), ("11:00+1", RequesterWrote)]),
            "13:00+1",
            "late, was due 18:00+0",
        ),
        (
            "closing what is solved changes nothing",
            all(&[("17:00", became(Solved)), ("17:00+2", became(Closed))]),
            "12:00+3",
            "kept at 17:00+0",
        ),
    ] {
        assert_eq!(told(clocks_of("professional", &events, now).resolution), expected, "{rule}");
    }
    assert_eq!(clocks_of("professional", &[("10:00", created("low"))], "11:00").resolution, None, "low promises none");
}

#[test]
fn a_solution_in_days_goes_on_with_the_hours_that_were_left() {
    // Professional, critical: two working days, until Wednesday 10:00. Three hours are spent, two hours waited.
    let events = [("10:00", created("critical")), ("13:00", became(Pending)), ("15:00", became(Open))];
    assert_eq!(told(clocks_of("professional", &events[..1], "11:00").resolution), "running, due 10:00+2");
    assert_eq!(told(clocks_of("professional", &events, "16:00").resolution), "running, due 12:00+2");
}

#[test]
fn a_changed_priority_changes_the_promise_but_not_the_past() {
    let change = |first: &str, time: &'static str, then: &str| vec![("09:00", created(first)), (time, raised(then))];
    for (rule, tier, events, now, expected) in [
        (
            "raised early: the shorter time, from the change",
            "professional",
            change("medium", "09:30", "high"),
            "10:00",
            "running, due 11:30+0",
        ),
        (
            "raised late: never later than promised before",
            "professional",
            change("medium", "12:00", "high"),
            "12:30",
            "running, due 13:00+0",
        ),
        (
            "raised after hours of waiting: nobody is late at once",
            "starter",
            change("low", "13:00", "high"),
            "13:30",
            "running, due 13:00+1",
        ),
        (
            "lowered: the longer time, from the start",
            "professional",
            change("high", "10:00", "critical"),
            "10:30",
            "running, due 13:00+0",
        ),
        ("what is late stays late", "professional", change("high", "12:00", "low"), "13:00", "late, was due 11:00+0"),
        ("another calendar", "enterprise", change("low", "10:00", "critical"), "10:30", "running, due 11:00+0"),
    ] {
        assert_eq!(told(clocks_of(tier, &events, now).first_response), expected, "{rule}");
    }
    let mut answered = change("high", "12:00", "critical");
    answered.insert(1, ("10:00", AgentReplied));
    assert_eq!(told(clocks_of("professional", &answered, "13:00").first_response), "kept at 10:00+0");
}

#[test]
fn a_changed_priority_brings_and_takes_the_promise_of_a_solution() {
    let low_then_high = [("09:00", created("low")), ("10:00", raised("high"))];
    assert_eq!(told(clocks_of("professional", &low_then_high, "10:30").resolution), "running, due 18:00+0");
    let high_then_low = [("09:00", created("high")), ("10:00", raised("low"))];
    assert_eq!(told(clocks_of("professional", &high_then_low, "10:30").resolution), "none");
    let paused =
        [("09:00", created("medium")), ("10:00", became(Pending)), ("11:00", raised("high")), ("12:00", became(Open))];
    assert_eq!(told(clocks_of("professional", &paused[..3], "11:30").resolution), "paused since 10:00+0");
    assert_eq!(told(clocks_of("professional", &paused, "12:30").resolution), "running, due 11:00+1");
    // Solved while it waits, it shows the promise that held in the end.
    let solved = [&paused[..3], &[("11:30", became(Solved))]].concat();
    let clock = clocks_of("professional", &solved, "12:00").resolution.unwrap();
    assert_eq!((clock.state, clock.due_at), (ClockState::Fulfilled, Some(monday("10:00+1"))));
}

#[test]
fn p1_a_warning_comes_thirty_minutes_before_or_halfway() {
    let warning = |tier: &str, priority: &str, filed: &'static str| {
        clocks_of(tier, &[(filed, created(priority))], filed).first_response.unwrap().warn_at
    };
    for (rule, tier, priority, filed, expected) in [
        ("4 h: 30 minutes before", "professional", "critical", "10:00", "13:30"),
        ("1 h: 30 minutes before", "enterprise", "medium", "10:00", "10:30"),
        ("30 min: halfway", "enterprise", "high", "10:00", "10:15"),
        ("30 min over night: when half is left", "enterprise", "high", "17:50", "09:05+1"),
        ("over night, by the wall clock", "professional", "critical", "14:20", "08:50+1"),
        ("never before it counts", "enterprise", "medium", "23:50", "09:30+1"),
    ] {
        assert_eq!(warning(tier, priority, filed), Some(monday(expected)), "{rule}");
    }
}

/// Runs the cron each minute over a day, as a desk without a memory of its own but the keys it stored.
fn actions_of_a_day(tier: &str, events: &[(&str, SlaEventKind)]) -> Vec<(String, String)> {
    let mut sent: Vec<String> = Vec::new();
    let mut done = Vec::new();
    for minute in 0..24 * 60 {
        let time = format!("{:02}:{:02}", minute / 60, minute % 60);
        let now = monday(&time);
        if now < monday(events[0].0) {
            continue;
        }
        let clocks = clocks_of(tier, events, &time);
        let asleep = next_due(&clocks, &sent, now).is_none_or(|at| at > now);
        let actions = actions_due(&clocks, &sent, now);
        assert_eq!(actions.is_empty(), asleep, "{time}: the cron is called when there is something to do");
        for action in actions {
            let key = action.key();
            done.push((time.clone(), key.rsplit_once(':').unwrap().0.to_owned()));
            sent.push(key);
        }
        assert_eq!(actions_due(&clocks, &sent, now), [], "{time}: a second run does nothing");
    }
    done
}

#[test]
fn p1_p2_a_forgotten_ticket_is_warned_of_flagged_and_given_away_once_each() {
    let expect = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(time, what)| ((*time).to_owned(), (*what).to_owned())).collect()
    };
    let filed = ("10:00", created("low")); // enterprise: 4 h, no promise of a solution
    assert_eq!(
        actions_of_a_day("enterprise", std::slice::from_ref(&filed)),
        expect(&[
            ("13:30", "warn:first_response"),
            ("14:01", "breach:first_response"),
            ("16:00", "reassign:first_response")
        ])
    );
    assert_eq!(
        actions_of_a_day("enterprise", &[filed.clone(), ("13:45", AgentReplied)]),
        expect(&[("13:30", "warn:first_response")])
    );
    assert_eq!(
        actions_of_a_day("enterprise", &[filed.clone(), ("15:00", Reassigned)]),
        expect(&[("13:30", "warn:first_response"), ("14:01", "breach:first_response")]),
        "who has just taken it over keeps it"
    );
    assert_eq!(
        actions_of_a_day("enterprise", &[filed.clone(), ("12:00", Reassigned)]).len(),
        3,
        "to change hands before it is late saves nobody"
    );
    let paused =
        [("09:00", created("high")), ("09:10", AgentReplied), ("10:30", became(Pending)), ("13:00", became(Open))];
    assert_eq!(
        actions_of_a_day("enterprise", &paused),
        expect(&[("13:00", "warn:resolution"), ("13:31", "breach:resolution")]),
        "a late solution stays with who works on it"
    );
}

#[test]
fn a_warning_that_comes_too_late_is_left_out() {
    let clocks = clocks_of("enterprise", &[("10:00", created("low"))], "15:00");
    let nothing: [&str; 0] = [];
    let keys: Vec<String> = actions_due(&clocks, &nothing, monday("15:00")).iter().map(Action::key).collect();
    assert_eq!(keys, [format!("breach:first_response:{}", monday("14:00").as_millis())]);
    assert_eq!(next_due(&clocks, &keys, monday("15:00")), Some(monday("16:00")), "then it changes hands");
}
