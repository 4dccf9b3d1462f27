//! Every route on one screen. The match over [`RouteId`] is exhaustive: a route of the contract without a handler
//! does not compile.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::{
    agent_changes, agent_tickets, articles, authoring, boot, features, health, help, identity_keys, incident_team,
    incidents, knowledge_base, live, macros, measurement, operator, pages, pictures, policy, privacy, sessions, status,
    status_page, surveys, ticket_life, tickets, uploads,
};
use crate::limits;
use crate::platform;
use crate::reply::{Reply, Sharing, preflight};
use buoy_shared::api::{Audience, RouteId, RouteMatch, allowed_methods, find_route};
use buoy_shared::id::RequestId;
use worker::{Context, Env, Method, Request, Response};

/// Answers a request; whatever goes wrong becomes a problem document.
pub(crate) async fn serve(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let request_id = RequestId::from_random(platform::random_16());
    let origin = request.headers().get("origin")?;
    if request.method() == Method::Options {
        return preflight(origin.as_deref(), &request_id);
    }
    let outcome = match Cx::new(&request, env, context, request_id.clone()) {
        Ok(cx) => match Incoming::read(request).await {
            Ok(incoming) => dispatch(&cx, &incoming).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    #[cfg(feature = "test-clock")]
    let outcome = outcome.map(|answer| match answer {
        Answer::Reply(reply) => Answer::Reply(reply.counted(crate::store::testing::statements())),
        upgrade => upgrade,
    });
    match outcome {
        Ok(Answer::Reply(reply)) => reply.into_response(origin.as_deref(), &request_id),
        Ok(Answer::Upgrade(response)) => Ok(response),
        Err(error) => Reply::problem(error, &request_id).into_response(origin.as_deref(), &request_id),
    }
}

/// Most answers are ours to finish; a WebSocket's comes from its Durable Object as it is.
pub(crate) enum Answer {
    Reply(Reply),
    Upgrade(Response),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

async fn dispatch(cx: &Cx, request: &Incoming) -> Result<Answer, ApiError> {
    let path = request.path();
    // HEAD is GET without the body, which the platform drops.
    let method = request.method_word();
    let method = if method == "HEAD" { "GET" } else { &method };
    if let ("GET", "/panel" | "/panel/") = (method, path.as_str()) {
        return Ok(pages::show_panel(cx).await?.into());
    }
    if status_page::is_ours(&path) {
        return Ok(status_page::serve(cx, request, &path).await?.into());
    }
    if help::is_ours(&path) {
        return Ok(help::serve(cx, request, &path).await?.into());
    }
    #[cfg(feature = "test-clock")]
    if let Some(reply) = crate::handlers::testing::serve(cx, &path).await? {
        return Ok(reply.into());
    }
    match find_route(method, &path) {
        RouteMatch::Found(id, parameter) => handle(cx, id, parameter.unwrap_or_default(), request).await,
        RouteMatch::WrongMethod => Err(ApiError::method_not_allowed(allowed_methods(&path))),
        RouteMatch::Unknown => Err(ApiError::not_found()),
    }
}

async fn handle(cx: &Cx, id: RouteId, parameter: &str, request: &Incoming) -> Result<Answer, ApiError> {
    limits::first_line(cx, request, id.route()).await?;
    let reply = match id {
        RouteId::GetStatus => status::get_status(cx, request).await,
        RouteId::GetHealth => health::get_health(cx).await,
        RouteId::GetOpenApi => health::get_openapi(cx).await,
        RouteId::GetBoot => boot::get_boot(cx, request).await,
        RouteId::CreateSession => sessions::create_session(cx, request).await,
        RouteId::EndSession => sessions::end_session(cx, request).await,

        RouteId::CreateTicket => tickets::create_ticket(cx, request).await,
        RouteId::ListTickets => tickets::list_tickets(cx, request).await,
        RouteId::GetTicket => tickets::get_ticket(cx, request, parameter).await,
        RouteId::AddMessage => tickets::add_message(cx, request, parameter).await,
        RouteId::MarkTicketSeen => tickets::mark_seen(cx, request, parameter).await,
        RouteId::AnswerAutoAnswer => ticket_life::answer_auto_answer(cx, request, parameter).await,
        RouteId::CloseTicket => ticket_life::close_ticket(cx, request, parameter).await,
        RouteId::RateTicket => ticket_life::rate_ticket(cx, request, parameter).await,
        RouteId::FollowTicket => return live::follow_ticket(cx, request, parameter).await,

        RouteId::CreateUpload => uploads::create_upload(cx, request).await,
        RouteId::GetUpload => uploads::get_upload(cx, request, parameter).await,

        RouteId::ListSurveys => surveys::list_surveys(cx, request).await,
        RouteId::AnswerSurvey => surveys::answer_survey(cx, request).await,
        RouteId::PutSurveyOptOut => surveys::put_opt_out(cx, request).await,

        RouteId::ListCategories => policy::list_categories(cx).await,
        RouteId::ListPriorities => policy::list_priorities(cx).await,

        RouteId::GetTriage => policy::get_triage(cx).await,

        RouteId::GetKbIndex => knowledge_base::get_index(cx, request).await,
        RouteId::GetArticle => knowledge_base::get_article(cx, parameter).await,
        RouteId::SearchArticles => knowledge_base::search_articles(cx).await,
        RouteId::VoteArticle => knowledge_base::vote_article(cx, request).await,
        RouteId::CountKbEvents => measurement::count_events(cx, request).await,

        RouteId::ListIncidents => incidents::list_incidents(cx).await,
        RouteId::GetIncident => incidents::get_incident(cx, parameter).await,
        RouteId::DeclareIncident => incidents::declare_incident(cx, request).await,
        RouteId::UpdateIncident => incidents::update_incident(cx, request, parameter).await,

        RouteId::MeToo => incidents::me_too(cx, request, parameter).await,
        RouteId::ListMaintenances => incidents::list_maintenances(cx).await,
        RouteId::PlanMaintenance => incidents::plan_maintenance(cx, request).await,
        RouteId::UpdateMaintenance => incidents::update_maintenance(cx, request, parameter).await,

        RouteId::GetIncidentForm => incident_team::get_form(cx, request).await,
        RouteId::GetAgentIncident => incident_team::get_incident(cx, request, parameter).await,
        RouteId::GetPostmortem => incident_team::get_postmortem(cx, request, parameter).await,
        RouteId::PutPostmortem => incident_team::put_postmortem(cx, request, parameter).await,
        RouteId::ListIncidentDrafts => incident_team::list_drafts(cx, request).await,
        RouteId::CreateIncidentDraft => incident_team::create_draft(cx, request).await,
        RouteId::PublishIncidentDraft => incident_team::publish_draft(cx, request, parameter).await,
        RouteId::RejectIncidentDraft => incident_team::reject_draft(cx, request, parameter).await,
        RouteId::GetAvailability => incident_team::get_availability(cx, request).await,

        RouteId::GetMe => agent_tickets::get_me(cx, request).await,
        RouteId::PutAvailability => agent_tickets::put_availability(cx, request).await,
        RouteId::GetStats => agent_tickets::get_stats(cx, request).await,
        RouteId::GetSurveyReport => surveys::get_report(cx, request).await,
        RouteId::ListAgentTickets => agent_tickets::list_tickets(cx, request).await,
        RouteId::GetAgentTicket => agent_tickets::get_ticket(cx, request, parameter).await,
        RouteId::AddAgentMessage => agent_tickets::add_message(cx, request, parameter).await,
        RouteId::ListAgentMessages => agent_tickets::list_messages(cx, request, parameter).await,
        RouteId::ChangeTicket => agent_changes::change_ticket(cx, request, parameter).await,
        RouteId::ChangeTickets => agent_changes::change_tickets(cx, request).await,
        RouteId::MergeTicket => agent_changes::merge_ticket(cx, request, parameter).await,
        RouteId::SendMacro => macros::send_macro(cx, request, parameter).await,
        RouteId::ListMacros => macros::list_macros(cx, request).await,
        RouteId::ListFeatures => features::list_features(cx, request).await,
        RouteId::CreateFeature => features::create_feature(cx, request).await,
        RouteId::VoteFeature => features::vote_feature(cx, request, parameter).await,

        RouteId::ImportArticles => articles::import_articles(cx, request).await,
        RouteId::ListArticles => articles::list_articles(cx, request).await,
        RouteId::PublishArticle => articles::publish_article(cx, request, parameter).await,
        RouteId::ExportArticles => articles::export_articles(cx, request).await,
        RouteId::PreviewArticle => authoring::preview_article(cx, request).await,
        RouteId::CreatePicture => pictures::create_picture(cx, request).await,
        RouteId::GetKbReport => measurement::get_report(cx, request).await,
        RouteId::GetArticleSource => authoring::get_source(cx, request, parameter).await,
        RouteId::PutArticle => authoring::put_article(cx, request, parameter).await,
        RouteId::ListArticleVersions => authoring::list_versions(cx, request, parameter).await,
        RouteId::RestoreArticle => authoring::restore_article(cx, request, parameter).await,
        RouteId::SuggestArticles => measurement::suggest_articles(cx, request, parameter).await,

        RouteId::ExportCustomer => privacy::export_customer(cx, request, parameter).await,
        RouteId::EraseCustomer => privacy::erase_customer(cx, request, parameter).await,

        RouteId::PutSite => operator::put_site(cx, request, parameter).await,
        RouteId::CreateAgent => operator::create_agent(cx, request, parameter).await,
        RouteId::RemoveAgent => operator::remove_agent(cx, request, parameter).await,
        RouteId::AddIdentityKey => identity_keys::add_key(cx, request, parameter).await,
        RouteId::RetireIdentityKey => identity_keys::retire_key(cx, request, parameter).await,
    };
    let answers_pages = matches!(id.route().audience, Audience::Public | Audience::Visitor | Audience::Participant);
    reply.map(|reply| if answers_pages { reply } else { reply.shared(Sharing::Nobody) }).map(Answer::from)
}
