//! Figures of the desk (D): what stands now, and what happened in a period.

use super::{Db, Query, Rows};
use crate::error::ApiError;
use buoy_shared::api::{CsatFigures, Durations, MISSED_NUMBERS_MAX, SlaFigures, Stats};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A period, its end excluded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

#[derive(Debug, Deserialize)]
struct NowRow {
    by_status: BTreeMap<String, u32>,
    first_response_overdue: u32,
    open_incidents: u32,
}

#[derive(Debug, Deserialize)]
struct CreatedRow {
    new: u32,
    reopened: u32,
    escalated: u32,
    automated: u32,
    met: u32,
    missed: u32,
    missed_tickets: Vec<u32>,
}

#[derive(Debug, Deserialize)]
struct DurationsRow {
    count: u32,
    median: Option<f64>,
    average: Option<f64>,
}

impl From<DurationsRow> for Durations {
    fn from(row: DurationsRow) -> Self {
        Self { count: row.count, median_minutes: row.median.map(minutes), average_minutes: row.average.map(minutes) }
    }
}

/// Milliseconds to whole minutes.
fn minutes(millis: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
    let minutes = (millis / 60_000.0).round() as u32;
    minutes
}

#[derive(Debug, Deserialize)]
struct CsatRow {
    count: u32,
    sum: u32,
    promoters: u32,
    detractors: u32,
}

fn now_query(site: &SiteId, now: Timestamp) -> Query {
    Query::new(
        "SELECT json_object(\
         'by_status', (SELECT json_group_object(status, n) FROM (SELECT status, count(*) AS n FROM tickets WHERE site_id = ?1 GROUP BY status)), \
         'first_response_overdue', (SELECT count(*) FROM tickets WHERE site_id = ?1 AND status IN ('open', 'in_progress') \
         AND first_responded_at IS NULL AND first_response_due_at < ?2), \
         'open_incidents', (SELECT count(*) FROM incidents WHERE site_id = ?1 AND resolved_at IS NULL)) AS j",
    )
    .site(site)
    .time(now)
}

/// Tickets that were created in the period. A promise that was missed shows in the mark the clock set, or in the times.
fn created_query(site: &SiteId, period: Period) -> Query {
    Query::new(
        "WITH p AS (SELECT number, reopened, escalated_at, auto_answer_outcome, first_responded_at, status, \
         (breached = 1 OR first_responded_at > first_response_due_at) AS missed \
         FROM tickets WHERE site_id = ?1 AND created_at >= ?2 AND created_at < ?3 AND merged_into IS NULL) \
         SELECT json_object('new', count(*), 'reopened', coalesce(sum(reopened > 0), 0), 'escalated', count(escalated_at), \
         'automated', coalesce(sum(auto_answer_outcome = 'accepted' AND first_responded_at IS NULL), 0), 'missed', coalesce(sum(coalesce(missed, 0)), 0), \
         'met', coalesce(sum(coalesce(missed, 0) = 0 AND (first_responded_at IS NOT NULL OR status IN ('solved', 'closed'))), 0), \
         'missed_tickets', (SELECT json_group_array(number) FROM (SELECT number FROM p WHERE missed = 1 ORDER BY number LIMIT ?4))) AS j FROM p",
    )
    .site(site)
    .time(period.from)
    .time(period.to)
    .number(u32::try_from(MISSED_NUMBERS_MAX).unwrap_or(u32::MAX))
}

/// The statement for a set of durations: the middle one is the mean of the two in the middle of an even number.
macro_rules! durations {
    ($selection:literal) => {
        concat!(
            "WITH d AS (SELECT took, row_number() OVER (ORDER BY took) AS place, count(*) OVER () AS n FROM (",
            $selection,
            ")) SELECT json_object('count', count(*), 'average', avg(took), \
             'median', avg(CASE WHEN place IN ((n + 1) / 2, (n + 2) / 2) THEN took END)) AS j FROM d"
        )
    };
}

fn response_query(site: &SiteId, period: Period) -> Query {
    Query::new(durations!(
        "SELECT first_responded_at - created_at AS took FROM tickets WHERE site_id = ?1 AND created_at >= ?2 AND created_at < ?3 \
         AND first_responded_at IS NOT NULL"
    ))
    .site(site)
    .time(period.from)
    .time(period.to)
}

fn resolution_query(site: &SiteId, period: Period) -> Query {
    Query::new(durations!(
        "SELECT solved_at - created_at AS took FROM tickets WHERE site_id = ?1 AND solved_at >= ?2 AND solved_at < ?3"
    ))
    .site(site)
    .time(period.from)
    .time(period.to)
}

/// How content customers were; a rating without a name counts from the first moment of its day, since it bears no other.
fn csat_query(site: &SiteId, period: Period) -> Query {
    Query::new(
        "SELECT json_object('count', count(*), 'sum', coalesce(sum(rating), 0), 'promoters', coalesce(sum(rating >= 9), 0), \
         'detractors', coalesce(sum(rating <= 6), 0)) AS j FROM (\
         SELECT rating FROM tickets WHERE site_id = ?1 AND rated_at >= ?2 AND rated_at < ?3 \
         UNION ALL SELECT score FROM nameless_ratings WHERE site_id = ?1 AND rated_on >= ?2 AND rated_on < ?3)",
    )
    .site(site)
    .time(period.from)
    .time(period.to)
}

/// A site's figures.
pub(crate) async fn stats(db: &Db, site: &SiteId, period: Period, now: Timestamp) -> Result<Stats, ApiError> {
    let results = db
        .batch(vec![
            now_query(site, now),
            created_query(site, period),
            response_query(site, period),
            resolution_query(site, period),
            csat_query(site, period),
        ])
        .await?;
    let standing: NowRow = row(&results, 0)?;
    let created: CreatedRow = row(&results, 1)?;
    let resolution: DurationsRow = row(&results, 3)?;
    let csat: CsatRow = row(&results, 4)?;
    let count = |status: &str| standing.by_status.get(status).copied().unwrap_or(0);
    Ok(Stats {
        open: count("open") + count("in_progress"),
        pending: count("pending"),
        by_status: standing.by_status,
        first_response_overdue: standing.first_response_overdue,
        open_incidents: standing.open_incidents,
        from: period.from,
        to: period.to,
        new: created.new,
        solved: resolution.count,
        reopened: created.reopened,
        escalated: created.escalated,
        first_response: row::<DurationsRow>(&results, 2)?.into(),
        resolution: resolution.into(),
        sla: SlaFigures { met: created.met, missed: created.missed, missed_tickets: created.missed_tickets },
        automation_percent: (created.automated * 100).checked_div(created.new).unwrap_or(0),
        csat: CsatFigures {
            count: csat.count,
            average_hundredths: (csat.sum * 100).checked_div(csat.count),
            promoters: csat.promoters,
            detractors: csat.detractors,
        },
    })
}

fn row<T: serde::de::DeserializeOwned>(results: &[Rows], place: usize) -> Result<T, ApiError> {
    results.get(place).map(Rows::first).transpose()?.flatten().ok_or_else(|| ApiError::internal("figures gave no row"))
}
