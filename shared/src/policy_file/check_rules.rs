//! Checks escalation, people on call, surveys, limits, and the texts that the team sends.

use super::check_desk::check_named;
use super::{Finding, has_key, require};
use crate::business_hours::Calendar;
use crate::macro_text::{forbidden_phrases_in, is_well_formed};
use crate::policy::{Attachments, CalendarSpec, Named, OnCall, Policy, WordsByLocale};
use crate::triage::pattern_fault;
use crate::upload::FILE_KINDS;

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    check_lifecycle(policy)?;
    check_escalation(policy)?;
    check_churn(policy)?;
    if let Some(on_call) = &policy.on_call {
        check_on_call(on_call, &policy.site.locales)?;
    }
    check_quality(policy)?;
    check_words("replies.forbidden_phrases", &policy.replies.forbidden_phrases, &policy.site.locales)?;
    check_links(policy)?;
    check_macros(policy)?;
    check_limits(policy)
}

fn check_lifecycle(policy: &Policy) -> Result<(), Finding> {
    let rule = &policy.lifecycle;
    require(rule.close_after_quiet_days > 0, "@lifecycle.close_after_quiet_days", || {
        "close_after_quiet_days must be 1 or more, or customers could never reopen".to_owned()
    })?;
    require(rule.escalate_at_same_issue >= 2, "@lifecycle.escalate_at_same_issue", || {
        "escalate_at_same_issue must be 2 or more; a first ticket repeats nothing".to_owned()
    })?;
    require(rule.same_issue_days > 0, "@lifecycle.same_issue_days", || "same_issue_days must be 1 or more".to_owned())
}

fn check_escalation(policy: &Policy) -> Result<(), Finding> {
    let Some(rule) = &policy.escalation else { return Ok(()) };
    require(policy.calendars.contains_key(&rule.calendar), "@escalation.calendar", || {
        format!("escalation: no calendar {:?}; add [calendars.{}]", rule.calendar, rule.calendar)
    })?;
    let in_order = rule.long_investigation_over.as_minutes() > rule.investigation_over.as_minutes();
    require(in_order, "@escalation.long_investigation_over", || {
        "long_investigation_over must be longer than investigation_over".to_owned()
    })?;
    for (place, tier) in rule.tiers.iter().enumerate() {
        require(has_key(&policy.tiers, tier), &format!("@escalation.tiers.{place}"), || {
            format!("escalation: no tier {tier:?}; add it to [[tiers]]")
        })?;
    }
    check_words("escalation.legal_words", &rule.legal_words, &policy.site.locales)?;
    let classes: Vec<ClassName<'_>> = rule.classes.iter().map(|class| ClassName(&class.key, &class.label)).collect();
    check_named("class", "escalation.classes", &classes, &policy.site.locales)?;
    for (place, class) in rule.classes.iter().enumerate() {
        let percents = [
            ("platform_percent_over", class.platform_percent_over),
            ("errors_percent_over", class.errors_percent_over),
        ];
        for (field, percent) in percents {
            require(percent.is_none_or(|p| p < 100), &format!("@escalation.classes.{place}.{field}"), || {
                format!("class {:?}: {field} must be below 100", class.key)
            })?;
        }
        let says_when = class.pages || class.answer_within.is_some();
        require(says_when, &format!("@escalation.classes.{place}.pages"), || {
            format!("class {:?} says not when engineering answers; add pages = true or answer_within", class.key)
        })?;
    }
    Ok(())
}

/// A key and label that stand in a larger thing.
struct ClassName<'a>(&'a str, &'a crate::policy::Localized);

impl Named for ClassName<'_> {
    fn key(&self) -> &str {
        self.0
    }
    fn label(&self) -> &crate::policy::Localized {
        self.1
    }
}

fn check_churn(policy: &Policy) -> Result<(), Finding> {
    let Some(rule) = &policy.churn else { return Ok(()) };
    check_words("churn.words", &rule.words, &policy.site.locales)?;
    require((2..=10).contains(&rule.rating_below), "@churn.rating_below", || {
        "rating_below must be from 2 to 10; ratings go from 1 to 10".to_owned()
    })?;
    let in_order = rule.rating_call_within.as_minutes() >= rule.rating_heard_within.as_minutes();
    require(in_order, "@churn.rating_call_within", || {
        "rating_call_within must not be shorter than rating_heard_within; nobody calls before they heard".to_owned()
    })?;
    require(rule.inactive_days > 0, "@churn.inactive_days", || "inactive_days must be 1 or more".to_owned())
}

/// Words of the site's languages only, written as texts are compared.
fn check_words(place: &str, words: &WordsByLocale, locales: &[String]) -> Result<(), Finding> {
    for (locale, phrases) in words {
        let here = format!("@{place}.{locale}");
        require(locales.contains(locale), &here, || {
            format!("{place}: {locale:?} is not one of the site's locales; add it there or leave the words out")
        })?;
        for phrase in phrases {
            let comparable = !phrase.trim().is_empty() && *phrase == phrase.to_lowercase();
            require(comparable, &here, || {
                format!("{place}: write {phrase:?} in lower case; texts are compared in lower case")
            })?;
            if let Some(fault) = pattern_fault(phrase) {
                return Err((here, format!("{place}: the pattern {phrase:?} {fault}")));
            }
        }
    }
    Ok(())
}

fn check_on_call(rule: &OnCall, locales: &[String]) -> Result<(), Finding> {
    let levels: Vec<ClassName<'_>> = rule.levels.iter().map(|level| ClassName(&level.key, &level.label)).collect();
    check_named("level", "on_call.levels", &levels, locales)?;
    require(!levels.is_empty(), "@on_call", || "on_call without levels; add an [[on_call.levels]] entry".to_owned())?;
    let zone = CalendarSpec { zone: rule.zone.clone(), always: true, hours: [].into(), holidays: Vec::new() };
    Calendar::new(&zone).map_err(|error| ("@on_call.zone".to_owned(), format!("on_call: {error}")))?;
    for (place, level) in rule.levels.iter().enumerate() {
        let Some(hours) = &level.hours else { continue };
        require(is_daily_hours(hours), &format!("@on_call.levels.{place}.hours"), || {
            format!("level {:?}: {hours:?} must look like \"17:00-09:00\"", level.key)
        })?;
    }
    /// Weeks of the longest quarter.
    const WEEKS_MAX: u8 = 14;
    require((1..=WEEKS_MAX).contains(&rule.weeks_a_quarter_max), "@on_call.weeks_a_quarter_max", || {
        "weeks_a_quarter_max must be from 1 to 14".to_owned()
    })
}

/// Two different times of day; the second may be the earlier one, through the night.
fn is_daily_hours(text: &str) -> bool {
    let is_time = |text: &str| {
        let part = |text: &str, max: u8| text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number <= max);
        text.split_once(':').is_some_and(|(hour, minute)| part(hour, 23) && part(minute, 59))
    };
    text.split_once('-').is_some_and(|(start, end)| is_time(start) && is_time(end) && start != end)
}

fn check_quality(policy: &Policy) -> Result<(), Finding> {
    if let Some(surveys) = &policy.surveys {
        let in_order = surveys.csat_passive_from < surveys.csat_promoter_from && surveys.csat_promoter_from <= 10;
        require(in_order, "@surveys.csat_passive_from", || {
            "csat_passive_from must be below csat_promoter_from, and that at most 10".to_owned()
        })?;
        require(surveys.response_rate_target <= 100, "@surveys.response_rate_target", || {
            "response_rate_target is a percentage up to 100".to_owned()
        })?;
    }
    let Some(reports) = &policy.reports else { return Ok(()) };
    for (field, percent) in [
        ("automation_percent_target", reports.automation_percent_target),
        ("red_sla_misses_percent_over", reports.red_sla_misses_percent_over),
        ("audit_percent", reports.audit_percent),
    ] {
        require(percent <= 100, &format!("@reports.{field}"), || format!("{field} is a percentage up to 100"))?;
    }
    Ok(())
}

/// Links stand in texts that customers read (R2, M).
fn check_links(policy: &Policy) -> Result<(), Finding> {
    for (name, link) in &policy.links {
        let is_address = link.starts_with("https://") || link.contains('@');
        let is_plain = !link.contains(char::is_whitespace) && !link.contains(['{', '}']);
        require(is_address && is_plain, &format!("@links.{name}"), || {
            format!("{name} must be a mail address, or an address that begins with https://, without white space")
        })?;
    }
    Ok(())
}

fn check_macros(policy: &Policy) -> Result<(), Finding> {
    let names: Vec<ClassName<'_>> = policy.macros.iter().map(|entry| ClassName(&entry.key, &entry.label)).collect();
    check_named("macro", "macros", &names, &policy.site.locales)?;
    for (place, entry) in policy.macros.iter().enumerate() {
        for locale in &policy.site.locales {
            let key = &entry.key;
            let here = format!("@macros.{place}.body.{locale}");
            let text = entry.body.get(locale).map(|text| text.trim()).filter(|text| !text.is_empty());
            let Some(text) = text else {
                return Err((here, format!("macro {key:?} has no body for {locale:?}; add one")));
            };
            require(is_well_formed(text), &here, || {
                format!("macro {key:?}: a gap looks like {{{{customer_name}}}}, with a-z, 0-9 and _ only")
            })?;
            if let Some(phrase) = forbidden_phrases_in(text, policy).first() {
                return Err((here, format!("macro {key:?} says {phrase:?}, which is forbidden; say it otherwise")));
            }
        }
    }
    Ok(())
}

fn check_limits(policy: &Policy) -> Result<(), Finding> {
    let files = &policy.attachments;
    require((1..=Attachments::BYTES_MAX).contains(&files.max_bytes), "@attachments.max_bytes", || {
        format!("max_bytes must be from 1 to {}", Attachments::BYTES_MAX)
    })?;
    require(files.max_files <= Attachments::FILES_MAX, "@attachments.max_files", || {
        format!("max_files must be at most {}; 0 takes no files", Attachments::FILES_MAX)
    })?;
    for (place, kind) in files.types.iter().enumerate() {
        let is_known = FILE_KINDS.iter().any(|known| known.content_type == kind);
        require(is_known, &format!("@attachments.types.{place}"), || {
            let known: Vec<&str> = FILE_KINDS.iter().map(|known| known.content_type).collect();
            format!("files of type {kind:?} are not taken; choose among {}", known.join(", "))
        })?;
    }
    let limits = &policy.limits;
    for (field, limit) in [
        ("tickets_per_visitor_hour", limits.tickets_per_visitor_hour),
        ("messages_per_visitor_minute", limits.messages_per_visitor_minute),
    ] {
        require(limit > 0, &format!("@limits.{field}"), || format!("{field} must be 1 or more, or nobody gets in"))?;
    }
    Ok(())
}
