//! What surveys say in a period (U): response rates, averages, scores, and by tier, channel and category.

use super::{ExitReason, SurveyKind};
use crate::policy::Surveys;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows of one kind, group and score, as storage counts them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tally {
    /// The question's own word.
    pub kind: String,
    /// The customer's tier.
    #[serde(default)]
    pub tier: String,
    /// Where the ticket came from, or where the question was put.
    #[serde(default)]
    pub channel: String,
    /// The ticket's category.
    #[serde(default)]
    pub category: String,
    /// The score; none for what was asked and not scored.
    pub score: Option<u8>,
    /// Why somebody leaves.
    pub reason: Option<ExitReason>,
    /// Whether something was said.
    pub answered: bool,
    /// How many.
    pub count: u32,
}

/// Figures of one question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyFigures {
    /// How often it was asked.
    pub asked: u32,
    /// How often it was answered.
    pub answered: u32,
    /// Answers in percent of questions.
    pub response_percent: u32,
    /// The mean score in hundredths; null when there is none.
    pub average_hundredths: Option<u32>,
    /// Promoters: by the policy for ratings, nine and ten for recommendations.
    pub promoters: u32,
    /// Between the two.
    pub passives: u32,
    /// Detractors: by the policy for ratings, up to six for recommendations.
    pub detractors: u32,
    /// Promoters less detractors in percent of answers, the net promoter score; null without answers.
    pub net_promoter_score: Option<i32>,
    /// Whether the policy's target is met; null when there is nothing to compare.
    pub meets_target: Option<bool>,
}

/// By what ratings are grouped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupBy {
    /// By the customer's tier.
    pub tier: BTreeMap<String, SurveyFigures>,
    /// By where the ticket came from.
    pub channel: BTreeMap<String, SurveyFigures>,
    /// By category.
    pub category: BTreeMap<String, SurveyFigures>,
}

/// What the figures call for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SurveyAction {
    /// Ratings are below the policy's bound on average: find out why, and name who mends it.
    RatingsBelowBound,
    /// Fewer answer than the policy aims at.
    FewAnswers,
}

/// What surveys said in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyReport {
    /// Ratings of tickets that were solved in the period, from 1 to 10.
    pub csat: SurveyFigures,
    /// How easy it was, from 1 to 5.
    pub effort: SurveyFigures,
    /// Whether they would recommend the product, from 0 to 10.
    pub nps: SurveyFigures,
    /// Those who were asked why they leave.
    pub exit: SurveyFigures,
    /// Why, by reason.
    pub exit_reasons: BTreeMap<String, u32>,
    /// Ratings by group.
    pub csat_by: GroupBy,
    /// What the figures call for.
    pub actions: Vec<SurveyAction>,
}

/// Scores while they are counted.
#[derive(Default)]
struct Sum {
    figures: SurveyFigures,
    total: u64,
    scored: u32,
}

/// From which score on somebody is passive, and from which a promoter.
#[derive(Clone, Copy)]
struct Bands {
    passive: u8,
    promoter: u8,
}

/// The bands of the net promoter score, as everybody counts it.
const NPS_BANDS: Bands = Bands { passive: 7, promoter: 9 };

impl Sum {
    fn add(&mut self, row: &Tally, bands: Bands) {
        self.figures.asked += row.count;
        if !row.answered {
            return;
        }
        self.figures.answered += row.count;
        let Some(score) = row.score else { return };
        self.total += u64::from(score) * u64::from(row.count);
        self.scored += row.count;
        let band = match score {
            score if score >= bands.promoter => &mut self.figures.promoters,
            score if score >= bands.passive => &mut self.figures.passives,
            _ => &mut self.figures.detractors,
        };
        *band += row.count;
    }

    fn finish(mut self) -> SurveyFigures {
        let figures = &mut self.figures;
        figures.response_percent = (u64::from(figures.answered) * 100)
            .checked_div(u64::from(figures.asked))
            .and_then(|percent| u32::try_from(percent).ok())
            .unwrap_or(0);
        let scored = u64::from(self.scored);
        figures.average_hundredths =
            (self.total * 100 + scored / 2).checked_div(scored).and_then(|mean| u32::try_from(mean).ok());
        let lead = (i64::from(figures.promoters) - i64::from(figures.detractors)) * 100;
        figures.net_promoter_score =
            lead.checked_div(i64::from(self.scored)).and_then(|score| i32::try_from(score).ok());
        self.figures
    }
}

/// Puts the counts of a period together by the policy's bands, targets and bounds.
#[must_use]
pub fn report(rows: &[Tally], surveys: &Surveys) -> SurveyReport {
    let csat_bands = Bands { passive: surveys.csat_passive_from, promoter: surveys.csat_promoter_from };
    let of = |kind: &str, bands: Bands| sum(rows.iter().filter(|row| row.kind == kind), bands);
    let by = |name: fn(&Tally) -> &str| {
        let mut groups: BTreeMap<String, Vec<&Tally>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.kind == SurveyKind::Csat.as_str()) {
            groups.entry(name(row).to_owned()).or_default().push(row);
        }
        groups.into_iter().map(|(name, rows)| (name, sum(rows.into_iter(), csat_bands))).collect()
    };
    let mut report = SurveyReport {
        csat: of(SurveyKind::Csat.as_str(), csat_bands),
        effort: of(SurveyKind::Effort.as_str(), NPS_BANDS),
        nps: of(SurveyKind::Nps.as_str(), NPS_BANDS),
        exit: of(SurveyKind::Exit.as_str(), NPS_BANDS),
        exit_reasons: BTreeMap::new(),
        csat_by: GroupBy {
            tier: by(|row| &row.tier),
            channel: by(|row| &row.channel),
            category: by(|row| &row.category),
        },
        actions: Vec::new(),
    };
    // Five steps of ease have no promoters; only their mean says something.
    report.effort =
        SurveyFigures { promoters: 0, passives: 0, detractors: 0, net_promoter_score: None, ..report.effort };
    for row in rows {
        if let Some(reason) = row.reason {
            *report.exit_reasons.entry(reason.as_str().to_owned()).or_default() += row.count;
        }
    }
    report.csat.meets_target = report.csat.average_hundredths.map(|mean| mean >= surveys.csat_target.get());
    report.effort.meets_target = report.effort.average_hundredths.map(|mean| mean >= surveys.effort_target.get());
    report.nps.meets_target = report.nps.net_promoter_score.map(|score| score >= i32::from(surveys.nps_target));
    if report.csat.average_hundredths.is_some_and(|mean| mean < surveys.csat_average_below.get()) {
        report.actions.push(SurveyAction::RatingsBelowBound);
    }
    if report.csat.asked > 0 && report.csat.response_percent < u32::from(surveys.response_rate_target) {
        report.actions.push(SurveyAction::FewAnswers);
    }
    report
}

fn sum<'a>(rows: impl Iterator<Item = &'a Tally>, bands: Bands) -> SurveyFigures {
    let mut sum = Sum::default();
    for row in rows {
        sum.add(row, bands);
    }
    sum.finish()
}

#[cfg(test)]
#[cfg(feature = "server")] // the bands and targets are a preset's
mod tests {
    use super::*;

    fn surveys() -> Surveys {
        let policy = crate::policy_file::parse(include_str!("../../../presets/school/policy.toml")).unwrap();
        policy.surveys.expect("the school asks")
    }

    fn row(kind: &str, tier: &str, score: Option<u8>, count: u32) -> Tally {
        Tally {
            kind: kind.to_owned(),
            tier: tier.to_owned(),
            channel: "widget".to_owned(),
            category: "payment".to_owned(),
            score,
            reason: None,
            answered: score.is_some(),
            count,
        }
    }

    #[test]
    fn u_a_report_says_who_answered_what_and_what_it_calls_for() {
        let rows = [
            row("csat", "free", Some(10), 2),
            row("csat", "free", Some(7), 1),
            row("csat", "paid", Some(2), 3),
            row("csat", "paid", None, 14),
            row("nps", "", Some(10), 6),
            row("nps", "", Some(8), 2),
            row("nps", "", Some(0), 2),
            row("effort", "", Some(5), 1),
            row("effort", "", Some(4), 1),
            Tally { reason: Some(ExitReason::Technical), answered: true, ..row("exit", "", None, 4) },
        ];
        let report = report(&rows, &surveys());
        let csat = &report.csat;
        assert_eq!((csat.asked, csat.answered, csat.response_percent), (20, 6, 30));
        assert_eq!((csat.promoters, csat.passives, csat.detractors), (2, 1, 3));
        assert_eq!(csat.average_hundredths, Some(550), "33 of 6");
        assert_eq!((csat.meets_target, report.actions), (Some(false), vec![SurveyAction::RatingsBelowBound]));
        assert_eq!((report.nps.net_promoter_score, report.nps.meets_target), (Some(40), Some(true)));
        assert_eq!((report.effort.average_hundredths, report.effort.meets_target), (Some(450), Some(true)));
        assert_eq!(report.effort.net_promoter_score, None, "ease has no promoters");
        assert_eq!(report.exit_reasons, BTreeMap::from([("technical".to_owned(), 4)]));
        let tiers: Vec<_> = report.csat_by.tier.iter().map(|(tier, of)| (tier.as_str(), of.asked)).collect();
        assert_eq!(tiers, [("free", 3), ("paid", 17)]);
    }

    #[test]
    fn u_a_quiet_month_calls_for_nothing() {
        let report = report(&[], &surveys());
        assert_eq!(report, SurveyReport::default());
    }
}
