//! Sends what is due: takes deliveries, sends a few at a time, notes what came of each.

use crate::channels::{self, Answer, chance};
use crate::error::ApiError;
use crate::platform::Clock;
use crate::store::Db;
use crate::store::deliveries::{self, Health, Settled, Taken};
use crate::store::topics::{self, TopicPlace};
use crate::telegram::calls::{self, Where};
use buoy_shared::api::{DeliveryState, DestinationKind};
use buoy_shared::delivery::event::Happening;
use buoy_shared::delivery::guard;
use buoy_shared::delivery::payload::{Bases, Outgoing, Target, request};
use buoy_shared::delivery::schedule::{FAILURES_TO_OPEN, next_attempt, rest_until};
use buoy_shared::delivery::verdict::Verdict;
use buoy_shared::delivery::words::words;
use buoy_shared::id::SiteId;
use buoy_shared::secret::Secret;
use buoy_shared::time::Timestamp;
use futures_util::future::join_all;
use worker::Env;

/// Requests that are under way at once: the platform opens six connections, and the database needs one.
const AT_ONCE_MAX: usize = 5;
/// Attempts after which a run takes no more. The platform takes 1,000 statements of one invocation, each of a batch for
/// itself: an attempt has two (what came of it, how its destination stands) and a third where a ticket has its topic, and
/// every dozen has two by which it is taken. With the dozens that were taken last these are 710; the news of readers has 220
/// in the same run, and the other rows of the minute have what is left.
const ATTEMPTS_A_RUN_MAX: usize = 200;
/// How long a run goes on taking, in seconds: the next one begins after sixty.
const RUN_SECONDS_MAX: i64 = 40;

/// The cron's part: everything that is due, as far as one run may go.
pub(crate) async fn sweep(env: &Env, db: &Db, clock: Clock) -> Result<(), ApiError> {
    let until = clock.seconds() + RUN_SECONDS_MAX;
    let mut attempts = 0;
    while attempts < ATTEMPTS_A_RUN_MAX && clock.seconds() < until {
        let taken = deliveries::take(db, None, clock.now()).await?;
        if taken.is_empty() {
            break;
        }
        attempts += taken.len();
        attempt_all(env, db, &taken, clock).await?;
    }
    Ok(())
}

/// The first attempt at one event, right after it happened.
pub(crate) async fn event(env: &Env, db: &Db, site: &SiteId, event: &str, now: Timestamp) -> Result<(), ApiError> {
    let taken = deliveries::take(db, Some((site, event)), now).await?;
    attempt_all(env, db, &taken, Clock::from(now)).await
}

/// What came of one attempt.
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<&'static str>,
}

impl Outcome {
    fn refused(error: &'static str) -> Self {
        Self { verdict: Verdict::Refused, status: None, error: Some(error) }
    }

    fn unknown(error: &'static str) -> Self {
        Self { verdict: Verdict::Retry { asked: None }, status: None, error: Some(error) }
    }

    /// Nothing is wrong; it is tried again.
    fn soon(error: &'static str) -> Self {
        Self { verdict: Verdict::TopicGone, status: None, error: Some(error) }
    }

    /// No topic could be made now.
    fn of_topic(error: &ApiError) -> Self {
        let asked = error.retry_after_seconds();
        Self { verdict: Verdict::Retry { asked }, status: None, error: Some("no topic could be made") }
    }

    fn of(kind: DestinationKind, answer: &Answer, now: Timestamp) -> Self {
        let verdict = answer.verdict(kind, now);
        let error = match verdict {
            Verdict::Delivered => None,
            Verdict::Retry { .. } => Some("it answered with a failure"),
            Verdict::Refused => Some("it refused"),
            Verdict::Gone => Some("it is gone"),
            Verdict::TopicGone => Some("its topic is gone"),
            Verdict::Moved { .. } => Some("it has moved"),
        };
        Self { verdict, status: Some(answer.status), error }
    }
}

/// Each signature bears the moment of its own attempt, which a receiver compares with its clock.
async fn attempt_all(env: &Env, db: &Db, taken: &[Taken], clock: Clock) -> Result<(), ApiError> {
    for few in taken.chunks(AT_ONCE_MAX) {
        let now = clock.now();
        let outcomes = join_all(few.iter().map(|taken| attempt(env, db, taken, now))).await;
        note(db, few, &outcomes, clock.now()).await?;
    }
    Ok(())
}

async fn attempt(env: &Env, db: &Db, taken: &Taken, now: Timestamp) -> Outcome {
    if taken.is_over() {
        let error = Some("what it tells was over before: nothing was sent");
        return Outcome { verdict: Verdict::Delivered, status: None, error };
    }
    let happening =
        Happening { id: taken.event.clone(), kind: taken.kind, at: taken.happened_at.into(), data: taken.data.clone() };
    try_once(env, db, &taken.site, &taken.destination, &happening, now).await
}

/// One attempt to tell a destination of something.
pub(crate) async fn try_once(
    env: &Env,
    db: &Db,
    site: &SiteId,
    destination: &crate::store::destinations::DestinationRow,
    happening: &Happening,
    now: Timestamp,
) -> Outcome {
    let settings = channels::settings(env);
    if destination.kind == DestinationKind::Email {
        let words = words(happening, &destination.locale);
        let text = if words.text.is_empty() { &words.headline } else { &words.text };
        return match channels::mail(env, &destination.address, &words.headline, text, None).await {
            Ok(()) => Outcome { verdict: Verdict::Delivered, status: None, error: None },
            Err(error) => Outcome::unknown(error),
        };
    }
    if destination.kind.has_own_address() && guard::check(&destination.address, settings.loopback).is_err() {
        return Outcome::refused("its address is not safe to call");
    }
    let bases = settings.bases(channels::variable(env, "SUPPORT_BOT_TOKEN"));
    let ticket = happening.data.ticket.as_ref().filter(|_| destination.topics != 0);
    let place = ticket.map(|ticket| TopicPlace { site, chat: &destination.address, ticket: &ticket.id });
    let topic = match (ticket, &place) {
        (Some(ticket), Some(place)) => match calls::topic(env, db, place, ticket, now).await {
            Ok(Where::Topic(topic)) => Some(topic),
            Ok(Where::Whole) => None,
            Ok(Where::Soon) => return Outcome::soon("its topic is being made"),
            Err(error) => return Outcome::of_topic(&error),
        },
        _ => None,
    };
    let Some(outgoing) = outgoing(destination, happening, &bases, topic.map(i64::from), now) else {
        return Outcome::refused("nothing can be sent there");
    };
    let outcome = match channels::send(env, &outgoing, destination.kind == DestinationKind::Telegram).await {
        Ok(answer) => Outcome::of(destination.kind, &answer, now),
        Err(error) => Outcome::unknown(error),
    };
    if let (Verdict::TopicGone, Some(place), Some(topic)) = (outcome.verdict, &place, topic)
        && let Err(error) = db.run(topics::forget_topic(place, topic)).await
    {
        worker::console_error!("a topic that is gone is not forgotten: {error:?}");
    }
    outcome
}

fn outgoing(
    destination: &crate::store::destinations::DestinationRow,
    happening: &Happening,
    bases: &Bases,
    topic: Option<i64>,
    now: Timestamp,
) -> Option<Outgoing> {
    let secrets: Vec<&str> = destination.secrets.iter().map(Secret::reveal).collect();
    let target = Target {
        kind: destination.kind,
        address: &destination.address,
        secrets: &secrets,
        project: destination.project.as_deref(),
        locale: &destination.locale,
        topic,
    };
    request(&target, happening, bases, now.as_millis().div_euclid(1_000))
}

/// Notes what came of some attempts, and how their destinations stand, as one batch.
async fn note(db: &Db, few: &[Taken], outcomes: &[Outcome], now: Timestamp) -> Result<(), ApiError> {
    let mut queries = Vec::with_capacity(few.len() * 2);
    let mut health: Vec<Health<'_>> = Vec::new();
    for (taken, outcome) in few.iter().zip(outcomes) {
        let (state, next) = standing(taken, outcome, now);
        queries.push(deliveries::settle(&Settled { taken, state, next, status: outcome.status, error: outcome.error }));
        let known = health.iter().position(|known| *known.destination == taken.destination.id);
        let at = known.unwrap_or_else(|| {
            health.push(Health {
                site: &taken.site,
                destination: &taken.destination.id,
                failures: taken.destination.failures,
                answered: false,
                failed: 0,
                asked_until: None,
                down_until: None,
                gone: None,
                moved: None,
            });
            health.len() - 1
        });
        if let Some(health) = health.get_mut(at) {
            judge_health(health, outcome.verdict, now);
        }
    }
    queries.extend(health.iter().map(|health| deliveries::note_health(health, now)));
    let gone = health.iter().filter(|health| health.gone.is_some());
    queries.extend(gone.map(|health| deliveries::lay_aside(health.site, health.destination.as_str())));
    db.batch(queries).await.map(drop)
}

fn standing(taken: &Taken, outcome: &Outcome, now: Timestamp) -> (DeliveryState, Option<Timestamp>) {
    match outcome.verdict {
        Verdict::Delivered => (DeliveryState::Delivered, None),
        Verdict::Refused | Verdict::Gone => (DeliveryState::Dead, None),
        Verdict::Moved { .. } => (DeliveryState::Pending, Some(now)),
        Verdict::Retry { asked } => again(taken, asked, now),
        Verdict::TopicGone => again(taken, None, now),
    }
}

fn again(taken: &Taken, asked: Option<u32>, now: Timestamp) -> (DeliveryState, Option<Timestamp>) {
    match next_attempt(taken.attempts, asked, chance(), now) {
        Some(at) => (DeliveryState::Pending, Some(at)),
        None => (DeliveryState::Dead, None),
    }
}

fn judge_health(health: &mut Health<'_>, verdict: Verdict, now: Timestamp) {
    match verdict {
        // It answers: what it makes of one delivery says nothing about the others.
        Verdict::Delivered | Verdict::Refused => (health.answered, health.failures, health.failed) = (true, 0, 0),
        Verdict::TopicGone => {}
        Verdict::Gone => health.gone = Some("the other side says that nothing is there any more"),
        Verdict::Moved { chat } => health.moved = Some(chat.to_string()),
        Verdict::Retry { asked } => {
            health.failures = health.failures.saturating_add(1);
            health.failed += 1;
            health.asked_until = health.asked_until.max(asked.map(|seconds| now.plus_seconds(i64::from(seconds))));
            // With what others noted meanwhile it may be down though this run knows of fewer failures.
            health.down_until = rest_until(health.failures.max(FAILURES_TO_OPEN), chance(), now);
        }
    }
}
