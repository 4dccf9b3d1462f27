//! `cargo xtask policy`: reads a policy as the edge would, and says what it promises.
//!
//! For whoever writes one: `check` names the line of a slip, `show` prints the table of promises. What a policy means
//! is `shared`'s to know; this only lays it out in columns.

use std::{fmt::Write as _, fs, path::PathBuf};

use anyhow::{Context as _, Result, anyhow};
use buoy_shared::{
    business_hours::Calendar,
    policy::{CalendarSpec, Policy, Span},
    policy_file,
};
use clap::Subcommand;

use crate::{progress::note, workspace::Workspace};

/// What to do with a policy.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Say whether a policy can be kept, or the line that must change.
    Check {
        /// A file, or the name of a preset.
        policy: String,
    },
    /// Print what a policy promises: priority by tier by channel, calendars, clocks.
    Show {
        /// A file, or the name of a preset.
        policy: String,
    },
}

pub(crate) fn policy(ws: &Workspace, action: &Action) -> Result<()> {
    match action {
        Action::Check { policy } => {
            let (path, policy) = read(ws, policy)?;
            let counts = [policy.sla.len(), policy.calendars.len(), policy.macros.len()];
            let [promises, calendars, macros] = counts;
            note(&format!("{path}: {promises} promises, {calendars} calendars, {macros} macros. It can be kept."));
        }
        Action::Show { policy } => print!("{}", table(&read(ws, policy)?.1)?),
    }
    Ok(())
}

/// Reads a file, or a preset by its name. Gives its path for people, too.
fn read(ws: &Workspace, name: &str) -> Result<(String, Policy)> {
    let preset = ws.path("presets").join(name).join("policy.toml");
    let path = if preset.is_file() { preset } else { PathBuf::from(name) };
    let shown = path.strip_prefix(&ws.root).unwrap_or(&path).display().to_string();
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{name} is neither a preset of presets/ nor a file that can be read"))?;
    let policy = policy_file::parse(&text).map_err(|error| anyhow!("{shown}: {error}"))?;
    Ok((shown, policy))
}

fn table(policy: &Policy) -> Result<String> {
    let mut text = String::new();
    let any = || "any".to_owned();
    let span = |span: Option<Span>| span.map_or("none".to_owned(), String::from);
    let mut rows = vec![
        ["priority", "tier", "channel", "first answer", "later answers", "solution", "calendar"].map(str::to_owned),
    ];
    // In the order of urgency, whatever the order in the file.
    for priority in &policy.priorities {
        for row in policy.sla.iter().filter(|row| row.priority == priority.key) {
            rows.push([
                row.priority.clone(),
                row.tier.clone().unwrap_or_else(any),
                row.channel.map_or_else(any, |channel| format!("{channel:?}").to_lowercase()),
                row.first_response.to_string(),
                span(row.next_response),
                span(row.resolution),
                row.calendar.clone(),
            ]);
        }
    }
    columns(&mut text, &rows)?;
    writeln!(text)?;
    let calendars = policy.calendars.iter().map(|(name, spec)| Ok([name.clone(), spec.zone.clone(), hours(spec)?]));
    columns(&mut text, &calendars.collect::<Result<Vec<_>>>()?)?;
    writeln!(text)?;
    columns(&mut text, &clocks(policy))?;
    Ok(text)
}

/// The week in one line: days with the same hours stand together.
fn hours(spec: &CalendarSpec) -> Result<String> {
    if spec.always {
        return Ok("around the clock".to_owned());
    }
    let mut groups: Vec<(String, String)> = Vec::new();
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        let Some(shifts) = spec.hours.get(day).filter(|shifts| !shifts.is_empty()) else { continue };
        let shifts = shifts.join(" and ");
        match groups.last_mut() {
            Some((days, same)) if *same == shifts => {
                let first = days.split('–').next().unwrap_or_default().to_owned();
                *days = format!("{first}–{day}");
            }
            _ => groups.push((day.to_owned(), shifts)),
        }
    }
    let week = groups.into_iter().map(|(days, shifts)| format!("{days} {shifts}")).collect::<Vec<_>>().join(", ");
    let calendar = Calendar::new(spec).map_err(|error| anyhow!("{error}"))?;
    let day = Span::minutes(calendar.usual_minutes(Span::days(1)));
    Ok(format!("{week}; a day is {day}; {} days off", spec.holidays.len()))
}

fn clocks(policy: &Policy) -> Vec<[String; 2]> {
    let mut rows = vec![
        ("warn", format!("{} before, halfway under {}", policy.alerts.warn_before, policy.alerts.halfway_under)),
        ("change hands", format!("{} after", policy.alerts.reassign_after)),
        ("close", format!("after {} quiet days", policy.lifecycle.close_after_quiet_days)),
    ];
    if let Some(rule) = &policy.billing_disputes {
        let text = format!("acknowledged in {}, settled in {}", rule.acknowledge_within, rule.resolve_within);
        rows.push(("disputed invoice", format!("{text}, by {}", rule.calendar)));
    }
    for tier in &policy.tiers {
        let attainment = tier.attainment.map(|percent| format!("{percent} % of first answers in time"));
        let availability = tier.availability.map(|percent| format!("available {percent} % of a month"));
        let promised: Vec<String> = attainment.into_iter().chain(availability).collect();
        if !promised.is_empty() {
            rows.push((tier.key.as_str(), promised.join(", ")));
        }
    }
    for credit in &policy.service_credits {
        rows.push(("service credit", format!("{} % of an invoice below {} %", credit.percent, credit.below)));
    }
    if let Some(rule) = &policy.on_call {
        let text = format!("acknowledged in {}, contained in {}", rule.acknowledge_within, rule.contain_within);
        rows.push(("a page", text));
        for level in &rule.levels {
            let hours = level.hours.as_deref().unwrap_or("around the clock");
            rows.push(("on call", format!("{}, {:?}, {hours}", level.key, level.rotation).to_lowercase()));
        }
    }
    rows.into_iter().map(|(name, text)| [name.to_owned(), text]).collect()
}

/// Cells below each other, each column as wide as its widest.
fn columns<const N: usize>(text: &mut String, rows: &[[String; N]]) -> Result<()> {
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            write!(line, "{cell:<width$}  ", width = width(at).unwrap_or_default())?;
        }
        writeln!(text, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policys_promises_are_readable_at_a_glance() {
        let (path, policy) = read(&Workspace::find(), "api-platform").unwrap();
        assert_eq!(path, "presets/api-platform/policy.toml");
        let text = table(&policy).unwrap();
        let lines: Vec<String> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        for line in [
            "priority tier channel first answer later answers solution calendar",
            "critical professional any 4h 4h 2d professional",
            "low enterprise any 4h 4h none enterprise",
            "starter America/Los_Angeles mon–fri 09:00-17:00; a day is 8h; 3 days off",
            "enterprise 99 % of first answers in time, available 99.95 % of a month",
            "on call support, weekly, 17:00-09:00",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line}\nin\n{text}");
        }
    }

    #[test]
    fn whoever_misspells_a_preset_hears_so() {
        let error = read(&Workspace::find(), "skool").unwrap_err();
        assert!(error.to_string().contains("neither a preset"), "{error}");
    }
}
