//! The team's answers by mail, to whoever left an address with their ticket (C2). Only what a person of the team wrote is
//! mailed, and nothing by itself: anybody may leave anybody's address.

use crate::channels;
use crate::error::ApiError;
use crate::handlers::page_words;
use crate::store::{Db, answer_mails};
use buoy_shared::id::{MessageId, SiteId, TicketId};
use buoy_shared::status_page::Mail;
use buoy_shared::ticket::{MailedAnswer, answer_mail, may_be_mailed};
use buoy_shared::time::Timestamp;
use worker::Env;

/// How long an address that had its share of an hour is left in peace, in seconds.
const PEACE_SECONDS: u32 = 600;

/// Mails an answer, once. Without a mail service there is nothing to do, now or later.
pub(super) async fn send(
    env: &Env,
    db: &Db,
    site: &SiteId,
    (ticket, message): (&TicketId, &MessageId),
    now: Timestamp,
) -> Result<(), ApiError> {
    if !channels::mails(env) {
        return Ok(());
    }
    let Some(found) = answer_mails::unmailed(db, site, (ticket, message), now).await? else { return Ok(()) };
    if !may_be_mailed(&found.email, &channels::settings(env).email_from) {
        return Ok(());
    }
    if found.is_one_too_many() {
        return Err(ApiError::rate_limited(PEACE_SECONDS));
    }
    let answer = MailedAnswer {
        number: found.number,
        subject: &found.subject,
        body: &found.body,
        author: found.author.as_deref(),
        site: &found.site,
        page: found.page.as_deref(),
        origins: &found.origins,
    };
    let Mail { subject, text } = answer_mail(&answer, page_words::carried(&found.locale));
    if !answer_mails::claim(db, site, ticket, message, now).await? {
        return Ok(());
    }
    if let Err(why) = channels::mail(env, &found.email, &subject, &text, None).await {
        answer_mails::unclaim(db, site, message).await?;
        return Err(ApiError::internal(why));
    }
    Ok(())
}
