//! What readers do, as counts of a day; votes; articles that answered tickets (K4). Nothing here says who.

use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::api::VoteReason;
use buoy_shared::article::is_slug;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use serde::Serialize;

/// Milliseconds of a day.
const DAY_MILLIS: i64 = 86_400_000;
/// Days that counts are kept: a year to compare with, and a month to do so.
const KEPT_DAYS: u32 = 400;
/// Rows that one run of the cron forgets.
const FORGET_MAX: u32 = 1_000;
/// Different searches without results that a site keeps. Those of which nobody heard lately go first, then the ones that were
/// not repeated.
const GAPS_MAX: u32 = 500;
/// Days that such words stand before others that were said more often, but not lately.
const GAPS_LATE_DAYS: i64 = 30;
/// Days after which they are forgotten as soon as the site hears of another, whether there is room or not.
const GAPS_KEPT_DAYS: i64 = 90;
/// Articles of one answer that are noted.
const CITED_MAX: usize = 10;

/// The day of an instant, in days since 1970.
pub(crate) fn day(at: Timestamp) -> u32 {
    u32::try_from(at.as_millis().div_euclid(DAY_MILLIS)).unwrap_or_default()
}

/// So many of a kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Tally {
    pub(crate) kind: &'static str,
    pub(crate) locale: String,
    pub(crate) slug: String,
    pub(crate) place: u32,
}

/// Adds to the counts of a day. What concerns an article counts only if the site has it published.
pub(crate) fn count(site: &SiteId, tallies: &[(Tally, u32)], now: Timestamp) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO kb_counts (site_id, day, kind, locale, slug, place, count) \
         SELECT ?1, ?2, json_extract(value, '$[0].kind'), json_extract(value, '$[0].locale'), json_extract(value, '$[0].slug'), json_extract(value, '$[0].place'), json_extract(value, '$[1]') \
         FROM json_each(?3) WHERE json_extract(value, '$[0].slug') = '' \
         OR EXISTS (SELECT 1 FROM articles a WHERE a.site_id = ?1 AND a.slug = json_extract(value, '$[0].slug') AND a.published = 1) \
         ON CONFLICT (site_id, day, kind, locale, slug, place) DO UPDATE SET count = count + excluded.count",
    )
    .site(site)
    .number(day(now))
    .text(&serde_json::to_string(tallies)?))
}

/// Notes searches that found nothing, already redacted, and keeps as many as the limit allows.
pub(crate) fn note_gaps(
    site: &SiteId,
    locale: &str,
    queries: &[String],
    now: Timestamp,
) -> Result<[Query; 2], ApiError> {
    let note = Query::new(
        "INSERT INTO kb_gaps (site_id, locale, query, count, last_at) SELECT ?1, ?2, value, 1, ?4 FROM json_each(?3) WHERE true \
         ON CONFLICT (site_id, locale, query) DO UPDATE SET count = count + 1, last_at = ?4",
    )
    .site(site)
    .text(locale)
    .text(&serde_json::to_string(queries)?)
    .time(now);
    let forget = Query::new(
        "DELETE FROM kb_gaps WHERE site_id = ?1 AND (last_at < ?3 OR (locale, query) IN \
         (SELECT locale, query FROM kb_gaps WHERE site_id = ?1 ORDER BY last_at >= ?4 DESC, count DESC, last_at DESC LIMIT 100 OFFSET ?2))",
    )
    .site(site)
    .number(GAPS_MAX)
    .time(now.plus_millis(-GAPS_KEPT_DAYS * DAY_MILLIS))
    .time(now.plus_millis(-GAPS_LATE_DAYS * DAY_MILLIS));
    Ok([note, forget])
}

/// One visitor's vote.
pub(crate) struct Ballot<'a> {
    pub(crate) locale: &'a str,
    pub(crate) slug: &'a str,
    /// Tells visitors of this article apart, and nothing else.
    pub(crate) voter: &'a str,
    pub(crate) helpful: bool,
    pub(crate) reason: Option<VoteReason>,
}

/// Counts a vote, or replaces the voter's earlier one; false when there is no such published article.
pub(crate) async fn vote(db: &Db, site: &SiteId, ballot: &Ballot<'_>, now: Timestamp) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO article_votes (site_id, locale, slug, vote_id, helpful, created_at, reason) \
         SELECT site_id, locale, slug, ?4, ?5, ?6, ?7 FROM articles WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 AND published = 1 \
         ON CONFLICT (site_id, locale, slug, vote_id) DO UPDATE SET helpful = ?5, created_at = ?6, reason = ?7 RETURNING vote_id AS j",
    )
    .site(site)
    .text(ballot.locale)
    .text(ballot.slug)
    .text(ballot.voter)
    .flag(ballot.helpful)
    .time(now)
    .maybe_text(ballot.reason.map(VoteReason::as_str));
    Ok(db.run(query).await?.first_text().is_some())
}

/// Notes the articles that an answer links to; nothing when it links to none.
pub(crate) fn cite(site: &SiteId, ticket: &TicketId, body: &str, now: Timestamp) -> Result<Option<Query>, ApiError> {
    let cited: Vec<&str> = cited_slugs(body);
    if cited.is_empty() {
        return Ok(None);
    }
    let query = Query::new(
        "INSERT OR IGNORE INTO ticket_articles (site_id, ticket_id, slug, created_at) SELECT ?1, ?2, value, ?4 FROM json_each(?3) \
         WHERE EXISTS (SELECT 1 FROM articles a WHERE a.site_id = ?1 AND a.slug = value AND a.published = 1)",
    );
    Ok(Some(query.site(site).text(ticket.as_str()).text(&serde_json::to_string(&cited)?).time(now)))
}

/// The names after `/help/` in a text.
fn cited_slugs(body: &str) -> Vec<&str> {
    let after = body.split("/help/").skip(1);
    let slug =
        |text: &str| text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')).unwrap_or(text.len());
    after.filter_map(|text| text.get(..slug(text))).filter(|slug| is_slug(slug)).take(CITED_MAX).collect()
}

/// Forgets counts that nobody compares with any more.
pub(crate) fn forget_old(now: Timestamp) -> Query {
    // site-free: retention looks at every site's rows alike
    Query::new(
        "DELETE FROM kb_counts WHERE (site_id, day, kind, locale, slug, place) IN \
         (SELECT site_id, day, kind, locale, slug, place FROM kb_counts WHERE day < ?1 ORDER BY day LIMIT ?2)",
    )
    .number(day(now).saturating_sub(KEPT_DAYS))
    .number(FORGET_MAX)
}
