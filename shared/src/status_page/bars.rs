//! Ninety days of a component as a picture: one bar a day, taller and darker the worse the day was, so that it can be read
//! without colours too, and in words for those who do not see it.

use super::BAR_DAYS;
use super::words::Words;
use crate::html::{El, el};
use crate::incident::ComponentStatus;
use crate::time::Timestamp;
use crate::uptime::{Down, Spell, percent_text, up_millipercent};
use std::fmt::Write as _;

const DAY_MS: i64 = 86_400_000;
/// Units of the picture's own: a bar, and a bar with its gap.
const BAR: i64 = 3;
const STEP: i64 = 4;
const HEIGHT: i64 = 32;

/// The bars and a line below them. `since` is when the site was made: nothing is claimed of days before.
pub(super) fn bars(words: &Words, name: &str, spells: &[Spell], since: Timestamp, now: Timestamp) -> El {
    let today = now.as_millis().div_euclid(DAY_MS);
    let first = today - BAR_DAYS + 1;
    let mut paths = ["up", "slow", "part", "down", "unknown"].map(|class| (class, String::new()));
    let mut troubled = 0_u32;
    // What is known from before the site was made, is known.
    let known = spells.first().map_or(since.as_millis(), |spell| spell.from.min(since.as_millis()));
    let begin = (first * DAY_MS).max(known.div_euclid(DAY_MS) * DAY_MS);
    for day in first..=today {
        let is_known = (day + 1) * DAY_MS > begin;
        let worst = Down::within(spells, day * DAY_MS, (day + 1) * DAY_MS).worst();
        let (kind, height) = match worst {
            ComponentStatus::MajorOutage => (3, HEIGHT),
            ComponentStatus::PartialOutage => (2, HEIGHT - 4),
            ComponentStatus::DegradedPerformance => (1, HEIGHT - 8),
            ComponentStatus::Operational | ComponentStatus::UnderMaintenance if is_known => (0, HEIGHT - 12),
            ComponentStatus::Operational | ComponentStatus::UnderMaintenance => (4, HEIGHT - 12),
        };
        troubled += u32::from((1..4).contains(&kind));
        if let Some((_, path)) = paths.get_mut(kind) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h{BAR}v{height}h-{BAR}z", (day - first) * STEP, HEIGHT - height);
        }
    }
    let total = now.as_millis() - begin;
    let percent = percent_text(up_millipercent(Down::within(spells, begin, now.as_millis()), total));
    let said = words.uptime.replace("{percent}", &percent.replace('.', words.decimal));
    let label = format!("{name}: {said}; {}", words.trouble.replace("{days}", &troubled.to_string()));
    let picture = el("svg")
        .attr("class", "bars")
        .attr("viewBox", &format!("0 0 {} {HEIGHT}", BAR_DAYS * STEP - (STEP - BAR)))
        .attr("preserveAspectRatio", "none")
        .attr("role", "img")
        .attr("aria-label", &label);
    let drawn = paths.iter().filter(|(_, path)| !path.is_empty());
    let picture = picture.all(drawn.map(|(class, path)| el("path").attr("class", class).attr("d", path)).collect());
    let ends = words.days_ago.replace("{days}", &BAR_DAYS.to_string());
    let legend = el("p")
        .attr("class", "ends")
        .child(el("span").text(&ends))
        .child(el("span").text(&said))
        .child(el("span").text(words.today));
    el("div").child(picture).child(legend)
}
