//! Checks what a desk knows tickets by, its hours, and its promises.

use super::{Finding, at, has_key, require};
use crate::business_hours::Calendar;
use crate::policy::{Category, Named, Policy, Priority, SiteSettings, SlaRow, Span, Tier};
use crate::ticket::{Origin, is_locale_tag};

/// Every way a ticket can come.
const CHANNELS: [Origin; 5] = [Origin::Widget, Origin::Telegram, Origin::Email, Origin::Alert, Origin::Agent];

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    check_site(policy)?;
    let locales = &policy.site.locales;
    check_named("category", "categories", &policy.categories, locales)?;
    check_named("queue", "queues", &policy.queues, locales)?;
    check_named("priority", "priorities", &policy.priorities, locales)?;
    check_named("tier", "tiers", &policy.tiers, locales)?;
    check_named("component", "components", &policy.components, locales)?;
    check_queues(&policy.categories, policy)?;
    check_duties(&policy.priorities)?;
    check_tiers(&policy.tiers)?;
    check_calendars(policy)?;
    check_promises(policy)?;
    check_credits(policy)?;
    check_disputes(policy)
}

fn check_site(policy: &Policy) -> Result<(), Finding> {
    let site = &policy.site;
    for (place, tag) in site.locales.iter().enumerate() {
        require(is_locale_tag(tag), &at(&["site", "locales", &place.to_string()]), || {
            format!("{tag:?} is not a language tag; write it like en or pt-BR")
        })?;
    }
    require(site.locales.contains(&site.default_locale), "@site.default_locale", || {
        format!("default_locale {:?} must be one of locales", site.default_locale)
    })?;
    let is_colour =
        site.accent.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    require(is_colour, "@site.accent", || format!("accent {:?} must be a colour such as #2f6fed", site.accent))?;
    let count = site.widget_off.len();
    require(count <= SiteSettings::WIDGET_OFF_MAX, "@site.widget_off", || {
        format!("widget_off names {count} versions; name at most {} or write \"*\"", SiteSettings::WIDGET_OFF_MAX)
    })?;
    for (place, version) in site.widget_off.iter().enumerate() {
        require(version == "*" || is_version(version), &at(&["site", "widget_off", &place.to_string()]), || {
            format!("{version:?} is not a version; write it like 0.1.0, or \"*\" for all")
        })?;
    }
    require(has_key(&policy.tiers, &site.default_tier), "@site.default_tier", || {
        format!("default_tier {:?} must be the key of a [[tiers]] entry", site.default_tier)
    })?;
    require(!policy.categories.is_empty(), "@site", || "no categories; add a [[categories]] entry".to_owned())?;
    require(!policy.priorities.is_empty(), "@site", || "no priorities; add a [[priorities]] entry".to_owned())
}

/// Three numbers with dots between them, as `Buoy.version` says them.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| (1..=5).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(is_number)
}

/// Keys that programs can use, each once, and a label in every language.
pub(super) fn check_named(what: &str, list: &str, entries: &[impl Named], locales: &[String]) -> Result<(), Finding> {
    for (place, entry) in entries.iter().enumerate() {
        let key = entry.key();
        let row = place.to_string();
        let here = format!("@{list}.{row}.key");
        let plain = !key.is_empty()
            && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        require(plain, &here, || format!("{what} {key:?}: a key has only a-z, 0-9, _ and -"))?;
        let repeated = entries.iter().take(place).any(|earlier| earlier.key() == key);
        require(!repeated, &here, || format!("{what} {key:?} stands twice; give each its own key"))?;
        if let Some(missing) =
            locales.iter().find(|tag| entry.label().get(*tag).is_none_or(|text| text.trim().is_empty()))
        {
            let here = format!("@{list}.{row}.label");
            return Err((here, format!("{what} {key:?} has no label for {missing:?}; add one")));
        }
    }
    Ok(())
}

/// What is no queue of the engine would send nothing anywhere (R1).
fn check_queues(categories: &[Category], policy: &Policy) -> Result<(), Finding> {
    for (place, category) in categories.iter().enumerate() {
        let Some(queue) = &category.queue else { continue };
        require(has_key(&policy.queues, queue), &format!("@categories.{place}.queue"), || {
            format!("category {:?}: no queue {queue:?}; add it to [[queues]]", category.key)
        })?;
    }
    Ok(())
}

fn check_duties(priorities: &[Priority]) -> Result<(), Finding> {
    for (place, priority) in priorities.iter().enumerate() {
        let twice =
            priority.duties.iter().enumerate().any(|(at, duty)| priority.duties.iter().take(at).any(|d| d == duty));
        require(!twice, &format!("@priorities.{place}.duties"), || {
            format!("priority {:?} names a duty twice; name it once", priority.key)
        })?;
    }
    Ok(())
}

fn check_tiers(tiers: &[Tier]) -> Result<(), Finding> {
    for (place, tier) in tiers.iter().enumerate() {
        require(tier.attainment.is_none_or(|p| (1..=100).contains(&p)), &format!("@tiers.{place}.attainment"), || {
            format!("tier {:?}: attainment is a percentage from 1 to 100", tier.key)
        })?;
        let possible = tier.availability.is_none_or(|p| (1..=10_000).contains(&p.get()));
        require(possible, &format!("@tiers.{place}.availability"), || {
            format!("tier {:?}: availability is a percentage up to \"100\"", tier.key)
        })?;
    }
    Ok(())
}

fn check_calendars(policy: &Policy) -> Result<(), Finding> {
    for (name, spec) in &policy.calendars {
        let here = format!("@calendars.{name}");
        Calendar::new(spec)
            .map_err(|error| (format!("{here}.{}", error.field()), format!("calendar {name}: {error}")))?;
        require(spec.always || spec.hours.values().any(|day| !day.is_empty()), &here, || {
            format!("calendar {name} opens on no day; give it hours, or nothing could ever be due")
        })?;
    }
    Ok(())
}

fn check_promises(policy: &Policy) -> Result<(), Finding> {
    for (place, row) in policy.sla.iter().enumerate() {
        let here = |field: &str| format!("@sla.{place}.{field}");
        let (priority, calendar) = (&row.priority, &row.calendar);
        require(has_key(&policy.priorities, priority), &here("priority"), || {
            format!("sla: no priority {priority:?}; add it to [[priorities]]")
        })?;
        let tier = row.tier.as_deref();
        require(tier.is_none_or(|tier| has_key(&policy.tiers, tier)), &here("tier"), || {
            format!("sla: no tier {:?}; add it to [[tiers]]", tier.unwrap_or_default())
        })?;
        require(policy.calendars.contains_key(calendar), &here("calendar"), || {
            format!("sla: no calendar {calendar:?}; add [calendars.{calendar}]")
        })?;
        let same = |other: &SlaRow| (&other.priority, &other.tier, other.channel) == (priority, &row.tier, row.channel);
        let named_last = row.channel.map_or(if tier.is_some() { "tier" } else { "priority" }, |_| "channel");
        require(!policy.sla.iter().take(place).any(same), &here(named_last), || {
            format!("sla: a second promise for priority {priority:?}, the same tier and channel; keep one of them")
        })?;
        let in_order = row.resolution.is_none_or(|span| is_longer(policy, calendar, span, row.first_response));
        require(in_order, &here("resolution"), || {
            "sla: the solution is promised before the first answer; make resolution the longer one".to_owned()
        })?;
    }
    check_every_ticket_has_a_promise(policy)
}

fn is_longer(policy: &Policy, calendar: &str, span: Span, other: Span) -> bool {
    let hours = policy.calendars.get(calendar).and_then(|spec| Calendar::new(spec).ok());
    hours.is_none_or(|hours| hours.usual_minutes(span) >= hours.usual_minutes(other))
}

fn check_every_ticket_has_a_promise(policy: &Policy) -> Result<(), Finding> {
    for (place, priority) in policy.priorities.iter().enumerate() {
        for tier in &policy.tiers {
            for channel in CHANNELS {
                let promised = policy.promise(&priority.key, &tier.key, channel).is_some();
                require(promised, &format!("@priorities.{place}.key"), || {
                    format!(
                        "no promise for priority {:?}, tier {:?} by {channel:?}; add a [[sla]] row",
                        priority.key, tier.key
                    )
                })?;
            }
        }
    }
    Ok(())
}

fn check_credits(policy: &Policy) -> Result<(), Finding> {
    let rows = &policy.service_credits;
    for (place, row) in rows.iter().enumerate() {
        let here = |field: &str| format!("@service_credits.{place}.{field}");
        require((1..=100).contains(&row.percent), &here("percent"), || {
            format!("service credit {} %: write a percentage from 1 to 100", row.percent)
        })?;
        let Some(before) = place.checked_sub(1).and_then(|at| rows.get(at)) else { continue };
        require(row.below < before.below, &here("below"), || {
            format!("service credits: {} must be below {}; write the best month first", row.below, before.below)
        })?;
        require(row.percent > before.percent, &here("percent"), || {
            format!("service credits: a worse month must cost more than {} %", before.percent)
        })?;
    }
    let promised = policy.tiers.iter().any(|tier| tier.availability.is_some());
    require(rows.is_empty() || promised, "@service_credits", || {
        "service credits, but no tier has an availability; add one or leave the credits out".to_owned()
    })
}

fn check_disputes(policy: &Policy) -> Result<(), Finding> {
    let Some(rule) = &policy.billing_disputes else { return Ok(()) };
    require(has_key(&policy.categories, &rule.category), "@billing_disputes.category", || {
        format!("billing_disputes: no category {:?}; add it to [[categories]]", rule.category)
    })?;
    require(policy.calendars.contains_key(&rule.calendar), "@billing_disputes.calendar", || {
        format!("billing_disputes: no calendar {:?}; add [calendars.{}]", rule.calendar, rule.calendar)
    })?;
    let in_order = is_longer(policy, &rule.calendar, rule.resolve_within, rule.acknowledge_within);
    require(in_order, "@billing_disputes.resolve_within", || {
        "billing_disputes: settled before it is acknowledged; make resolve_within the longer one".to_owned()
    })
}
