//! How much of a time a component, or the product for a tier, was available (I7, P5).
//!
//! Computed from what incidents said and when: each is a list of spells of one state. Spells that overlap count once,
//! as the worst of them. Everything is whole milliseconds; nothing is rounded before it is printed, and then never up.

use crate::availability::Month;
use crate::incident::{ComponentStates, ComponentStatus, Impact, component_status, state_of};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a partial outage counts of a full one, in tenths; what performs badly is up (Statuspage and Instatus count so).
const PARTIAL_TENTHS: i64 = 3;

/// What an incident said at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// How bad it was from then on.
    pub impact: Impact,
    /// What had been said of single components by then.
    #[serde(default)]
    pub states: ComponentStates,
}

/// An incident as far as it counts: what it named, when, and what it said of it over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Keys of its components; one that names none concerns the product as a whole.
    pub components: Vec<String>,
    /// Keys of the tiers it concerned; none means all.
    #[serde(default)]
    pub tiers: Vec<String>,
    /// When it began, in milliseconds since 1970.
    pub from: i64,
    /// When it ended.
    pub until: Option<i64>,
    /// What it said, the oldest first.
    pub said: Vec<Said>,
}

/// A time in one state; milliseconds since 1970, the end not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// The state.
    pub status: ComponentStatus,
    /// From when.
    pub from: i64,
    /// Until when.
    pub until: i64,
}

impl Course {
    /// Adds the times in which it said something of whatever `status` asks it about. What is still open lasts until
    /// `now`.
    fn spells(&self, now: i64, status: impl Fn(&Said) -> Option<ComponentStatus>, spells: &mut Vec<Spell>) {
        let end = self.until.unwrap_or(now);
        for (at, said) in self.said.iter().enumerate() {
            // The first word holds from the beginning on, which may be before it was said.
            let from = if at == 0 { self.from } else { said.at };
            let until = self.said.get(at + 1).map_or(end, |next| next.at).min(end);
            if let Some(status) = status(said).filter(|_| from < until) {
                spells.push(Spell { status, from, until });
            }
        }
    }
}

/// The times in which a component was not what it should be, one after the other, the worst where incidents overlap.
#[must_use]
pub fn of_component(courses: &[Course], key: &str, now: Timestamp) -> Vec<Spell> {
    let mut spells = Vec::new();
    for course in courses {
        let status = |said: &Said| state_of(&course.components, &said.states, said.impact, key);
        course.spells(now.as_millis(), status, &mut spells);
    }
    worst_of(&spells)
}

/// The same for the product as customers of a tier had it: as bad as its worst component.
#[must_use]
pub fn of_tier(courses: &[Course], tier: &str, now: Timestamp) -> Vec<Spell> {
    let mut spells = Vec::new();
    for course in courses.iter().filter(|course| course.tiers.is_empty() || course.tiers.iter().any(|key| key == tier))
    {
        let worst = |said: &Said| {
            let named =
                course.components.iter().filter_map(|key| state_of(&course.components, &said.states, said.impact, key));
            Some(named.max().unwrap_or_else(|| component_status(said.impact)))
        };
        course.spells(now.as_millis(), worst, &mut spells);
    }
    worst_of(&spells)
}

/// Spells that do not overlap: at each moment the worst of those that do.
fn worst_of(spells: &[Spell]) -> Vec<Spell> {
    let mut edges: Vec<(i64, ComponentStatus, bool)> = Vec::with_capacity(spells.len() * 2);
    for spell in spells.iter().filter(|spell| spell.status != ComponentStatus::Operational) {
        edges.push((spell.from, spell.status, true));
        edges.push((spell.until, spell.status, false));
    }
    edges.sort_by_key(|&(at, ..)| at);
    let mut open: Vec<ComponentStatus> = Vec::new();
    let mut merged: Vec<Spell> = Vec::new();
    let mut before = i64::MIN;
    for (at, status, begins) in edges {
        if let Some(worst) = open.iter().max().copied().filter(|_| at > before) {
            match merged.last_mut().filter(|last| last.until == before && last.status == worst) {
                Some(last) => last.until = at,
                None => merged.push(Spell { status: worst, from: before, until: at }),
            }
        }
        before = at;
        if begins {
            open.push(status);
        } else if let Some(place) = open.iter().position(|known| *known == status) {
            open.swap_remove(place);
        }
    }
    merged
}

/// How long something was down within a time, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Down {
    /// For all.
    pub major_ms: i64,
    /// For some.
    pub partial_ms: i64,
    /// It worked, badly.
    pub degraded_ms: i64,
}

impl Down {
    /// What of `spells` lies from `from` on and before `until`.
    #[must_use]
    pub fn within(spells: &[Spell], from: i64, until: i64) -> Self {
        let mut down = Self::default();
        for spell in spells {
            let millis = (spell.until.min(until) - spell.from.max(from)).max(0);
            match spell.status {
                ComponentStatus::MajorOutage => down.major_ms += millis,
                ComponentStatus::PartialOutage => down.partial_ms += millis,
                ComponentStatus::DegradedPerformance => down.degraded_ms += millis,
                ComponentStatus::Operational | ComponentStatus::UnderMaintenance => {}
            }
        }
        down
    }

    /// Downtime as it counts, in milliseconds: a partial outage is three tenths of a full one.
    #[must_use]
    pub const fn counted_ms(self) -> i64 {
        self.major_ms + self.partial_ms * PARTIAL_TENTHS / 10
    }

    /// The worst that happened.
    #[must_use]
    pub const fn worst(self) -> ComponentStatus {
        if self.major_ms > 0 {
            ComponentStatus::MajorOutage
        } else if self.partial_ms > 0 {
            ComponentStatus::PartialOutage
        } else if self.degraded_ms > 0 {
            ComponentStatus::DegradedPerformance
        } else {
            ComponentStatus::Operational
        }
    }
}

/// Thousandths of a percent that something was up in a time of `total_ms`, rounded down: 100 % is said of nothing that
/// was down.
#[must_use]
pub fn up_millipercent(down: Down, total_ms: i64) -> u32 {
    const WHOLE: i64 = 100_000;
    if total_ms <= 0 {
        return 100_000;
    }
    let up = (total_ms - down.counted_ms()).max(0);
    u32::try_from(up.saturating_mul(WHOLE) / total_ms).unwrap_or(0)
}

/// `99.95`, with as many decimals as it needs, at most three.
#[must_use]
pub fn percent_text(millipercent: u32) -> String {
    let (whole, rest) = (millipercent / 1_000, millipercent % 1_000);
    if rest == 0 {
        return whole.to_string();
    }
    let decimals = format!("{rest:03}");
    format!("{whole}.{}", decimals.trim_end_matches('0'))
}

/// What of spells lies in a month; of one that is not over, what has passed by `now`.
#[must_use]
pub fn within_month(spells: &[Spell], month: Month, now: Timestamp) -> (Down, i64) {
    let (from, until) = month.bounds();
    let until = until.min(now.as_millis()).max(from);
    (Down::within(spells, from, until), until - from)
}

#[cfg(test)]
mod tests;
