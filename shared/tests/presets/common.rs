//! What every preset says alike: alerts, ladders, people on call, surveys, reports, macros.

use crate::{Row, keys, row};
use buoy_shared::incident::Severity;
use buoy_shared::macro_text::gaps;
use buoy_shared::policy::{Churn, EngineeringClass, Escalation, OnCall, Policy, Reports, Surveys};

fn escalation(policy: &Policy) -> &Escalation {
    policy.escalation.as_ref().expect("escalation")
}

fn class<'a>(policy: &'a Policy, key: &str) -> &'a EngineeringClass {
    escalation(policy).classes.iter().find(|class| class.key == key).expect("class")
}

fn churn(policy: &Policy) -> &Churn {
    policy.churn.as_ref().expect("churn")
}

fn on_call(policy: &Policy) -> &OnCall {
    policy.on_call.as_ref().expect("on_call")
}

fn level(policy: &Policy, key: &str) -> String {
    let level = on_call(policy).levels.iter().find(|level| level.key == key).expect("level");
    format!("{:?} {}", level.rotation, level.hours.as_deref().unwrap_or("around the clock"))
}

fn surveys(policy: &Policy) -> &Surveys {
    policy.surveys.as_ref().expect("surveys")
}

fn reports(policy: &Policy) -> &Reports {
    policy.reports.as_ref().expect("reports")
}

fn disputes(policy: &Policy) -> &buoy_shared::policy::BillingDisputes {
    policy.billing_disputes.as_ref().expect("billing_disputes")
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = times();
    rows.extend(escalation_rows());
    rows.extend(incidents());
    rows.extend(quality());
    rows.extend(limits());
    rows
}

fn times() -> Vec<Row> {
    vec![
        row("P1 warn 30 minutes before a due time", |p| p.alerts.warn_before.to_string(), "30m"),
        row("P1 targets under an hour: halfway", |p| p.alerts.halfway_under.to_string(), "1h"),
        row("P2 unanswered 2 h after its due time: changes hands", |p| p.alerts.reassign_after.to_string(), "2h"),
        row(
            "R7 and E3 the third ticket on one issue escalates",
            |p| p.lifecycle.escalate_at_same_issue.to_string(),
            "3",
        ),
        row("ours: such tickets count for 30 days", |p| p.lifecycle.same_issue_days.to_string(), "30"),
        row("ours, T2: closed after 7 quiet days", |p| p.lifecycle.close_after_quiet_days.to_string(), "7"),
        row("ours, R3: silence of 15 min brings a person", |p| p.lifecycle.auto_answer_wait.to_string(), "15m"),
        row("D billing dispute acknowledged in 2 h", |p| disputes(p).acknowledge_within.to_string(), "2h"),
        row("D billing dispute resolved in 24 h", |p| disputes(p).resolve_within.to_string(), "24h"),
        row("D billing disputes under 2 % of invoices", |p| disputes(p).invoices_percent_below.to_string(), "2"),
    ]
}

fn escalation_rows() -> Vec<Row> {
    let optional = crate::optional;
    let percent = |number: Option<u8>| number.map_or("none".to_owned(), |number| number.to_string());
    vec![
        row("E1 over 30 min of investigation", |p| escalation(p).investigation_over.to_string(), "30m"),
        row("E1 over 2 h: engineering", |p| escalation(p).long_investigation_over.to_string(), "2h"),
        row("E1 money over 10 000", |p| escalation(p).money_over.to_string(), "10000"),
        row("E2 urgent: page now", |p| class(p, "urgent").pages.to_string(), "true"),
        row("E2 urgent: call in 1 h", move |p| optional(class(p, "urgent").call_within), "1h"),
        row("E2 urgent: plan in 2 h", move |p| optional(class(p, "urgent").plan_within), "2h"),
        row("E2 urgent: over 20 % of the platform", move |p| percent(class(p, "urgent").platform_percent_over), "20"),
        row("E2 high: 4 h", move |p| optional(class(p, "high").answer_within), "4h"),
        row("E2 high: latency over 500 ms", |p| format!("{:?}", class(p, "high").latency_ms_over), "Some(500)"),
        row("E2 high: errors over 5 %", move |p| percent(class(p, "high").errors_percent_over), "5"),
        row("E2 medium: one business day", move |p| optional(class(p, "medium").answer_within), "1d"),
        row(
            "E2 most urgent first",
            |p| escalation(p).classes.iter().map(|class| class.key.as_str()).collect::<Vec<_>>().join(" "),
            "urgent high medium",
        ),
        row("E3 rating below 5 of 10", |p| churn(p).rating_below.to_string(), "5"),
        row("E3 customer success hears within 1 h", |p| churn(p).rating_heard_within.to_string(), "1h"),
        row("E3 and calls within 24 h", |p| churn(p).rating_call_within.to_string(), "24h"),
        row("E3 after churn words: call within 2 h", |p| churn(p).words_call_within.to_string(), "2h"),
        row("E3 no activity for 14 days", |p| churn(p).inactive_days.to_string(), "14"),
        row("E4 a page is acknowledged within 15 min", |p| on_call(p).acknowledge_within.to_string(), "15m"),
        row("E4 P1 not contained in 20 min pages engineering", |p| on_call(p).contain_within.to_string(), "20m"),
        row("E4 at most 4 weeks a quarter", |p| on_call(p).weeks_a_quarter_max.to_string(), "4"),
        row("E4 more than 3 incidents in a week: next week off", |p| on_call(p).incidents_a_week_max.to_string(), "3"),
        row("E4 support weekly, 17:00–9:00", |p| level(p, "support"), "Weekly 17:00-09:00"),
        row("E4 engineering weekly, around the clock", |p| level(p, "engineering"), "Weekly around the clock"),
        row("E4 product lead monthly", |p| level(p, "product_lead"), "Monthly around the clock"),
    ]
}

fn incidents() -> Vec<Row> {
    let every = |p: &Policy, severity| p.incidents.update_every(severity).to_string();
    let postmortems = |p: &Policy| {
        let wanted = Severity::ALL.into_iter().filter(|severity| p.incidents.wants_postmortem(*severity));
        wanted.map(Severity::as_str).collect::<Vec<_>>().join(" ")
    };
    vec![
        row("I4 an update every 15 min for P1", move |p| every(p, Severity::P1), "15m"),
        row("I4 an update every 30 min for others", move |p| every(p, Severity::P3), "30m"),
        row("I6 a post-mortem for P1", postmortems, "p1"),
        row("I6 within 24 h", |p| p.incidents.postmortem_within.to_string(), "24h"),
        row("I7 an archive after 90 days", |p| p.incidents.archive_after.to_string(), "90d"),
        row("ours, I8: announced a day ahead", |p| p.incidents.announce_before.to_string(), "24h"),
        row(
            "I2 four severities, each with its criteria",
            |p| p.incidents.severities.iter().filter(|rule| !rule.criteria.is_empty()).count().to_string(),
            "4",
        ),
        row("I2 four things that are none", |p| p.incidents.not_incidents.len().to_string(), "4"),
    ]
}

fn quality() -> Vec<Row> {
    vec![
        row("P solved tickets ask for CSAT", |p| surveys(p).csat_after_solved.to_string(), "true"),
        row("U promoters from 9", |p| surveys(p).csat_promoter_from.to_string(), "9"),
        row("U passive from 7", |p| surveys(p).csat_passive_from.to_string(), "7"),
        row("U below 6: customer success", |p| surveys(p).csat_alert_below.to_string(), "6"),
        row("U within 24 h", |p| surveys(p).csat_alert_within.to_string(), "24h"),
        row("U below 7.5 on average: an action", |p| surveys(p).csat_average_below.to_string(), "7.5"),
        row("U CSAT 8.0", |p| surveys(p).csat_target.to_string(), "8"),
        row("U NPS once a year", |p| surveys(p).nps_every_months.to_string(), "12"),
        row("U NPS 40", |p| surveys(p).nps_target.to_string(), "40"),
        row("U effort 4.5", |p| surveys(p).effort_target.to_string(), "4.5"),
        row("U response rate 30 %", |p| surveys(p).response_rate_target.to_string(), "30"),
        row("R3 45 % with no human", |p| reports(p).automation_percent_target.to_string(), "45"),
        row("D red flag: CSAT under 7", |p| reports(p).red_csat_below.to_string(), "7"),
        row("D for two months", |p| reports(p).red_csat_months.to_string(), "2"),
        row("D red flag: SLA misses over 5 %", |p| reports(p).red_sla_misses_percent_over.to_string(), "5"),
        row("D audit of 10 % of solved tickets", |p| reports(p).audit_percent.to_string(), "10"),
        row("D five criteria", |p| reports(p).audit_criteria.len().to_string(), "5"),
        row("D a score of 5", |p| reports(p).audit_score_max.to_string(), "5"),
    ]
}

fn limits() -> Vec<Row> {
    vec![
        row("K3 an index of up to 2 MB is downloaded whole", |p| p.search.download_bytes_max.to_string(), "2000000"),
        row("ours: files of 10 MiB", |p| p.attachments.max_bytes.to_string(), "10485760"),
        row("ours: five files a message", |p| p.attachments.max_files.to_string(), "5"),
        row("ours: tickets an hour", |p| p.limits.tickets_per_visitor_hour.to_string(), "10"),
        row("ours: messages a minute", |p| p.limits.messages_per_visitor_minute.to_string(), "20"),
        row("R1 queues", |p| keys(&p.queues), "support engineering finance feature_log urgent"),
    ]
}

/// P5, where tiers have an availability.
pub(crate) fn credits() -> Vec<Row> {
    let credit =
        |at: usize| move |p: &Policy| p.service_credits.get(at).map_or(String::new(), |row| row.percent.to_string());
    let below =
        |at: usize| move |p: &Policy| p.service_credits.get(at).map_or(String::new(), |row| row.below.to_string());
    vec![
        row("P5 a missed month yields at least 10 %", credit(0), "10"),
        row("ours: 25 % in between", credit(1), "25"),
        row("P5 and at most 50 %", credit(2), "50"),
        row("ours: the first step", below(0), "99.95"),
        row("ours: the second step", below(1), "99"),
        row("ours: the last step", below(2), "95"),
        row("P5 there is no fourth step", |p| p.service_credits.len().to_string(), "3"),
    ]
}

pub(crate) fn availability(tier: &'static str, percentage: &'static str) -> Row {
    row(
        format!("P5 {tier}: {percentage} % a month"),
        move |p| {
            let tier = p.tiers.iter().find(|known| known.key == tier).expect("tier");
            tier.availability.map_or(String::new(), |number| number.to_string())
        },
        percentage,
    )
}

#[test]
fn every_preset_has_the_thirteen_macros_in_each_of_its_languages() {
    for (name, text) in crate::changed::PRESETS {
        let policy = buoy_shared::policy_file::parse(text).unwrap();
        let found: Vec<&str> = policy.macros.iter().map(|entry| entry.key.as_str()).collect();
        let expected = [
            "acknowledgement",
            "solution",
            "escalated",
            "leaving",
            "near_limit",
            "missed_you",
            "improve",
            "quick_answer",
            "escalation_note",
            "not_known_yet",
            "outage",
            "undercharged",
            "overcharged",
        ];
        assert_eq!(found, expected, "{name}");
        for entry in &policy.macros {
            let by_locale: Vec<_> = policy.site.locales.iter().map(|locale| gaps(&entry.body[locale])).collect();
            for found in &by_locale {
                let sorted = |names: &[&str]| {
                    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                    names.sort();
                    names
                };
                assert_eq!(sorted(found), sorted(&by_locale[0]), "{name}: {} has other gaps by language", entry.key);
            }
        }
        let note = policy.macros.iter().find(|entry| entry.internal).unwrap();
        let gaps = gaps(&note.body["en"]);
        for needed in ["symptom", "context", "reproduction", "tier", "priority", "due", "impact"] {
            assert!(gaps.contains(&needed), "{name}: the internal note asks for {needed} (M)");
        }
        for locale in &policy.site.locales {
            assert!(!policy.replies.forbidden_phrases[locale].is_empty(), "{name}: forbidden phrases in {locale}");
        }
    }
}
