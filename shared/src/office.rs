//! What a team says of itself before anybody asked: whether somebody is at work, until when or from when on, and by when a
//! question asked now is answered.

use crate::business_hours::{Calendar, Office};
use crate::policy::Policy;
use crate::sla::{SlaFacts, deadlines};
use crate::ticket::Origin;
use crate::time::Timestamp;

/// How the office stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeNow {
    /// Whether it is open, and when that changes.
    pub office: Office,
    /// By when an ordinary question has its first answer; none where nothing is promised.
    pub reply_by: Option<Timestamp>,
}

/// The office at `now`, for somebody whom nobody named: of the site's default tier, with a question of the default priority.
#[must_use]
pub fn office_now(policy: &Policy, now: Timestamp) -> OfficeNow {
    let (tier, rules) = (policy.site.default_tier.as_str(), &policy.triage);
    let facts = SlaFacts { created_at: now, tier, channel: Origin::Widget };
    let due = deadlines(policy, &facts, &rules.default_priority, &rules.default_category);
    // Without hours in its policy a team says of none that it is away.
    let always = Office { open: true, changes_at: None };
    let office = hours(policy).map_or(always, |hours| hours.office_at(now));
    OfficeNow { office, reply_by: due.first_response_due_at }
}

/// The hours of whoever answers an ordinary question. Where that promise goes by the wall clock, nobody sits there at night
/// all the same: then those of the least urgent promise to the same people that has hours.
fn hours(policy: &Policy) -> Option<Calendar> {
    let lowest = policy.priorities.iter().rev().map(|priority| priority.key.as_str());
    let names = std::iter::once(policy.triage.default_priority.as_str()).chain(lowest);
    let rows = names.filter_map(|name| policy.promise(name, &policy.site.default_tier, Origin::Widget));
    let mut specs = rows.filter_map(|row| policy.calendars.get(&row.calendar));
    specs.find(|spec| !spec.always).and_then(|spec| Calendar::new(spec).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_file;

    const SCHOOL: &str = include_str!("../../presets/school/policy.toml");
    const STARTER: &str = include_str!("../../presets/api-platform/policy.toml");

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn a_visitor_learns_whether_somebody_is_there_and_by_when_they_are_answered() {
        let always = SCHOOL.replace("calendar = \"business\"", "calendar = \"always\"");
        for (policy, now, open, changes_at, reply_by) in [
            // Moscow is three hours ahead. The school's ordinary promise is a day by the wall clock, its hours those of P2.
            (SCHOOL, "2026-11-20T09:00:00Z", true, Some("2026-11-20T15:00:00Z"), "2026-11-21T09:00:00Z"),
            (SCHOOL, "2026-11-20T15:00:00Z", false, Some("2026-11-23T07:00:00Z"), "2026-11-21T15:00:00Z"),
            (SCHOOL, "2026-11-21T09:00:00Z", false, Some("2026-11-23T07:00:00Z"), "2026-11-22T09:00:00Z"),
            (SCHOOL, "2026-12-31T18:00:00Z", false, Some("2027-01-11T07:00:00Z"), "2027-01-01T18:00:00Z"),
            (always.as_str(), "2026-11-21T09:00:00Z", true, None, "2026-11-22T09:00:00Z"),
            // Los Angeles is eight hours behind; 48 hours of coverage from Friday noon on end a week from Monday.
            (STARTER, "2026-11-20T20:00:00Z", true, Some("2026-11-21T01:00:00Z"), "2026-11-30T20:00:00Z"),
        ] {
            let found = office_now(&policy_file::parse(policy).unwrap(), at(now));
            let office = Office { open, changes_at: changes_at.map(at) };
            assert_eq!(found, OfficeNow { office, reply_by: Some(at(reply_by)) }, "{now}");
        }
    }
}
