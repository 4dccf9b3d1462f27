//! The second of the two workers: carries news to people and programs outside, and takes in what they say. It also reads
//! what authors write and operators set up, and what a team prepares about incidents: none of it should make a page's worker
//! larger, which a visitor waits for at a cold start.
//!
//! Nobody reaches it but the [`front`](crate::front) worker, by its binding: for the routes below, which it hands on as they
//! came, and to say that there is news. Its cron finds whatever it was not told.

use crate::body::Incoming;
use crate::cx::{Cx, Part};
use crate::error::ApiError;
use crate::handlers::{
    articles, authoring, destinations, hooks, identity_keys, incident_team, on_call, operator, privacy, slack,
    subscriptions,
};
use crate::jobs::courier as jobs;
use crate::platform;
use crate::reply::Reply;
use crate::router::{self, Answer, Answering, Work, finish, is_below};
use crate::store::outbox::Entry;
use crate::telegram;
use buoy_shared::api::{RouteId, RouteMatch, find_route};
use buoy_shared::page_words::PageWords;
use buoy_shared::status_page::SUBSCRIBE_PATH;
use buoy_shared::text::BODY_BYTES_MAX;
use worker::{Context, Env, Request, Response, Result, ScheduledEvent};

/// Where the front worker says that there is news; no path of the contract, so nobody outside reaches it.
pub(crate) const NEWS_PATH: &str = "/news";

/// What this worker does.
static PART: Part = Part { answer, after_answer: jobs::after_answer, words_file: PageWords::written };

/// Answers one request of the front worker.
///
/// # Errors
/// When the platform's own calls fail; whatever else goes wrong is a problem document.
pub async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    router::serve(&PART, request, env, context).await
}

/// Runs each minute: what is due, and only that. May run twice, may be late.
pub async fn scheduled(event: ScheduledEvent, env: Env) {
    jobs::run_due(&env, platform::now_of_run(&event)).await;
}

fn answer<'a>(cx: &'a Cx, request: &'a Incoming) -> Answering<'a> {
    Box::pin(dispatch(cx, request))
}

async fn dispatch(cx: &Cx, request: &Incoming) -> std::result::Result<Answer, ApiError> {
    let path = request.path();
    if path == NEWS_PATH {
        return hear(cx, request).map(Answer::from);
    }
    if is_below(&path, SUBSCRIBE_PATH) {
        return subscriptions::serve(cx, request, &path).await.map(Answer::from);
    }
    match find_route(&router::method(request), &path) {
        RouteMatch::Found(id, parameter) => handle(cx, id, parameter.unwrap_or_default(), request).await,
        RouteMatch::WrongMethod | RouteMatch::Unknown => Err(ApiError::not_found()),
    }
}

/// Rows that were written a moment ago. The answer does not wait for what they ask for.
fn hear(cx: &Cx, request: &Incoming) -> std::result::Result<Reply, ApiError> {
    let rows: Vec<Entry> = serde_json::from_str(request.text(BODY_BYTES_MAX)?)?;
    jobs::after_answer(cx, rows);
    Ok(Reply::nothing())
}

async fn handle(cx: &Cx, id: RouteId, parameter: &str, request: &Incoming) -> std::result::Result<Answer, ApiError> {
    let work: Work<'_> = match id {
        RouteId::ListDestinations => Box::pin(destinations::list_destinations(cx, request)),
        RouteId::CreateDestination => Box::pin(destinations::create_destination(cx, request)),
        RouteId::ChangeDestination => Box::pin(destinations::change_destination(cx, request, parameter)),
        RouteId::RemoveDestination => Box::pin(destinations::remove_destination(cx, request, parameter)),
        RouteId::RotateSecret => Box::pin(destinations::rotate_secret(cx, request, parameter)),
        RouteId::TryDestination => Box::pin(destinations::try_destination(cx, request, parameter)),
        RouteId::ReplayDeliveries => Box::pin(destinations::replay_deliveries(cx, request, parameter)),
        RouteId::ListDeliveries => Box::pin(destinations::list_deliveries(cx, request)),
        RouteId::GetOnCall => Box::pin(on_call::get_on_call(cx, request)),
        RouteId::PutRoster => Box::pin(on_call::put_roster(cx, request, parameter)),
        RouteId::ListPages => Box::pin(on_call::list_pages(cx, request)),
        RouteId::CreatePage => Box::pin(on_call::create_page(cx, request)),
        RouteId::AcknowledgePage => Box::pin(on_call::acknowledge(cx, request, parameter)),
        RouteId::CreateHookToken => Box::pin(hooks::create_token(cx, request)),
        RouteId::TakeAlerts => Box::pin(hooks::take_alerts(cx, request, parameter)),
        RouteId::TakeSlackPress => Box::pin(slack::take_press(cx, request, parameter)),
        RouteId::LinkTelegram => Box::pin(telegram::create_link(cx, request)),
        RouteId::TakeTelegramUpdate => Box::pin(telegram::take_update(cx, request, parameter)),
        RouteId::GetIncidentForm => Box::pin(incident_team::get_form(cx, request)),
        RouteId::GetAgentIncident => Box::pin(incident_team::get_incident(cx, request, parameter)),
        RouteId::GetPostmortem => Box::pin(incident_team::get_postmortem(cx, request, parameter)),
        RouteId::PutPostmortem => Box::pin(incident_team::put_postmortem(cx, request, parameter)),
        RouteId::ListIncidentDrafts => Box::pin(incident_team::list_drafts(cx, request)),
        RouteId::CreateIncidentDraft => Box::pin(incident_team::create_draft(cx, request)),
        RouteId::PublishIncidentDraft => Box::pin(incident_team::publish_draft(cx, request, parameter)),
        RouteId::RejectIncidentDraft => Box::pin(incident_team::reject_draft(cx, request, parameter)),
        RouteId::GetAvailability => Box::pin(incident_team::get_availability(cx, request)),
        RouteId::ExportCustomer => Box::pin(privacy::export_customer(cx, request, parameter)),
        RouteId::ImportArticles => Box::pin(articles::import_articles(cx, request)),
        RouteId::ListArticles => Box::pin(articles::list_articles(cx, request)),
        RouteId::PublishArticle => Box::pin(articles::publish_article(cx, request, parameter)),
        RouteId::ExportArticles => Box::pin(articles::export_articles(cx, request)),
        RouteId::PreviewArticle => Box::pin(authoring::preview_article(cx, request)),
        RouteId::GetArticleSource => Box::pin(authoring::get_source(cx, request, parameter)),
        RouteId::PutArticle => Box::pin(authoring::put_article(cx, request, parameter)),
        RouteId::ListArticleVersions => Box::pin(authoring::list_versions(cx, request, parameter)),
        RouteId::RestoreArticle => Box::pin(authoring::restore_article(cx, request, parameter)),
        RouteId::PutSite => Box::pin(operator::put_site(cx, request, parameter)),
        RouteId::CreateAgent => Box::pin(operator::create_agent(cx, request, parameter)),
        RouteId::RemoveAgent => Box::pin(operator::remove_agent(cx, request, parameter)),
        RouteId::AddIdentityKey => Box::pin(identity_keys::add_key(cx, request, parameter)),
        RouteId::RetireIdentityKey => Box::pin(identity_keys::retire_key(cx, request, parameter)),
        // The front worker answers these itself.
        _ => return Err(ApiError::not_found()),
    };
    finish(id, work.await)
}
