//! News for those who subscribed to the public status: who asked is asked back, and who confirmed is told.

use crate::channels::{self, chance};
use crate::error::ApiError;
use crate::handlers::page_words;
use crate::platform::Clock;
use crate::store::subscribers::{self, Subscriber, Taken};
use crate::store::{Db, Query};
use buoy_shared::api::DestinationKind;
use buoy_shared::delivery::event::Happening;
use buoy_shared::delivery::guard;
use buoy_shared::delivery::payload::{Target, request};
use buoy_shared::delivery::schedule::next_attempt;
use buoy_shared::delivery::verdict::Verdict;
use buoy_shared::id::{SiteId, SubscriberId};
use buoy_shared::public_page::PublicSite;
use buoy_shared::secret::Secret;
use buoy_shared::status_page::{Mail, News, challenge, confirmation, leave_link, news_mail};
use buoy_shared::time::Timestamp;
use futures_util::future::join_all;
use worker::Env;

/// Requests that are under way at once: the platform opens six connections, and the database needs one.
const AT_ONCE_MAX: usize = 5;
/// Pieces of news of one run: with its deliveries and calls a run stays below the platform's 1,000 requests.
const SENT_A_RUN_MAX: usize = 200;
/// How long a run goes on taking, in seconds.
const RUN_SECONDS_MAX: i64 = 20;

/// Mails first: a webhook of somebody's own may be as slow as it likes.
const IN_ORDER: [&str; 2] = ["email", "webhook"];

/// The site that a mail to somebody speaks for. It is named in every address, so that those hold whichever site is the
/// installation's own.
fn site_of(of: &Subscriber) -> PublicSite<'_> {
    PublicSite {
        id: of.site.as_str(),
        is_default: false,
        name: &of.name,
        locale: &of.locale,
        locales: &[],
        default_locale: &of.locale,
        origin: &of.origin,
        style_hash: "",
        words: page_words::carried(&of.locale),
    }
}

/// Asks the owner of an address whether they want to hear of news: by a mail with a link, or a challenge for a webhook,
/// which says it back. Who confirmed meanwhile is not asked.
pub(super) async fn ask(env: &Env, db: &Db, site: &SiteId, id: &SubscriberId, now: Timestamp) -> Result<(), ApiError> {
    let Some(asked) = subscribers::waiting(db, site, id).await? else { return Ok(()) };
    let public = site_of(&asked);
    let Some(secret) = &asked.secret else {
        let Mail { subject, text } = confirmation(&public, &asked.code);
        return channels::mail(env, &asked.address, &subject, &text, None).await.map_err(ApiError::internal);
    };
    if guard::check(&asked.address, channels::settings(env).loopback).is_err() {
        return Ok(());
    }
    let seconds = now.as_millis().div_euclid(1_000);
    let outgoing = challenge(&public, &asked.address, (id.as_str(), &asked.code), secret.reveal(), seconds);
    // Whoever subscribed is there and may ask again. To try again by ourselves would let a stranger keep others waiting
    // with addresses that never answer.
    let Ok(answer) = channels::send(env, &outgoing, true).await else { return Ok(()) };
    // Whoever takes anything that comes has not said that they want this.
    let says_so = (200..300).contains(&answer.status) && answer.body.contains(&asked.code);
    if says_so { subscribers::confirm(db, site, &asked.code, now).await.map(drop) } else { Ok(()) }
}

/// The cron's part: everything that is due, as far as one run may go.
pub(super) async fn sweep(env: &Env, db: &Db, clock: Clock) -> Result<(), ApiError> {
    let until = clock.seconds() + RUN_SECONDS_MAX;
    let mut sent = 0;
    for by in IN_ORDER {
        while sent < SENT_A_RUN_MAX && clock.seconds() < until {
            let taken = subscribers::take(db, by, None, clock.now()).await?;
            if taken.is_empty() {
                break;
            }
            sent += taken.len();
            send_all(env, db, &taken, clock).await?;
        }
    }
    Ok(())
}

/// The first readers of one event, right after it happened.
pub(super) async fn event(env: &Env, db: &Db, site: &SiteId, event: &str, clock: Clock) -> Result<(), ApiError> {
    for by in IN_ORDER {
        let taken = subscribers::take(db, by, Some((site, event)), clock.now()).await?;
        send_all(env, db, &taken, clock).await?;
    }
    Ok(())
}

async fn send_all(env: &Env, db: &Db, taken: &[Taken], clock: Clock) -> Result<(), ApiError> {
    for few in taken.chunks(AT_ONCE_MAX) {
        let now = clock.now();
        let verdicts = join_all(few.iter().map(|taken| send(env, taken, now))).await;
        let now = clock.now();
        let settled = few.iter().zip(verdicts).map(|(taken, verdict)| settle(taken, verdict, now));
        db.batch(settled.collect()).await?;
    }
    Ok(())
}

/// Sends one piece of news.
async fn send(env: &Env, taken: &Taken, now: Timestamp) -> Verdict {
    let to = &taken.to;
    let Some(secret) = to.secret.as_ref().map(Secret::reveal) else {
        let Some(Mail { subject, text }) = mail_of(taken) else { return Verdict::Refused };
        let leave = leave_link(&site_of(to), &to.code);
        return match channels::mail(env, &to.address, &subject, &text, Some(&leave)).await {
            Ok(()) => Verdict::Delivered,
            Err(_) => Verdict::Retry { asked: None },
        };
    };
    let settings = channels::settings(env);
    if guard::check(&to.address, settings.loopback).is_err() {
        return Verdict::Gone;
    }
    let happening =
        Happening { id: taken.event.clone(), kind: taken.kind, at: taken.happened_at.into(), data: taken.data.clone() };
    let target = Target {
        kind: DestinationKind::Webhook,
        address: &to.address,
        secrets: &[secret],
        project: None,
        locale: &to.locale,
        topic: None,
    };
    let seconds = now.as_millis().div_euclid(1_000);
    let Some(outgoing) = request(&target, &happening, &settings.bases(String::new()), seconds) else {
        return Verdict::Refused;
    };
    match channels::send(env, &outgoing, false).await {
        Ok(answer) => answer.verdict(target.kind, now),
        Err(_) => Verdict::Retry { asked: None },
    }
}

fn mail_of(taken: &Taken) -> Option<Mail> {
    let told = taken.data.incident.as_ref()?;
    let work = taken.work.as_ref();
    let news = News {
        id: &told.id,
        title: &told.title,
        status: &told.status,
        // Of planned work the newest that was said: readers are told of what is so now.
        body: work.map_or(told.body.as_str(), |work| work.body.as_deref().unwrap_or_default()),
        between: work.map(|work| (work.from.into(), work.until.into())),
    };
    Some(news_mail(&site_of(&taken.to), &news, &taken.to.code))
}

/// What becomes of it. Whoever does not answer a webhook for days is not called any more; that mail cannot be sent may be
/// the sender's own fault.
fn settle(taken: &Taken, verdict: Verdict, now: Timestamp) -> Query {
    let is_webhook = taken.to.secret.is_some();
    let again = match verdict {
        Verdict::Retry { asked } => next_attempt(taken.attempts, asked, chance(), now),
        _ => None,
    };
    match (verdict, again) {
        (_, Some(at)) => subscribers::postpone(taken, at),
        (Verdict::Gone | Verdict::Retry { .. }, None) if is_webhook => {
            subscribers::remove(&taken.to.site, &taken.to.id)
        }
        _ => subscribers::done(taken),
    }
}
