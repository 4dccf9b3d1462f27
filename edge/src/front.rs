//! The first of the two workers: everything that a page, a reader or the team waits for. Every route on one screen.
//!
//! What no customer waits for (bots, alerts, destinations, who is on call, drafts and post-mortems, what authors write, what
//! the operator sets up) the [`courier`](crate::courier) answers, behind a binding: it may be slow or gone, and no customer
//! notices. The match over [`RouteId`] is exhaustive: a route of the contract without a handler does not compile.

mod hand_over;

use crate::body::Incoming;
use crate::cx::{Cx, Part};
use crate::error::ApiError;
use crate::handlers::{
    agent_changes, agent_tickets, boot, features, health, help, home, incidents, knowledge_base, live, loader, macros,
    measurement, own_tickets, pages, pictures, policy, privacy, sessions, status, status_page, surveys, ticket_life,
    tickets, uploads,
};
use crate::jobs::front as jobs;
use crate::limits;
use crate::platform;
use crate::router::{self, Answer, Answering, Work, finish};
use buoy_shared::api::{RouteId, RouteMatch, allowed_methods, find_route};
use buoy_shared::status_page::SUBSCRIBE_PATH;
use hand_over::{forward, hand_on};
use worker::{Context, Env, Request, Response, Result, ScheduledEvent};

/// What this worker does.
static PART: Part = Part { answer, after_answer: hand_over::after_answer, words_file: |_| None };

/// Answers one request.
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
    let method = router::method(request);
    if router::is_below(&path, SUBSCRIBE_PATH) {
        limits::before_database(cx).await?;
        return forward(cx, request).await;
    }
    let page: Option<Work<'_>> = match (method.as_str(), path.as_str()) {
        ("GET", "/panel" | "/panel/") => Some(Box::pin(pages::show_panel(cx))),
        ("GET", path) if path.ends_with(loader::FILE) => {
            loader::site_of(path).map(|site| -> Work<'_> { Box::pin(loader::get_loader(cx, request, site)) })
        }
        (_, path) if status_page::is_ours(path) => Some(Box::pin(status_page::serve(cx, request, path))),
        (_, path) if help::is_ours(path) => Some(Box::pin(help::serve(cx, request, path))),
        _ => None,
    };
    if let Some(page) = page {
        return Ok(page.await?.into());
    }
    #[cfg(feature = "test-clock")]
    if let Some(reply) = crate::handlers::testing::serve(cx, &path).await? {
        return Ok(reply.into());
    }
    match find_route(&method, &path) {
        RouteMatch::Found(id, parameter) => handle(cx, id, parameter.unwrap_or_default(), request).await,
        RouteMatch::WrongMethod => Err(ApiError::method_not_allowed(allowed_methods(&path))),
        RouteMatch::Unknown if method == "GET" && !router::is_below(&path, "/api") => {
            Ok(help::moved(cx, request, &path).await?.into())
        }
        RouteMatch::Unknown => Err(ApiError::not_found()),
    }
}

async fn handle(cx: &Cx, id: RouteId, parameter: &str, request: &Incoming) -> std::result::Result<Answer, ApiError> {
    limits::first_line(cx, id).await?;
    let work: Work<'_> = match id {
        RouteId::GetStatus => Box::pin(status::get_status(cx, request)),
        RouteId::GetHome => Box::pin(home::get_home(cx, request)),
        RouteId::GetHealth => Box::pin(health::get_health(cx)),
        RouteId::GetOpenApi => Box::pin(health::get_openapi(cx)),
        RouteId::GetBoot => Box::pin(boot::get_boot(cx, request)),
        RouteId::CreateSession => Box::pin(sessions::create_session(cx, request)),
        RouteId::EndSession => Box::pin(sessions::end_session(cx, request)),

        RouteId::CreateTicket => Box::pin(tickets::create_ticket(cx, request)),
        RouteId::ListTickets => Box::pin(own_tickets::list_tickets(cx, request)),
        RouteId::GetTicket => Box::pin(own_tickets::get_ticket(cx, request, parameter)),
        RouteId::AddMessage => Box::pin(tickets::add_message(cx, request, parameter)),
        RouteId::MarkTicketSeen => Box::pin(own_tickets::mark_seen(cx, request, parameter)),
        RouteId::AnswerAutoAnswer => Box::pin(ticket_life::answer_auto_answer(cx, request, parameter)),
        RouteId::CloseTicket => Box::pin(ticket_life::close_ticket(cx, request, parameter)),
        RouteId::RateTicket => Box::pin(ticket_life::rate_ticket(cx, request, parameter)),
        RouteId::ListThreadEvents => Box::pin(own_tickets::list_events(cx, request, parameter)),
        RouteId::FollowTicket => return live::follow_ticket(cx, request, parameter).await,

        RouteId::CreateUpload => Box::pin(uploads::create_upload(cx, request)),
        RouteId::GetUpload => Box::pin(uploads::get_upload(cx, request, parameter)),

        RouteId::ListSurveys => Box::pin(surveys::list_surveys(cx, request)),
        RouteId::AnswerSurvey => Box::pin(surveys::answer_survey(cx, request)),
        RouteId::PutSurveyOptOut => Box::pin(surveys::put_opt_out(cx, request)),

        RouteId::ListCategories => Box::pin(policy::list_categories(cx)),
        RouteId::ListPriorities => Box::pin(policy::list_priorities(cx)),

        RouteId::GetTriage => Box::pin(policy::get_triage(cx)),

        RouteId::GetKbIndex => Box::pin(knowledge_base::get_index(cx, request)),
        RouteId::GetArticle => Box::pin(knowledge_base::get_article(cx, parameter)),
        RouteId::SearchArticles => Box::pin(knowledge_base::search_articles(cx)),
        RouteId::VoteArticle => Box::pin(knowledge_base::vote_article(cx, request)),
        RouteId::CountKbEvents => Box::pin(measurement::count_events(cx, request)),

        RouteId::ListIncidents => Box::pin(incidents::list_incidents(cx)),
        RouteId::GetIncident => Box::pin(incidents::get_incident(cx, parameter)),
        RouteId::DeclareIncident => Box::pin(incidents::declare_incident(cx, request)),
        RouteId::UpdateIncident => Box::pin(incidents::update_incident(cx, request, parameter)),

        RouteId::MeToo => Box::pin(incidents::me_too(cx, request, parameter)),
        RouteId::ListMaintenances => Box::pin(incidents::list_maintenances(cx)),
        RouteId::PlanMaintenance => Box::pin(incidents::plan_maintenance(cx, request)),
        RouteId::UpdateMaintenance => Box::pin(incidents::update_maintenance(cx, request, parameter)),

        RouteId::GetMe => Box::pin(agent_tickets::get_me(cx, request)),
        RouteId::PutAvailability => Box::pin(agent_tickets::put_availability(cx, request)),
        RouteId::ListAgentTickets => Box::pin(agent_tickets::list_tickets(cx, request)),
        RouteId::GetAgentTicket => Box::pin(agent_tickets::get_ticket(cx, request, parameter)),
        RouteId::AddAgentMessage => Box::pin(agent_tickets::add_message(cx, request, parameter)),
        RouteId::AnnounceTyping => Box::pin(live::announce_typing(cx, request, parameter)),
        RouteId::ListAgentMessages => Box::pin(agent_tickets::list_messages(cx, request, parameter)),
        RouteId::ChangeTicket => Box::pin(agent_changes::change_ticket(cx, request, parameter)),
        RouteId::ChangeTickets => Box::pin(agent_changes::change_tickets(cx, request)),
        RouteId::MergeTicket => Box::pin(agent_changes::merge_ticket(cx, request, parameter)),
        RouteId::SendMacro => Box::pin(macros::send_macro(cx, request, parameter)),
        RouteId::ListMacros => Box::pin(macros::list_macros(cx, request)),

        RouteId::CreatePicture => Box::pin(pictures::create_picture(cx, request)),
        RouteId::SuggestArticles => Box::pin(measurement::suggest_articles(cx, request, parameter)),

        RouteId::GetKbReport => Box::pin(measurement::get_report(cx, request)),
        RouteId::GetSurveyReport => Box::pin(surveys::get_report(cx, request)),
        RouteId::GetStats => Box::pin(agent_tickets::get_stats(cx, request)),
        RouteId::ListFeatures => Box::pin(features::list_features(cx, request)),
        RouteId::CreateFeature => Box::pin(features::create_feature(cx, request)),
        RouteId::VoteFeature => Box::pin(features::vote_feature(cx, request, parameter)),
        RouteId::EraseCustomer => Box::pin(privacy::erase_customer(cx, request, parameter)),

        // The other worker's.
        RouteId::ImportArticles
        | RouteId::GetIncidentForm
        | RouteId::GetAgentIncident
        | RouteId::GetPostmortem
        | RouteId::PutPostmortem
        | RouteId::ListIncidentDrafts
        | RouteId::CreateIncidentDraft
        | RouteId::PublishIncidentDraft
        | RouteId::RejectIncidentDraft
        | RouteId::GetAvailability
        | RouteId::ExportCustomer
        | RouteId::ListArticles
        | RouteId::PublishArticle
        | RouteId::ExportArticles
        | RouteId::PreviewArticle
        | RouteId::GetArticleSource
        | RouteId::PutArticle
        | RouteId::ListArticleVersions
        | RouteId::RestoreArticle
        | RouteId::ListDestinations
        | RouteId::CreateDestination
        | RouteId::ChangeDestination
        | RouteId::RemoveDestination
        | RouteId::RotateSecret
        | RouteId::TryDestination
        | RouteId::ReplayDeliveries
        | RouteId::ListDeliveries
        | RouteId::GetOnCall
        | RouteId::PutRoster
        | RouteId::ListPages
        | RouteId::CreatePage
        | RouteId::AcknowledgePage
        | RouteId::CreateHookToken
        | RouteId::TakeAlerts
        | RouteId::TakeSlackPress
        | RouteId::PutSite
        | RouteId::CreateAgent
        | RouteId::RemoveAgent
        | RouteId::AddIdentityKey
        | RouteId::RetireIdentityKey
        | RouteId::LinkTelegram
        | RouteId::TakeTelegramUpdate => return hand_on(cx, id, request).await,
    };
    finish(id, work.await)
}
