//! What the team reads of its desk at the turns of the day (C3): in the morning what came overnight, at the end of a shift
//! what is handed over, once a week and once a month how it went.
//!
//! When that is follows from the office hours of the policy. Where the desk is always open there are no such turns.

use crate::api::Stats;
use crate::availability::Month;
use crate::business_hours::Calendar;
use crate::delivery::event::{TEXT_CHARS_MAX, cut};
use crate::delivery::terms::ticket_status;
use crate::delivery::words::instant;
use crate::policy::Policy;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Which digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// When the office opens: since it closed.
    Morning,
    /// When it closes: since it opened.
    ShiftEnd,
    /// When it opens for the first time in a week: the seven days before.
    Weekly,
    /// When it opens for the first time in a month: since the month before began.
    Monthly,
}

impl Which {
    /// The word in names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::ShiftEnd => "shift_end",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }
}

/// A digest that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub which: Which,
    /// Where its period begins.
    pub from: Timestamp,
    /// Where it ends, exclusive: the moment it is due.
    pub to: Timestamp,
}

/// A closed time that is shorter, in milliseconds, is a break and no night: four hours.
const NIGHT_MS: i64 = 4 * 3_600_000;
/// How late a digest may come, in milliseconds: what a desk at noon reads of its morning helps nobody.
const LATE_MS_MAX: i64 = 2 * 3_600_000;
/// A week in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;
/// How far back the last closing is looked for, in milliseconds: three weeks, longer than offices close in a row.
const LOOK_BACK_MS: i64 = 3 * WEEK_MS;

/// The office hours of a desk: those of its escalations, else the first that are not always open.
fn office(policy: &Policy) -> Option<Calendar> {
    let named = policy.escalation.as_ref().and_then(|escalation| policy.calendars.get(&escalation.calendar));
    let spec = named.filter(|spec| !spec.always).or_else(|| policy.calendars.values().find(|spec| !spec.always))?;
    Calendar::new(spec).ok()
}

/// The digests whose moment came within the last two hours.
#[must_use]
pub fn due(policy: &Policy, now: Timestamp) -> Vec<Due> {
    let Some(office) = office(policy) else { return Vec::new() };
    let days = office.office_days(now.plus_millis(-LOOK_BACK_MS), now.plus_millis(1), NIGHT_MS);
    let is_due = |at: Timestamp| at <= now && now.as_millis() - at.as_millis() < LATE_MS_MAX;
    let mut found = Vec::new();
    for (place, &(opens, closes)) in days.iter().enumerate() {
        // The first of them may be cut, so its opening is not known.
        let Some(&(opened, closed)) = place.checked_sub(1).and_then(|before| days.get(before)) else { continue };
        if is_due(opens) {
            found.push(Due { which: Which::Morning, from: closed, to: opens });
            found.extend(turns(&office, opened, opens));
        }
        if is_due(closes) {
            found.push(Due { which: Which::ShiftEnd, from: opens, to: closes });
        }
    }
    found
}

/// What is told of a week and of a month: where the office opens for the first time in another one than when it `opened`
/// before. By the dates at the office: in Los Angeles the last afternoon of a month is the first of the next in UTC.
fn turns(office: &Calendar, opened: Timestamp, opens: Timestamp) -> Vec<Due> {
    let (Some(before), Some(today)) = (office.on_the_wall(opened), office.on_the_wall(opens)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if week(before) != week(today) {
        found.push(Due { which: Which::Weekly, from: opens.plus_millis(-WEEK_MS), to: opens });
    }
    if let Some(month) = Month::of(before).filter(|month| Month::of(today) != Some(*month)) {
        found.push(Due { which: Which::Monthly, from: Timestamp::from_millis(month.bounds().0), to: opens });
    }
    found
}

/// Which week an instant is in, counted from one that began on a Monday.
fn week(at: Timestamp) -> i64 {
    /// The first of January 1970 was a Thursday.
    const MONDAY_MS: i64 = 3 * 86_400_000;
    (at.as_millis() + MONDAY_MS).div_euclid(WEEK_MS)
}

/// What a ticket waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Nobody has answered it yet.
    #[default]
    FirstAnswer,
    /// The customer wrote last.
    Answer,
    /// It was answered.
    Solution,
}

impl Needs {
    const fn word(self, russian: bool) -> &'static str {
        match (self, russian) {
            (Self::FirstAnswer, false) => "first answer",
            (Self::FirstAnswer, true) => "первый ответ",
            (Self::Answer, false) => "answer",
            (Self::Answer, true) => "ответ",
            (Self::Solution, false) => "solution",
            (Self::Solution, true) => "решение",
        }
    }
}

/// A ticket in a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Its number.
    pub number: u32,
    /// What it is about.
    pub subject: String,
    /// The customer's name, where it is known.
    pub customer: Option<String>,
    /// How urgent it is.
    pub priority: String,
    /// How far it is.
    pub status: String,
    /// What ends next of what was promised.
    pub due_at: Option<Timestamp>,
    /// What it waits for.
    pub needs: Needs,
    /// Who has it.
    pub assignee: Option<String>,
}

/// What a digest tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest<'a> {
    /// Which, and of when.
    pub due: Due,
    /// The figures of its period.
    pub stats: &'a Stats,
    /// Tickets: those that came in the period, or at the end of a shift those that are handed over.
    pub tickets: &'a [Line],
    /// How many more of them there are.
    pub besides: usize,
    /// Numbers of the tickets that were nearly late in the period, and were not.
    pub near_misses: &'a [u32],
    /// Incidents that were open in the period, each in a line; those that are open still are the known issues.
    pub incidents: &'a [(String, bool)],
}

/// The share of missed promises above which a month is a red flag, in percent (D).
const MISSED_PERCENT_MAX: u64 = 5;

/// Tickets that one digest names.
pub const LINES_MAX: usize = 20;

impl Digest<'_> {
    /// The text, in Russian or English.
    #[must_use]
    pub fn text(&self, russian: bool) -> String {
        let pick = |en: &'static str, ru: &'static str| if russian { ru } else { en };
        let title = match self.due.which {
            Which::Morning => pick("Overnight", "За ночь"),
            Which::ShiftEnd => pick("End of shift", "Конец смены"),
            Which::Weekly => pick("The week", "За неделю"),
            Which::Monthly => pick("The month", "За месяц"),
        };
        let mut parts = vec![format!("{title}: {} – {}", instant(self.due.from), instant(self.due.to))];
        let Stats { new, solved, open, pending, first_response_overdue: late, reopened, escalated, .. } = self.stats;
        let (met, missed) = (self.stats.sla.met, self.stats.sla.missed);
        parts.push(if russian {
            format!("Новых {new}, решено {solved}, открыто снова {reopened}, эскалаций {escalated}")
        } else {
            format!("New {new}, solved {solved}, reopened {reopened}, escalated {escalated}")
        });
        parts.push(if russian {
            format!("Сейчас открыто {open}, ждут клиента {pending}, просрочен первый ответ {late}")
        } else {
            format!("Open now {open}, waiting {pending}, first answer overdue {late}")
        });
        parts.push(format!("SLA: {} {met}, {} {missed}", pick("met", "выполнено"), pick("missed", "нарушено")));
        if self.looks_back() {
            parts.push(self.times(russian));
        }
        if self.due.which == Which::Monthly {
            parts.push(self.shares(russian));
        }
        if !self.near_misses.is_empty() {
            let numbers: Vec<String> = self.near_misses.iter().map(|number| format!("#{number}")).collect();
            parts.push(format!("{}: {}", pick("Nearly late", "Едва успели"), numbers.join(", ")));
        }
        self.list_incidents(russian, &mut parts);
        cut(&self.with_tickets(russian, &parts.join("\n")), TEXT_CHARS_MAX)
    }

    /// Whether it tells how it went, and names no tickets.
    const fn looks_back(&self) -> bool {
        matches!(self.due.which, Which::Weekly | Which::Monthly)
    }

    /// What a month is judged by (D): how much of what was promised was missed, marked above [`MISSED_PERCENT_MAX`], and
    /// how much automatic answers solved.
    fn shares(&self, russian: bool) -> String {
        let (met, missed) = (u64::from(self.stats.sla.met), u64::from(self.stats.sla.missed));
        let share = (missed * 100).checked_div(met + missed).unwrap_or(0);
        let mark = if missed * 100 > MISSED_PERCENT_MAX * (met + missed) { "‼ " } else { "" };
        let auto = self.stats.automation_percent;
        if russian {
            format!("{mark}SLA нарушено {share} %, автоответы решили {auto} %")
        } else {
            format!("{mark}SLA missed {share} %, automatic answers solved {auto} %")
        }
    }

    fn times(&self, russian: bool) -> String {
        let minutes = |value: Option<u32>| value.map_or_else(|| "–".to_owned(), |minutes| minutes.to_string());
        let csat = self.stats.csat.average_hundredths;
        let csat = csat.map_or_else(|| "–".to_owned(), |h| format!("{}.{:02}", h / 100, h % 100));
        let first = minutes(self.stats.first_response.median_minutes);
        let done = minutes(self.stats.resolution.median_minutes);
        if russian {
            format!("Первый ответ {first} мин, решение {done} мин (медианы), CSAT {csat}")
        } else {
            format!("First answer {first} min, resolution {done} min (medians), CSAT {csat}")
        }
    }

    fn list_incidents(&self, russian: bool, parts: &mut Vec<String>) {
        let titles = |open: bool| -> Vec<&str> {
            self.incidents.iter().filter(|(_, still)| *still == open).map(|(title, _)| title.as_str()).collect()
        };
        let names = if russian {
            ["Инциденты", "Известные проблемы"]
        } else {
            ["Incidents", "Known issues"]
        };
        for (name, titles) in names.into_iter().zip([titles(false), titles(true)]) {
            if !titles.is_empty() {
                parts.push(format!("{name}: {}", titles.join("; ")));
            }
        }
    }

    /// Adds a line for each ticket, as many as fit, and how many are left out: who takes over must know that there are more.
    fn with_tickets(&self, russian: bool, head: &str) -> String {
        if self.looks_back() || self.tickets.is_empty() {
            return head.to_owned();
        }
        let lines: Vec<String> = self.tickets.iter().take(LINES_MAX).map(|line| line.text(russian)).collect();
        let and_more = |named: usize| match self.tickets.len() + self.besides - named {
            0 => None,
            more if russian => Some(format!("и ещё {more}")),
            more => Some(format!("and {more} more")),
        };
        let first = |named: usize| {
            let said = [head.to_owned(), String::new()].into_iter().chain(lines.iter().take(named).cloned());
            said.chain(and_more(named)).collect::<Vec<_>>().join("\n")
        };
        let fits = |text: &String| text.chars().count() <= TEXT_CHARS_MAX;
        (0..=lines.len()).rev().map(first).find(fits).unwrap_or_else(|| first(0))
    }
}

impl Line {
    /// `#12 Cannot pay · Ann · p1 · open · answer by 24.11 09:30 UTC · Bob`.
    fn text(&self, russian: bool) -> String {
        let needed = self.needs.word(russian);
        let due = self.due_at.map(|at| format!(" {} {}", if russian { "до" } else { "by" }, instant(at)));
        let nobody = if russian { "никто" } else { "nobody" };
        let customer = self.customer.as_deref().map(|name| format!(" · {name}")).unwrap_or_default();
        format!(
            "#{} {}{customer} · {} · {} · {needed}{} · {}",
            self.number,
            self.subject,
            self.priority,
            ticket_status(&self.status, false, russian),
            due.unwrap_or_default(),
            self.assignee.as_deref().unwrap_or(nobody)
        )
    }
}

#[cfg(test)]
mod tests;
