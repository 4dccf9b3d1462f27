//! Who is on call (E4, E5): a rotation of people, counted by the wall clock of the team.
//!
//! A roster says who takes turns and when the first turn began; every turn begins at that hour of the wall clock, whatever
//! the clocks of the zone were set to meanwhile. A level may be on duty for some hours of the day only; outside of them
//! nobody is.

use crate::policy::{OnCall, OnCallLevel, Rotation};
use crate::time::Timestamp;
use crate::zones;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant, Zoned};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// People who take turns at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The level's key.
    pub level: String,
    /// Who, in order; they take turns for ever.
    pub people: Vec<String>,
    /// When the first one's turn began.
    pub since: Timestamp,
}

/// A turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub person: String,
    /// When it began.
    pub from: Timestamp,
    /// When it ends, exclusive: the moment of handover.
    pub until: Timestamp,
}

/// Whose turn it is at a level, on duty or not; none before the first turn, without people, or in a zone nobody knows.
#[must_use]
pub fn turn(level: &OnCallLevel, roster: &Roster, zone: &str, at: Timestamp) -> Option<Turn> {
    let zone = zones::zone(zone)?;
    let first = local(roster.since, &zone)?.datetime();
    let now = local(at, &zone)?;
    let guess = match level.rotation {
        Rotation::Weekly => (now.date() - first.date()).get_days().div_euclid(7),
        Rotation::Monthly => months(now.datetime()) - months(first),
    };
    // The guess goes by dates; the hour of the handover may make it one too many.
    let begins = |turn: i32| start(level.rotation, first, turn, &zone);
    let number = (0..=guess.checked_add(1)?).rev().take(3).find(|turn| begins(*turn).is_some_and(|from| from <= at))?;
    let place = usize::try_from(number).ok()?.checked_rem(roster.people.len())?;
    let person = roster.people.get(place)?.clone();
    Some(Turn { person, from: begins(number)?, until: begins(number.checked_add(1)?)? })
}

/// Who is on duty at a level; nobody outside of its hours.
#[must_use]
pub fn on_duty(level: &OnCallLevel, roster: &Roster, zone: &str, at: Timestamp) -> Option<Turn> {
    let time = local(at, &zones::zone(zone)?)?.time();
    let is_duty = level.hours.as_deref().is_none_or(|hours| within(hours, time));
    if is_duty { turn(level, roster, zone, at) } else { None }
}

/// The first level from `from` on, in the policy's order, at which somebody is on duty.
#[must_use]
pub fn next_level<'a>(
    policy: &'a OnCall,
    rosters: &[Roster],
    from: usize,
    at: Timestamp,
) -> Option<(usize, &'a OnCallLevel, Turn)> {
    policy.levels.iter().enumerate().skip(from).find_map(|(place, level)| {
        let roster = rosters.iter().find(|roster| roster.level == level.key)?;
        Some((place, level, on_duty(level, roster, &policy.zone, at)?))
    })
}

/// Which of a person's weeks on call in a quarter a turn is, from 1, over all levels that change weekly (E4). Turns that begin
/// in the same week, counted from the quarter's first day, are one. Turns that began before the quarter are that one's.
#[must_use]
pub fn week_of_quarter(policy: &OnCall, rosters: &[Roster], turn_of: &Turn) -> usize {
    let Some(zone) = zones::zone(&policy.zone) else { return 0 };
    let Some(quarter) = quarter_of(turn_of.from, &zone) else { return 0 };
    let mut weeks = BTreeSet::new();
    for level in policy.levels.iter().filter(|level| level.rotation == Rotation::Weekly) {
        let Some(roster) = rosters.iter().find(|roster| roster.level == level.key) else { continue };
        let mut at = quarter.max(roster.since);
        while let Some(turn) = turn(level, roster, &policy.zone, at).filter(|turn| turn.from <= turn_of.from) {
            if turn.from >= quarter && turn.person == turn_of.person {
                weeks.insert((turn.from.as_millis() - quarter.as_millis()) / WEEK_MS);
            }
            at = turn.until;
        }
    }
    weeks.len()
}

/// A week in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;

/// When the quarter of an instant began by the zone's calendar.
fn quarter_of(at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let date = local(at, zone)?.date();
    let first = Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?;
    let begins = first.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_millis(begins.timestamp().as_millisecond()))
}

fn months(at: DateTime) -> i32 {
    i32::from(at.year()) * 12 + i32::from(at.month())
}

/// When a turn begins: so many weeks or months after the first by the calendar, at its hour. A month without its day begins
/// on the month's last; an hour that the clocks skip begins when they have skipped it.
fn start(rotation: Rotation, first: DateTime, turn: i32, zone: &TimeZone) -> Option<Timestamp> {
    let span = match rotation {
        Rotation::Weekly => Span::new().try_weeks(turn),
        Rotation::Monthly => Span::new().try_months(turn),
    };
    let begins = first.checked_add(span.ok()?).ok()?;
    Some(Timestamp::from_millis(begins.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(Instant::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()))
}

/// Whether a time is within hours such as `17:00-09:00`, which go through the night; the end is exclusive.
fn within(hours: &str, time: Time) -> bool {
    let read = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let Some((from, until)) = hours.split_once('-').and_then(|(from, until)| Some((read(from)?, read(until)?))) else {
        return false;
    };
    if from < until { from <= time && time < until } else { from <= time || time < until }
}

#[cfg(test)]
mod tests;
