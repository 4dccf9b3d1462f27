//! Who gets a ticket (R5): by skill; to whoever answered a related ticket; else the lowest load; not to someone whose
//! shift ends soon; urgent ones to whoever is awake.
//!
//! Pure: who is there and what they have at hand are arguments, so a wrong choice can be replayed from its inputs.

use crate::time::Timestamp;

/// Somebody who could get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The agent.
    pub id: &'a str,
    /// What they know, as keys of categories, tiers and queues; empty means a bit of everything.
    pub skills: &'a [String],
    /// When their shift ends; none when no roster is kept for them: then they count as awake, with time ahead.
    pub on_shift_until: Option<Timestamp>,
    /// How many unsolved tickets they have.
    pub load: u32,
    /// Whether they answered a related ticket of this customer.
    pub answered_related: bool,
}

/// What is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work<'a> {
    /// What it is about.
    pub category: &'a str,
    /// The customer's tier.
    pub tier: &'a str,
    /// Its queue.
    pub queue: &'a str,
    /// Whether it cannot wait: then a shift that ends soon is better than nobody.
    pub urgent: bool,
}

/// A shift that ends within this is as good as over for what can wait, in minutes: a first answer and one reply fit in.
pub const SHIFT_END_MARGIN_MINUTES: i64 = 30;

/// The best of the candidates; none when nobody should get it now, which leaves it in its queue. `not` has it already
/// or let it lie, and gets it only if everybody else is worse than nobody.
#[must_use]
pub fn assign<'a>(work: Work<'_>, candidates: &[Candidate<'a>], not: Option<&str>, now: Timestamp) -> Option<&'a str> {
    let able = candidates.iter().filter(|candidate| Some(candidate.id) != not).filter(|candidate| {
        let ends = candidate.on_shift_until;
        let awake = ends.is_none_or(|ends| ends > now);
        let has_time = ends.is_none_or(|ends| ends > now.plus_seconds(SHIFT_END_MARGIN_MINUTES * 60));
        if work.urgent { awake } else { has_time }
    });
    // Small is good: knowledge first, then acquaintance with the matter, then load; the id makes the choice repeatable.
    able.min_by_key(|candidate| {
        let knowledge = u8::MAX - knowledge(work, candidate);
        (knowledge, !candidate.answered_related, candidate.load, candidate.id)
    })
    .map(|candidate| candidate.id)
}

/// The shortest and the longest time until somebody is looked for again, in minutes. Who comes on shift asks at once; this
/// is for what nobody asks about, such as a shift that goes on longer than was said.
const LOOK_AGAIN_MINUTES: (i64, i64) = (15, 24 * 60);

/// When to look again for somebody, where nobody should get the ticket now and nothing has happened to it since `since`:
/// after half of the time that it lay, so that a ticket in a team of nobody costs less and less, and at last a look a day.
#[must_use]
pub fn look_again_at(since: Timestamp, now: Timestamp) -> Timestamp {
    let (least, most) = LOOK_AGAIN_MINUTES;
    let lain = now.as_millis() - since.as_millis();
    now.plus_millis((lain / 2).clamp(least * 60_000, most * 60_000))
}

/// How much of the work's marks somebody knows. An all-rounder (no skills named) is between a specialist of the matter
/// and a specialist of something else.
fn knowledge(work: Work<'_>, candidate: &Candidate<'_>) -> u8 {
    if candidate.skills.is_empty() {
        return 1;
    }
    let marks = [work.category, work.tier, work.queue];
    let known = marks.iter().filter(|mark| candidate.skills.iter().any(|skill| skill == *mark)).count();
    if known == 0 { 0 } else { 1 + u8::try_from(known).unwrap_or(u8::MAX - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    const WORK: Work<'static> = Work { category: "billing", tier: "enterprise", queue: "finance", urgent: false };

    /// id, skills, minutes to the end of the shift, load, answered a related one
    type Row = (&'static str, &'static [&'static str], Option<i64>, u32, bool);

    /// name, who is there, the work, who must not get it, who gets it
    type Case = (&'static str, &'static [Row], Work<'static>, Option<&'static str>, Option<&'static str>);

    fn chosen(rows: &[Row], work: Work<'_>, not: Option<&str>) -> Option<String> {
        let skills: Vec<Vec<String>> =
            rows.iter().map(|row| row.1.iter().map(|skill| (*skill).to_owned()).collect()).collect();
        let candidates: Vec<Candidate<'_>> = rows
            .iter()
            .zip(&skills)
            .map(|(row, skills)| Candidate {
                id: row.0,
                skills,
                on_shift_until: row.2.map(at),
                load: row.3,
                answered_related: row.4,
            })
            .collect();
        assign(work, &candidates, not, at(0)).map(str::to_owned)
    }

    #[test]
    fn r5_whoever_is_not_found_is_looked_for_again_and_less_and_less_often() {
        const DAY: i64 = 24 * 60;
        for (since, now, again) in [
            (0, 0, 15),
            (0, 30, 45),
            (0, 100, 150),
            (0, 2 * DAY, 3 * DAY),
            (0, 365 * DAY, 366 * DAY),
            (5, 0, 15), // facts of one change are milliseconds apart
        ] {
            assert_eq!(look_again_at(at(since), at(now)), at(again), "{since}, {now}");
        }
        let mut looks = 0;
        let mut now = 0;
        while now < DAY {
            now = look_again_at(at(0), at(now)).as_millis() / 60_000;
            looks += 1;
        }
        assert_eq!(
            looks, 12,
            "a quarter, a half, three quarters of an hour, then half as long again, to the end of the day"
        );
    }

    #[test]
    fn r5_a_ticket_goes_to_the_right_person() {
        const URGENT: Work<'static> = Work { urgent: true, ..WORK };
        let cases: &[Case] = &[
            ("nobody is there", &[], WORK, None, None),
            (
                "by skill",
                &[("a", &["integration"], None, 0, false), ("b", &["billing"], None, 9, false)],
                WORK,
                None,
                Some("b"),
            ),
            (
                "more of the skills",
                &[("a", &["billing"], None, 0, false), ("b", &["billing", "enterprise"], None, 9, false)],
                WORK,
                None,
                Some("b"),
            ),
            (
                "an all-rounder before another's specialist",
                &[("a", &["integration"], None, 0, false), ("b", &[], None, 5, false)],
                WORK,
                None,
                Some("b"),
            ),
            (
                "who answered a related one",
                &[("a", &[], None, 0, false), ("b", &[], None, 7, true)],
                WORK,
                None,
                Some("b"),
            ),
            ("else the lowest load", &[("a", &[], None, 3, false), ("b", &[], None, 2, false)], WORK, None, Some("b")),
            (
                "a tie is decided the same way each time",
                &[("b", &[], None, 2, false), ("a", &[], None, 2, false)],
                WORK,
                None,
                Some("a"),
            ),
            (
                "not whose shift ends soon",
                &[("a", &[], Some(30), 0, false), ("b", &[], Some(31), 9, false)],
                WORK,
                None,
                Some("b"),
            ),
            ("nobody rather than a leaving one", &[("a", &[], Some(30), 0, false)], WORK, None, None),
            (
                "urgent: whoever is awake",
                &[("a", &[], Some(5), 0, false), ("b", &[], Some(-1), 0, false)],
                URGENT,
                None,
                Some("a"),
            ),
            ("urgent, but all asleep", &[("a", &[], Some(0), 0, false)], URGENT, None, None),
            ("it changes hands", &[("a", &[], None, 0, true), ("b", &[], None, 9, false)], WORK, Some("a"), Some("b")),
            ("there are no other hands", &[("a", &[], None, 0, false)], WORK, Some("a"), None),
        ];
        for (case, rows, work, not, wanted) in cases {
            assert_eq!(chosen(rows, *work, *not).as_deref(), *wanted, "{case}");
        }
    }
}
