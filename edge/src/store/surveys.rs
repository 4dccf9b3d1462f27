//! What customers were asked, and what they said (U).

use super::figures::Period;
use super::{Db, Millis, Query, instant};
use crate::error::ApiError;
use crate::platform;
use buoy_shared::id::{CustomerId, RequestId, SiteId, TicketId};
use buoy_shared::survey::{History, NewSurvey, SurveyKind, Tally};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Kinds, groups and scores that one report reads: all of any policy with a hundred categories.
const TALLIES_MAX: u32 = 20_000;
const DAY_MILLIS: i64 = 86_400_000;

/// What a customer was asked before.
#[derive(Deserialize)]
pub(crate) struct Past {
    known_since: Millis,
    opted_out: u8,
    last_asked_at: Option<Millis>,
    last_nps_at: Option<Millis>,
    exit_asked: u8,
    unrated: Option<Solved>,
    solved: Option<Solved>,
}

#[derive(Deserialize)]
struct Solved {
    ticket: String,
    at: Millis,
}

impl Solved {
    fn of_ticket(&self) -> (&str, Timestamp) {
        (&self.ticket, self.at.into())
    }
}

impl Past {
    /// Whether they were asked why they leave.
    pub(crate) fn exit_asked(&self) -> bool {
        self.exit_asked != 0
    }

    /// The same as the rules ask for it.
    pub(crate) fn history(&self) -> History<'_> {
        History {
            known_since: self.known_since.into(),
            opted_out: self.opted_out != 0,
            last_asked_at: instant(self.last_asked_at),
            last_nps_at: instant(self.last_nps_at),
            unrated: self.unrated.as_ref().map(Solved::of_ticket),
            solved: self.solved.as_ref().map(Solved::of_ticket),
        }
    }
}

/// A question that was put to somebody, with what they said.
pub(crate) struct Asked<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) customer: &'a CustomerId,
    pub(crate) tier: &'a str,
    pub(crate) survey: &'a NewSurvey,
    /// When it was put to them: an answer belongs to the question that they have before them.
    pub(crate) put_at: Timestamp,
    pub(crate) now: Timestamp,
}

impl Asked<'_> {
    /// What makes it the same question: the ticket, the day, or that somebody leaves only once.
    fn subject(&self) -> String {
        match self.survey.kind {
            SurveyKind::Csat | SurveyKind::Effort => self.survey.ticket.clone().unwrap_or_default(),
            SurveyKind::Nps => format!("day {}", self.put_at.as_millis().div_euclid(DAY_MILLIS)),
            SurveyKind::Exit => "exit".to_owned(),
        }
    }

    fn bind(&self, query: Query) -> Query {
        query.site(self.site).text(self.customer.as_str()).text(self.survey.kind.as_str()).text(&self.subject())
    }
}

/// What a customer was asked before, and the tickets to ask about; whoever waved a ticket's rating away is asked nothing more
/// about that one. The indexes are named, because by its own estimate SQLite
/// walks through all that was asked or solved on the site. What went through a sort is text again, hence `json`.
pub(crate) async fn past(db: &Db, site: &SiteId, customer: &CustomerId) -> Result<Past, ApiError> {
    let query = Query::new(
        "SELECT json_object('known_since', c.created_at, 'opted_out', c.surveys_off, \
         'last_asked_at', (SELECT max(asked_at) FROM surveys INDEXED BY surveys_by_customer WHERE site_id = ?1 AND customer_id = ?2), \
         'exit_asked', EXISTS (SELECT 1 FROM surveys INDEXED BY surveys_by_customer WHERE site_id = ?1 AND customer_id = ?2 AND kind = 'exit'), \
         'last_nps_at', (SELECT max(asked_at) FROM surveys INDEXED BY surveys_by_customer WHERE site_id = ?1 AND customer_id = ?2 AND kind = 'nps'), \
         'unrated', json((SELECT json_object('ticket', t.ticket_id, 'at', t.solved_at) FROM tickets t INDEXED BY tickets_by_customer \
         WHERE t.site_id = ?1 AND t.customer_id = ?2 AND t.status IN ('solved', 'closed') AND t.solved_at IS NOT NULL \
         AND t.merged_into IS NULL AND t.rating IS NULL AND t.rating_end IS NULL ORDER BY t.solved_at DESC LIMIT 1)), \
         'solved', json((SELECT json_object('ticket', t.ticket_id, 'at', t.solved_at) FROM tickets t INDEXED BY tickets_by_customer \
         WHERE t.site_id = ?1 AND t.customer_id = ?2 AND t.status IN ('solved', 'closed') AND t.solved_at IS NOT NULL \
         AND t.merged_into IS NULL AND t.rating_end IS NOT 'declined' AND NOT EXISTS (SELECT 1 FROM surveys s WHERE s.site_id = ?1 AND s.customer_id = ?2 \
         AND s.kind = 'effort' AND s.subject = t.ticket_id) ORDER BY t.solved_at DESC LIMIT 1))) AS j \
         FROM customers c WHERE c.site_id = ?1 AND c.customer_id = ?2",
    )
    .site(site)
    .text(customer.as_str());
    db.run(query).await?.first()?.ok_or_else(ApiError::unauthenticated)
}

/// Whether a ticket is the customer's own and was solved; one that goes on in another was not.
pub(crate) async fn is_solved(db: &Db, asked: &Asked<'_>, ticket: &str) -> Result<bool, ApiError> {
    let query = Query::new(
        "SELECT json_quote(ticket_id) AS j FROM tickets WHERE site_id = ?1 AND customer_id = ?2 AND ticket_id = ?3 \
         AND status IN ('solved', 'closed') AND merged_into IS NULL",
    )
    .site(asked.site)
    .text(asked.customer.as_str())
    .text(ticket);
    Ok(db.run(query).await?.first_text().is_some())
}

/// Whether this very answer is kept already: a request that comes again. Of an anonymous answer it is known only that
/// there was one.
pub(crate) async fn is_repeated(db: &Db, asked: &Asked<'_>) -> Result<bool, ApiError> {
    let survey = asked.survey;
    let said = survey.is_answered();
    let is_kept = said && !survey.anonymous;
    let query = asked
        .bind(Query::new(
            "SELECT json_quote(survey_id) AS j FROM surveys WHERE site_id = ?1 AND customer_id = ?2 AND kind = ?3 AND subject = ?4 \
             AND answered = ?5 AND score IS ?6 AND reason IS ?7 AND comment IS ?8",
        ))
        .flag(said)
        .maybe_number(survey.score.filter(|_| is_kept).map(u32::from))
        .maybe_text(survey.reason.filter(|_| is_kept).map(|reason| reason.as_str()))
        .maybe_text(survey.comment.as_deref().filter(|_| is_kept));
    Ok(db.run(query).await?.first_text().is_some())
}

/// Keeps that somebody was asked, with what they said: now, or when it was shown to them. False when the same question was
/// answered before, when it was asked before and nothing is said now, or when they were erased meanwhile.
pub(crate) async fn keep(db: &Db, asked: &Asked<'_>) -> Result<bool, ApiError> {
    let survey = asked.survey;
    let said = survey.is_answered();
    let names = |keeps: bool, query: Query| {
        query
            .maybe_number(survey.score.filter(|_| keeps).map(u32::from))
            .maybe_text(survey.reason.filter(|_| keeps).map(|reason| reason.as_str()))
            .maybe_text(survey.comment.as_deref().filter(|_| keeps))
            .text(RequestId::from_random(platform::random_16()).as_str())
            .text(asked.tier)
    };
    let is_anonymous = said && survey.anonymous;
    // An answer without a name comes first, because it asks whether there was another before.
    let nameless = asked.bind(Query::new(
        "INSERT INTO surveys (site_id, survey_id, kind, tier, category, channel, answered, score, reason, comment, asked_at) \
         SELECT ?1, ?8, ?3, ?9, coalesce((SELECT category FROM tickets WHERE site_id = ?1 AND ticket_id = ?4), ''), 'widget', 1, ?5, ?6, ?7, ?10 \
         WHERE NOT EXISTS (SELECT 1 FROM surveys WHERE site_id = ?1 AND customer_id = ?2 AND kind = ?3 AND subject = ?4 AND answered = 1) \
         AND EXISTS (SELECT 1 FROM customers WHERE site_id = ?1 AND customer_id = ?2 AND erased_at IS NULL)",
    ));
    let named = asked.bind(Query::new(
        "INSERT INTO surveys (site_id, customer_id, kind, subject, score, reason, comment, survey_id, tier, category, channel, answered, asked_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, coalesce((SELECT category FROM tickets WHERE site_id = ?1 AND ticket_id = ?4), ''), 'widget', ?11, ?10 \
         WHERE EXISTS (SELECT 1 FROM customers WHERE site_id = ?1 AND customer_id = ?2 AND erased_at IS NULL) \
         ON CONFLICT (site_id, customer_id, kind, subject) WHERE customer_id IS NOT NULL DO UPDATE \
         SET answered = 1, score = excluded.score, reason = excluded.reason, comment = excluded.comment \
         WHERE surveys.answered = 0 AND excluded.answered = 1 RETURNING json_quote(survey_id) AS j",
    ));
    let mut batch = Vec::with_capacity(2);
    if is_anonymous {
        let day = Timestamp::from_millis(asked.now.as_millis().div_euclid(DAY_MILLIS) * DAY_MILLIS);
        batch.push(names(true, nameless).time(day));
    }
    batch.push(names(said && !survey.anonymous, named).time(asked.now).flag(said));
    let results = db.batch(batch).await?;
    Ok(results.last().is_some_and(|rows| rows.first_text().is_some()))
}

/// Notes that a ticket's rating was waved away; one that was given stays.
pub(crate) async fn wave_rating_away(db: &Db, asked: &Asked<'_>, ticket: &str) -> Result<(), ApiError> {
    let query = Query::new(
        "UPDATE tickets SET rating_end = 'declined' WHERE site_id = ?1 AND customer_id = ?2 AND ticket_id = ?3 \
         AND rating IS NULL AND rating_end IS NULL",
    )
    .site(asked.site)
    .text(asked.customer.as_str())
    .text(ticket);
    db.run(query).await.map(drop)
}

/// A rating without a name, of a ticket that still has the version on which it was decided.
pub(crate) struct NamelessRating<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) ticket: &'a TicketId,
    pub(crate) version: u32,
    pub(crate) score: u8,
    pub(crate) comment: Option<&'a str>,
    pub(crate) now: Timestamp,
}

impl NamelessRating<'_> {
    /// Keeps it without customer and ticket, dated to a day; then the ticket says that it was rated, and no more. They belong
    /// in one batch with the ticket's change, before it.
    pub(crate) fn statements(&self) -> Vec<Query> {
        let of_ticket = |query: Query| query.site(self.site).text(self.ticket.as_str()).number(self.version);
        let keep = of_ticket(Query::new(
            "INSERT INTO nameless_ratings (site_id, solved_on, rated_on, rating_id, tier, category, channel, score, comment) \
             SELECT site_id, coalesce(solved_at, ?4) - coalesce(solved_at, ?4) % 86400000, ?4 - ?4 % 86400000, ?5, tier, category, origin, ?6, ?7 FROM tickets \
             WHERE site_id = ?1 AND ticket_id = ?2 AND version = ?3 AND rating IS NULL AND rating_end IS NOT 'nameless'",
        ))
        .time(self.now)
        .text(RequestId::from_random(platform::random_16()).as_str())
        .number(u32::from(self.score))
        .maybe_text(self.comment);
        let note = of_ticket(Query::new(
            "UPDATE tickets SET rating_end = 'nameless' WHERE site_id = ?1 AND ticket_id = ?2 AND version = ?3 AND rating IS NULL",
        ));
        vec![keep, note]
    }
}

/// Gives a row when a ticket was rated without a name.
pub(crate) fn rated_nameless(site: &SiteId, ticket: &str) -> Query {
    Query::new(
        "SELECT json_quote(ticket_id) AS j FROM tickets WHERE site_id = ?1 AND ticket_id = ?2 AND rating_end = 'nameless'",
    )
    .site(site)
    .text(ticket)
}

/// Notes whether a customer wants to be asked.
pub(crate) async fn opt_out(db: &Db, site: &SiteId, customer: &CustomerId, opted_out: bool) -> Result<(), ApiError> {
    let query = Query::new("UPDATE customers SET surveys_off = ?3 WHERE site_id = ?1 AND customer_id = ?2")
        .site(site)
        .text(customer.as_str())
        .flag(opted_out);
    db.run(query).await.map(drop)
}

/// What was asked and said in a period, counted by kind, group and score. An anonymous answer counts as the question that
/// it answers, not as another; a ticket that went on in another was not asked about.
pub(crate) async fn tallies(db: &Db, site: &SiteId, period: Period) -> Result<Vec<Tally>, ApiError> {
    let rows = Query::new(
        "SELECT json_object('kind', 'csat', 'tier', tier, 'channel', origin, 'category', category, 'score', rating, \
         'answered', json(iif(rating IS NULL, 'false', 'true')), 'count', count(*)) AS j FROM tickets \
         WHERE site_id = ?1 AND solved_at >= ?2 AND solved_at < ?3 AND rating_end IS NOT 'nameless' \
         AND (merged_into IS NULL OR rating IS NOT NULL) GROUP BY tier, origin, category, rating \
         UNION ALL \
         SELECT json_object('kind', 'csat', 'tier', tier, 'channel', channel, 'category', category, 'score', score, \
         'answered', json('true'), 'count', count(*)) FROM nameless_ratings \
         WHERE site_id = ?1 AND solved_on >= ?2 AND solved_on < ?3 GROUP BY tier, channel, category, score \
         UNION ALL \
         SELECT json_object('kind', kind, 'tier', tier, 'channel', channel, 'category', category, 'score', score, 'reason', reason, \
         'answered', json(iif(answered, 'true', 'false')), 'count', count(*)) FROM surveys \
         WHERE site_id = ?1 AND asked_at >= ?2 AND asked_at < ?3 \
         AND NOT (customer_id IS NOT NULL AND answered AND score IS NULL AND reason IS NULL) \
         GROUP BY kind, tier, channel, category, score, reason, answered LIMIT ?4",
    )
    .site(site)
    .time(period.from)
    .time(period.to)
    .number(TALLIES_MAX);
    db.run(rows).await?.all()
}
