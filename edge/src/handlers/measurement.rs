//! What readers do, counted without saying who (K4), and the review that follows from it (K5).

use super::agent_tickets::period_of;
use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::library;
use crate::reply::Reply;
use crate::snapshot;
use crate::store::measurement::{self, Tally};
use crate::store::page_views::{self, Reading};
use crate::store::{kb_report, staff};
use buoy_shared::api::{EVENTS_MAX, KbEvent, KbEventKind, KbEvents, PLACE_MAX, Role, SearchAnswer};
use buoy_shared::article::is_slug;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::redact::redact;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, QUERY_CHARS_MAX};
use std::collections::{BTreeMap, BTreeSet};

/// Articles suggested for a ticket: what a person looks through before answering.
const SUGGESTIONS_MAX: usize = 5;

/// `POST kb/events/`.
///
/// 1. the site, the page's origin, each event by its kind;
/// 2. equal events are added up; words that found nothing are redacted, of a page stays what kind it is;
/// 3. one batch of counts. Nothing of it says who.
pub(crate) async fn count_events(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    // 1.
    let sent: KbEvents = request.json(BODY_BYTES_MAX)?.value;
    if sent.events.len() > EVENTS_MAX {
        return Err(ApiError::field("events", FieldCode::TooLong, "at most 50 events a request"));
    }
    let unknown = || ApiError::field("site", FieldCode::UnknownValue, "there is no such site");
    let id = SiteId::parse(&sent.site).map_err(|_| unknown())?;
    let site = snapshot::site(cx, &id).await.map_err(|_| unknown())?;
    cx.check_origin(&site.origins)?;
    let own =
        |locale: &str, other: &str| site.locale_for(Some(if locale.is_empty() { other } else { locale })).to_owned();
    let locale = own(&sent.locale, &site.default_locale);
    // 2.
    let mut tallies: BTreeMap<Tally, u32> = BTreeMap::new();
    // Words that come twice in one request are one person's, who typed them once more.
    let mut gaps = BTreeSet::new();
    let mut readings = BTreeSet::new();
    let who = super::knowledge_base::somebody(cx, request)?;
    for event in &sent.events {
        let tally = tally(event, own(&event.locale, &locale))?;
        *tallies.entry(tally).or_default() += 1;
        if event.kind == KbEventKind::View {
            readings.extend(Reading::of(&event.page, &event.slug, &who));
        }
        if event.kind == KbEventKind::NoResult {
            let query: String = event.query.chars().take(QUERY_CHARS_MAX).collect();
            gaps.insert(redact(&query));
        }
    }
    let gaps: Vec<String> = gaps.into_iter().filter(|query| !query.is_empty()).collect();
    // 3.
    if tallies.is_empty() {
        return Ok(Reply::nothing());
    }
    let tallies: Vec<(Tally, u32)> = tallies.into_iter().collect();
    let mut queries = vec![measurement::count(&id, &tallies, cx.now)?];
    if !gaps.is_empty() {
        queries.extend(measurement::note_gaps(&id, &locale, &gaps, cx.now)?);
    }
    if !readings.is_empty() {
        queries.extend(page_views::count(&id, &readings, cx.now)?);
    }
    cx.db(&id)?.batch(queries).await?;
    Ok(Reply::nothing())
}

/// Of an article, what is counted is in its own language: there the report looks for it.
fn tally(event: &KbEvent, locale: String) -> Result<Tally, ApiError> {
    if event.kind.needs_article() && !is_slug(&event.slug) {
        return Err(ApiError::field("events.slug", FieldCode::Required, "a click and a view name their article"));
    }
    let place = match (event.kind, event.place) {
        (KbEventKind::Click, Some(place @ 1..)) => place.min(PLACE_MAX),
        _ => 0,
    };
    let slug = if event.kind.needs_article() { event.slug.clone() } else { String::new() };
    Ok(Tally { kind: event.kind.as_str(), locale, slug, place })
}

/// Days of a report whose period is not named: it is read every week (K5).
const REPORT_DAYS: i64 = 7;

/// `GET agent/kb/report/`.
pub(crate) async fn get_report(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    // What readers do is counted by days of UTC, so all is: today and the days before it.
    let mut period = period_of(cx, REPORT_DAYS - 1)?;
    period.from = period.from.start_of_day();
    Ok(Reply::ok_text(kb_report::report(&cx.db(&agent.site_id)?, &agent.site_id, period, cx.now).await?))
}

/// `GET agent/tickets/<ticket>/suggestions/`: what the engine finds for a ticket's subject and the customer's own words.
pub(crate) async fn suggest_articles(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let ticket = TicketId::parse(id).map_err(|_| ApiError::not_found())?;
    let limit = cx.limit()?.min(SUGGESTIONS_MAX);
    let db = cx.db(&agent.site_id)?;
    let asked = staff::asked(&db, &agent.site_id, &ticket).await?.ok_or_else(ApiError::not_found)?;
    let site = snapshot::site(cx, &agent.site_id).await?;
    let words = [asked.subject.as_str(), asked.body.as_str()].join(" ");
    // In the customer's language if it can be, else in whichever the team has written.
    let theirs = site.locale_for(Some(&asked.locale));
    let others = site.locales.iter().map(String::as_str).filter(|locale| *locale != theirs);
    let mut answer = SearchAnswer::default();
    for locale in std::iter::once(theirs).chain(others) {
        answer = library::search(cx, &agent.site_id, &site, locale, &words, limit).await?;
        if !answer.items.is_empty() {
            break;
        }
    }
    Reply::ok(&answer)
}
