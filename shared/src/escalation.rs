//! Who else must hear of a ticket: the questions of the ladder, in its order (E1, E3).
//!
//! A ticket may give several reasons, at once or one after the other; each is told once, by whoever keeps the ticket's
//! facts. This module only says which hold. It reads no text: that is done by
//! [`crate::triage`], which gives [`Signals`].

use crate::business_hours::Calendar;
use crate::policy::{Policy, Span};
use crate::time::Timestamp;
use crate::triage::Signals;
use serde::{Deserialize, Serialize};

/// Why a ticket goes up, in the order of E1's questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It has the policy's most urgent priority.
    Critical,
    /// Something is broken for a customer of a tier that does not wait.
    Tier,
    /// It was investigated longer than support should alone.
    Investigation,
    /// It was investigated so long that engineering must lead.
    LongInvestigation,
    /// More money is named than support decides about.
    Money,
    /// The customer speaks of leaving (E3).
    Churn,
    /// The customer speaks of law or security.
    Legal,
}

/// Who hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Engineering.
    Engineering,
    /// Engineering, together with customer success.
    EngineeringAndSuccess,
    /// Whoever leads the product.
    ProductLead,
    /// Law and security.
    LegalAndSecurity,
}

impl Reason {
    /// The word in facts and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Tier => "tier",
            Self::Investigation => "investigation",
            Self::LongInvestigation => "long_investigation",
            Self::Money => "money",
            Self::Churn => "churn",
            Self::Legal => "legal",
        }
    }

    /// Who hears of it.
    #[must_use]
    pub const fn rung(self) -> Rung {
        match self {
            Self::Critical | Self::LongInvestigation => Rung::Engineering,
            Self::Tier | Self::Investigation => Rung::EngineeringAndSuccess,
            Self::Money | Self::Churn => Rung::ProductLead,
            Self::Legal => Rung::LegalAndSecurity,
        }
    }
}

impl Rung {
    /// The word in facts and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Engineering => "engineering",
            Self::EngineeringAndSuccess => "engineering_and_success",
            Self::ProductLead => "product_lead",
            Self::LegalAndSecurity => "legal_and_security",
        }
    }
}

/// A ticket as the ladder looks at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case<'a> {
    /// Key of its priority.
    pub priority: &'a str,
    /// Key of the customer's tier.
    pub tier: &'a str,
    /// Whether something is broken: it waits for engineering.
    pub is_broken: bool,
    /// What the customer's words gave away so far.
    pub signals: Signals,
    /// When somebody was at work on it, as far as it is over.
    pub worked: Vec<(Timestamp, Timestamp)>,
    /// Since when somebody is.
    pub working_since: Option<Timestamp>,
}

/// The reasons that hold now, in E1's order. None without a ladder in the policy.
#[must_use]
pub fn reasons(policy: &Policy, case: &Case<'_>, now: Timestamp) -> Vec<Reason> {
    let Some(ladder) = &policy.escalation else { return Vec::new() };
    let worked = worked_millis(policy, case, now);
    let over = |span: Span| worked.is_some_and(|millis| millis > span.as_millis());
    let questions = [
        (Reason::Critical, policy.priorities.first().is_some_and(|top| top.key == case.priority)),
        (Reason::Tier, case.is_broken && ladder.tiers.iter().any(|tier| tier == case.tier)),
        (Reason::Investigation, over(ladder.investigation_over)),
        (Reason::LongInvestigation, over(ladder.long_investigation_over)),
        (Reason::Money, case.signals.money.is_some_and(|money| money > u64::from(ladder.money_over))),
        (Reason::Churn, case.signals.churn),
        (Reason::Legal, case.signals.legal),
    ];
    questions.into_iter().filter(|(_, yes)| *yes).map(|(reason, _)| reason).collect()
}

/// When time alone gives the next reason, if nothing else happens: somebody is at work on it.
#[must_use]
pub fn next_reason_at(policy: &Policy, case: &Case<'_>, now: Timestamp) -> Option<Timestamp> {
    let ladder = policy.escalation.as_ref()?;
    let since = case.working_since?;
    let calendar = calendar(policy)?;
    let before = calendar_millis(&calendar, &case.worked);
    // A moment later than the span: the question is whether it is over.
    let due = |span: Span| calendar.add_counted(since, (span.as_millis() - before).max(0) + 1);
    [ladder.investigation_over, ladder.long_investigation_over].into_iter().filter_map(due).find(|at| *at > now)
}

fn calendar(policy: &Policy) -> Option<Calendar> {
    let name = &policy.escalation.as_ref()?.calendar;
    Calendar::new(policy.calendars.get(name)?).ok()
}

fn calendar_millis(calendar: &Calendar, stretches: &[(Timestamp, Timestamp)]) -> i64 {
    stretches.iter().map(|(from, to)| calendar.working_time_between(*from, *to)).sum()
}

fn worked_millis(policy: &Policy, case: &Case<'_>, now: Timestamp) -> Option<i64> {
    let calendar = calendar(policy)?;
    let current = case.working_since.map_or(0, |since| calendar.working_time_between(since, now));
    Some(calendar_millis(&calendar, &case.worked) + current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_file::parse;

    fn policy() -> Policy {
        parse(include_str!("../../presets/api-platform/policy.toml")).unwrap()
    }

    /// Monday 2026-11-16, 10:00 in Los Angeles: the office is open until 18:00.
    fn monday(minutes: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-16T18:00:00Z").unwrap().plus_seconds(minutes * 60)
    }

    #[test]
    fn e1_each_question_leads_to_its_rung_in_the_order_of_the_ladder() {
        use Reason::{Churn, Critical, Investigation, Legal, LongInvestigation, Money, Tier};
        let policy = policy();
        let plain = Case { priority: "low", tier: "starter", ..Case::default() };
        let said = |signals| Case { signals, ..plain.clone() };
        let worked = |minutes| Case { worked: vec![(monday(0), monday(minutes))], ..plain.clone() };
        let money = |money| said(Signals { money: Some(money), ..Signals::default() });
        let rows: Vec<(&str, Case<'_>, Vec<Reason>)> = vec![
            ("nothing", plain.clone(), vec![]),
            ("critical", Case { priority: "critical", ..plain.clone() }, vec![Critical]),
            ("an enterprise's question", Case { tier: "enterprise", ..plain.clone() }, vec![]),
            ("an enterprise's fault", Case { tier: "enterprise", is_broken: true, ..plain.clone() }, vec![Tier]),
            ("anybody's fault", Case { is_broken: true, ..plain.clone() }, vec![]),
            ("30 minutes", worked(30), vec![]),
            ("31 minutes", worked(31), vec![Investigation]),
            ("2 h", worked(120), vec![Investigation]),
            ("over 2 h", worked(121), vec![Investigation, LongInvestigation]),
            ("10 000", money(10_000), vec![]),
            ("over 10 000", money(10_001), vec![Money]),
            ("churn", said(Signals { churn: true, ..Signals::default() }), vec![Churn]),
            ("legal", said(Signals { legal: true, ..Signals::default() }), vec![Legal]),
            (
                "all",
                Case {
                    priority: "critical",
                    tier: "enterprise",
                    is_broken: true,
                    signals: Signals { churn: true, legal: true, money: Some(20_000) },
                    worked: vec![(monday(0), monday(200))],
                    working_since: None,
                },
                vec![Critical, Tier, Investigation, LongInvestigation, Money, Churn, Legal],
            ),
        ];
        for (what, case, expected) in rows {
            assert_eq!(reasons(&policy, &case, monday(240)), expected, "{what}");
        }
        assert_eq!(Churn.rung(), Rung::ProductLead);
        assert_eq!((Legal.rung(), Critical.rung()), (Rung::LegalAndSecurity, Rung::Engineering));
        assert_eq!((Investigation.rung(), Money.rung()), (Rung::EngineeringAndSuccess, Rung::ProductLead));
    }

    #[test]
    fn e1_investigation_counts_working_time_and_says_when_it_is_over() {
        let policy = policy();
        // Begun 20 minutes before the office closes: ten of the thirty are left for the next morning.
        let case = Case { working_since: Some(monday(460)), ..Case::default() };
        assert!(reasons(&policy, &case, monday(600)).is_empty(), "nobody works at night");
        let at = next_reason_at(&policy, &case, monday(460)).unwrap();
        assert_eq!(at.as_millis(), Timestamp::parse_rfc3339("2026-11-17T17:10:00Z").unwrap().as_millis() + 1);
        assert_eq!(reasons(&policy, &case, at), [Reason::Investigation]);
        let later = next_reason_at(&policy, &case, at).unwrap();
        assert_eq!(reasons(&policy, &case, later), [Reason::Investigation, Reason::LongInvestigation]);
        assert_eq!(next_reason_at(&policy, &case, later), None);
        assert_eq!(next_reason_at(&policy, &Case::default(), later), None, "nobody is at work on it");
    }
}
