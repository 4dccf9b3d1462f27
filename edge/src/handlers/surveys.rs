//! What customers are asked (U); a ticket's rating is given at the ticket.

use super::agent_tickets::period_of;
use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::store::{Db, sites, surveys, tickets};
use buoy_shared::api::{Role, SurveyOptOut, SurveyReceipt, Surveys};
use buoy_shared::id::{CustomerId, SiteId};
use buoy_shared::policy;
use buoy_shared::survey::{self, History, NewSurvey, SurveyDraft, SurveyKind};
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode};
use buoy_shared::time::Timestamp;

/// `GET surveys/`: the one question that may be put now.
pub(crate) async fn list_surveys(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let db = cx.db(&token.site)?;
    let caller = tickets::caller(&db, &token, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    let past = surveys::past(&db, &token.site, &caller.customer_id).await?;
    let asks = caller.site.policy.surveys.as_ref();
    let due = asks.and_then(|asks| {
        let history = past.history();
        let unrated = history.unrated.filter(|_| asks.csat_after_solved);
        survey::due(&History { unrated, ..history }, asks.nps_every_months, cx.now)
    });
    Reply::ok(&Surveys { due, opted_out: past.history().opted_out, exit_asked: past.exit_asked() })
}

/// `POST surveys/`: that a question was shown, an answer, or that it was waved away. The same again is the same, and so is
/// silence after an answer; another answer to a question that was answered is refused.
pub(crate) async fn answer_survey(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let draft: SurveyDraft = request.json(BODY_BYTES_MAX)?.value;
    let survey = NewSurvey::check(&draft)?;
    let db = cx.db(&token.site)?;
    let caller = tickets::caller(&db, &token, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    let Some(asks) = &caller.site.policy.surveys else {
        return Err(ApiError::conflict("this site asks no surveys"));
    };
    let asked = surveys::Asked {
        site: &token.site,
        customer: &caller.customer_id,
        tier: &caller.tier,
        survey: &survey,
        put_at: put_at(cx, &db, &token.site, &caller.customer_id, survey.kind, asks).await?,
        now: cx.now,
    };
    if let Some(ticket) = &survey.ticket
        && !surveys::is_solved(&db, &asked, ticket).await?
    {
        return Err(ApiError::field("ticket", FieldCode::UnknownValue, "there is no such solved ticket of yours"));
    }
    let receipt = SurveyReceipt { kind: survey.kind, answered: survey.is_answered() };
    if let (SurveyKind::Csat, Some(ticket)) = (survey.kind, &survey.ticket) {
        surveys::wave_rating_away(&db, &asked, ticket).await?;
        return Reply::created(&receipt);
    }
    if surveys::is_repeated(&db, &asked).await? || surveys::keep(&db, &asked).await? {
        return Reply::created(&receipt);
    }
    // Whoever was erased while they answered is nobody any more.
    tickets::caller(&db, &token, cx.now).await?;
    if survey.is_answered() { Err(ApiError::conflict("this was answered already")) } else { Reply::created(&receipt) }
}

/// When the question was put: a recommendation that may not be asked again is the one that was asked last, else now.
async fn put_at(
    cx: &Cx,
    db: &Db,
    site: &SiteId,
    customer: &CustomerId,
    kind: SurveyKind,
    asks: &policy::Surveys,
) -> Result<Timestamp, ApiError> {
    if kind != SurveyKind::Nps {
        return Ok(cx.now);
    }
    let last = surveys::past(db, site, customer).await?.history().last_nps_at;
    if survey::nps_may_be_asked(last, asks.nps_every_months, cx.now) {
        return Ok(cx.now);
    }
    last.ok_or_else(|| ApiError::conflict("this site asks nobody for a recommendation"))
}

/// `PUT surveys/opt_out/`.
pub(crate) async fn put_opt_out(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let wish: SurveyOptOut = request.json(BODY_BYTES_MAX)?.value;
    let db = cx.db(&token.site)?;
    let caller = tickets::caller(&db, &token, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    surveys::opt_out(&db, &token.site, &caller.customer_id, wish.opted_out).await?;
    Reply::ok(&wish)
}

/// Days of a report whose period is not named: too few answer in a day to say anything.
const REPORT_DAYS: i64 = 30;

/// `GET agent/surveys/report/`. A site whose policy asks nothing has an empty report.
pub(crate) async fn get_report(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let period = period_of(cx, REPORT_DAYS)?;
    let db = cx.db(&agent.site_id)?;
    let rows = surveys::tallies(&db, &agent.site_id, period).await?;
    let site = sites::find(&db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
    let asks = site.policy.surveys.as_ref();
    Reply::ok(&asks.map(|asks| survey::report(&rows, asks)).unwrap_or_default())
}
