//! The weekly review of the knowledge base (K5): what readers do, and what to write, mend and shorten next.

use super::figures::Period;
use super::measurement::day;
use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::api::{KbFigures, LONG_WORDS, PLACE_MAX, REPORT_LIST_MAX, STALE_DAYS, VOTES_MIN};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use buoy_shared::topics::repeated_topics;
use serde::Deserialize;

/// Tickets of the period whose subjects are compared.
const SUBJECTS_MAX: u32 = 1_000;

#[derive(Debug, Default, Deserialize)]
struct FiguresRow {
    search: u32,
    no_result: u32,
    click: u32,
    view: u32,
    deflected: u32,
    abandoned: u32,
    yes: u32,
    no: u32,
    solved: u32,
    solved_by_article: u32,
    articles: u32,
}

fn figures_query(site: &SiteId, period: Period) -> Query {
    Query::new(
        "WITH c AS (SELECT kind, sum(count) AS n FROM kb_counts WHERE site_id = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY kind), \
         v AS (SELECT coalesce(sum(helpful), 0) AS yes, count(*) AS n FROM article_votes WHERE site_id = ?1 AND created_at >= ?4 AND created_at < ?5), \
         s AS (SELECT ticket_id FROM tickets WHERE site_id = ?1 AND solved_at >= ?4 AND solved_at < ?5 AND status IN ('solved', 'closed')) \
         SELECT json_object('search', coalesce((SELECT n FROM c WHERE kind = 'search'), 0), 'no_result', coalesce((SELECT n FROM c WHERE kind = 'no_result'), 0), \
         'click', coalesce((SELECT n FROM c WHERE kind = 'click'), 0), 'view', coalesce((SELECT n FROM c WHERE kind = 'view'), 0), \
         'deflected', coalesce((SELECT n FROM c WHERE kind = 'deflected'), 0), 'abandoned', coalesce((SELECT n FROM c WHERE kind = 'abandoned'), 0), \
         'yes', (SELECT yes FROM v), 'no', (SELECT n - yes FROM v), 'solved', (SELECT count(*) FROM s), \
         'solved_by_article', (SELECT count(*) FROM s WHERE EXISTS (SELECT 1 FROM ticket_articles t WHERE t.site_id = ?1 AND t.ticket_id = s.ticket_id)), \
         'articles', (SELECT count(*) FROM articles WHERE site_id = ?1 AND published = 1)) AS j",
    )
    .site(site)
    .number(day(period.from))
    .number(day(period.to.plus_millis(-1)))
    .time(period.from)
    .time(period.to)
}

fn places_query(site: &SiteId, period: Period) -> Query {
    Query::new(
        "SELECT json_array(place, sum(count)) AS j FROM kb_counts WHERE site_id = ?1 AND day BETWEEN ?2 AND ?3 AND kind = 'click' AND place > 0 \
         GROUP BY place ORDER BY place",
    )
    .site(site)
    .number(day(period.from))
    .number(day(period.to.plus_millis(-1)))
}

/// Words that found nothing in the period, or found nothing then and since: of each there is one row with its latest time, so
/// that those which are asked for week after week would be missing from every past week if the period's end counted.
fn gaps_query(site: &SiteId, period: Period) -> Query {
    Query::new(
        "SELECT json_object('query', query, 'locale', locale, 'count', count, 'last_at', strftime('%Y-%m-%dT%H:%M:%fZ', last_at / 1000.0, 'unixepoch')) AS j FROM kb_gaps \
         WHERE site_id = ?1 AND last_at >= ?2 ORDER BY count DESC, last_at DESC, query LIMIT ?3",
    )
    .site(site)
    .time(period.from)
    .number(REPORT_LIST_MAX)
}

fn subjects_query(site: &SiteId, period: Period) -> Query {
    Query::new(
        "SELECT json_array(locale, subject) AS j FROM tickets INDEXED BY tickets_by_change WHERE site_id = ?1 AND updated_at >= ?2 \
         AND created_at >= ?2 AND created_at < ?3 ORDER BY updated_at DESC LIMIT ?4",
    )
    .site(site)
    .time(period.from)
    .time(period.to)
    .number(SUBJECTS_MAX)
}

/// Published articles with their counts: whatever list is made of them, it is one statement. Votes are those since the text last
/// changed: what people thought of another text says nothing of this one.
macro_rules! notes_sql {
    ($rest:literal) => {
        concat!(
            "WITH n AS (SELECT a.slug, a.locale, a.title, a.minutes, a.words, a.updated_at, \
             coalesce((SELECT sum(count) FROM kb_counts c WHERE c.site_id = ?1 AND c.day BETWEEN ?2 AND ?3 AND c.kind = 'view' \
             AND c.locale = a.locale AND c.slug = a.slug), 0) AS views, coalesce(v.yes, 0) AS yes, coalesce(v.no, 0) AS no, \
             (SELECT reason FROM article_votes r WHERE r.site_id = ?1 AND r.locale = a.locale AND r.slug = a.slug AND r.created_at >= a.updated_at AND reason IS NOT NULL \
             GROUP BY reason ORDER BY count(*) DESC, reason LIMIT 1) AS reason \
             FROM articles a LEFT JOIN (SELECT t.locale, t.slug, sum(t.helpful) AS yes, sum(1 - t.helpful) AS no FROM article_votes t \
             JOIN articles o ON o.site_id = ?1 AND o.locale = t.locale AND o.slug = t.slug AND o.updated_at <= t.created_at WHERE t.site_id = ?1 \
             GROUP BY t.locale, t.slug) v ON v.locale = a.locale AND v.slug = a.slug WHERE a.site_id = ?1 AND a.published = 1) \
             SELECT json_object('slug', slug, 'locale', locale, 'title', title, 'views', views, 'helpful_yes', yes, 'helpful_no', no, 'reason', reason, \
             'minutes', minutes, 'updated_at', strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch')) AS j FROM n ",
            $rest
        )
    };
}

fn notes(site: &SiteId, period: Period, sql: &'static str) -> Query {
    // site-free: the text of the statement is one of those below, each of which names its site
    Query::new(sql).site(site).number(day(period.from)).number(day(period.to.plus_millis(-1))).number(REPORT_LIST_MAX)
}

/// The report of a period, as the JSON of a [`buoy_shared::api::KbReport`]: the database writes the lists, they are put
/// side by side here.
pub(crate) async fn report(db: &Db, site: &SiteId, period: Period, now: Timestamp) -> Result<String, ApiError> {
    let stale = notes(site, period, notes_sql!("WHERE updated_at < ?5 ORDER BY updated_at, slug LIMIT ?4"));
    let voted_down =
        notes(site, period, notes_sql!("WHERE yes + no >= ?5 AND no > yes ORDER BY no - yes DESC, slug LIMIT ?4"));
    let too_long = notes(site, period, notes_sql!("WHERE words > ?5 ORDER BY words DESC, slug LIMIT ?4"));
    let results = db
        .batch(vec![
            figures_query(site, period),
            places_query(site, period),
            subjects_query(site, period),
            gaps_query(site, period),
            stale.time(now.plus_seconds(-STALE_DAYS * 86_400)),
            voted_down.number(VOTES_MIN),
            too_long.number(LONG_WORDS),
            notes(site, period, notes_sql!("WHERE views > 0 ORDER BY views DESC, slug LIMIT ?4")),
        ])
        .await?;
    let mut results = results.into_iter();
    let mut next = || results.next().ok_or_else(|| ApiError::internal("a batch gave fewer answers than statements"));
    let figures: FiguresRow = next()?.first()?.unwrap_or_default();
    let places: Vec<(u32, u32)> = next()?.all()?;
    let subjects: Vec<(String, String)> = next()?.all()?;
    let mut parts = vec![
        ("from", serde_json::to_string(&period.from)?),
        ("to", serde_json::to_string(&period.to)?),
        ("figures", serde_json::to_string(&figures_of(&figures))?),
        ("clicks_by_place", serde_json::to_string(&by_place(&places))?),
        ("repeated_tickets", serde_json::to_string(&repeated_topics(&subjects, REPORT_LIST_MAX as usize))?),
    ];
    for name in ["no_result", "stale", "voted_down", "too_long", "most_read"] {
        parts.push((name, format!("[{}]", next()?.into_texts().join(","))));
    }
    let parts: Vec<String> = parts.into_iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
    Ok(format!("{{{}}}", parts.join(",")))
}

/// How often each place was clicked, from the first to the last that was.
fn by_place(places: &[(u32, u32)]) -> Vec<u32> {
    let last = places.iter().map(|(place, _)| *place).max().unwrap_or_default().min(PLACE_MAX);
    (1..=last).map(|place| places.iter().filter(|(at, _)| *at == place).map(|(_, count)| count).sum()).collect()
}

fn figures_of(row: &FiguresRow) -> KbFigures {
    let percent = |part: u32, whole: u32| (whole > 0).then(|| rounded(f64::from(part) * 100.0 / f64::from(whole)));
    let votes = row.yes + row.no;
    KbFigures {
        searches: row.search + row.no_result,
        searches_without_result: row.no_result,
        clicks: row.click,
        click_through_percent: percent(row.click, row.search + row.no_result),
        views: row.view,
        helpful_yes: row.yes,
        helpful_no: row.no,
        helpful_score: (votes > 0).then(|| rounded(f64::from(row.yes) * 5.0 / f64::from(votes))),
        deflected: row.deflected,
        abandoned: row.abandoned,
        solved: row.solved,
        solved_by_article: row.solved_by_article,
        solved_by_article_percent: percent(row.solved_by_article, row.solved),
        articles: row.articles,
    }
}

/// To one decimal, which is as much as such figures say.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
