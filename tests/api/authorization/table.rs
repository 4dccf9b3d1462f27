//! Who may call each route, about what, and with which body. One row a route: a new route does not compile without one.

use buoy_shared::api::RouteId;
use serde_json::{Value, json};

/// Whom a route lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Everybody.
    Public,
    /// A visitor's token.
    Visitors,
    /// A visitor's token, or one of the team.
    Participants,
    /// A member of the team.
    Viewers,
    /// A member of the team who may write.
    Agents,
    /// A member of the team who may do everything.
    Admins,
    /// Nobody with a token of ours: whoever calls shows a secret of another kind.
    Secret,
    /// The operator.
    Operator,
    /// The operator, or an admin of the very site.
    OperatorOrAdmin,
}

/// What a route's path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Nothing,
    /// Belongs to one visitor.
    Ticket,
    /// Belongs to one visitor.
    Upload,
    /// A customer who may be lost.
    Customer,
    Incident,
    /// What may become an incident; decided on once.
    Draft,
    /// Planned work.
    Work,
    Destination,
    Page,
    Feature,
    Article,
    Site,
    /// An article that is made when it is not there, so that nothing is missing.
    NewArticle,
    /// A site that is made when it is not there, so that nothing is missing.
    NewSite,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) gate: Gate,
    pub(super) thing: Thing,
    pub(super) body: Value,
}

/// The row of a route. `ticket` and `feature` are the caller's own, for bodies that name one.
pub(super) fn row(id: RouteId, site: &str, ticket: &str) -> Row {
    use Gate::{Admins, Agents, Operator, OperatorOrAdmin, Participants, Public, Secret, Viewers, Visitors};
    use Thing::{
        Article, Customer, Destination, Draft, Feature, Incident, NewArticle, NewSite, Nothing, Page, Site, Ticket,
        Upload, Work,
    };
    let (gate, thing, body) = match id {
        RouteId::GetStatus
        | RouteId::GetHome
        | RouteId::GetHealth
        | RouteId::GetOpenApi
        | RouteId::GetBoot
        | RouteId::ListCategories
        | RouteId::ListPriorities
        | RouteId::GetTriage
        | RouteId::GetKbIndex
        | RouteId::SearchArticles
        | RouteId::ListIncidents
        | RouteId::ListMaintenances => (Public, Nothing, json!(null)),
        RouteId::CreateSession => (Public, Nothing, json!({ "site": site })),
        RouteId::GetArticle => (Public, Article, json!(null)),
        RouteId::GetIncident => (Public, Incident, json!(null)),
        RouteId::VoteArticle => {
            (Public, Nothing, json!({ "site": site, "slug": "own", "locale": "en", "helpful": true }))
        }

        RouteId::CountKbEvents => {
            (Public, Nothing, json!({ "site": site, "locale": "en", "events": [{ "kind": "view", "slug": "own" }] }))
        }

        RouteId::EndSession | RouteId::ListTickets => (Visitors, Nothing, json!(null)),
        RouteId::CreateTicket => (Visitors, Nothing, json!({ "subject": "s", "body": "b" })),
        RouteId::CreateUpload => (Visitors, Nothing, json!("a file")),
        RouteId::GetTicket | RouteId::ListThreadEvents | RouteId::FollowTicket | RouteId::CloseTicket => {
            (Visitors, Ticket, json!(null))
        }
        RouteId::MeToo => (Visitors, Incident, json!(null)),
        RouteId::AddMessage => (Visitors, Ticket, json!({ "body": "hi" })),
        RouteId::MarkTicketSeen => (Visitors, Ticket, json!({ "seq": 1 })),
        RouteId::AnswerAutoAnswer => (Visitors, Ticket, json!({ "solved": false })),
        RouteId::RateTicket => (Visitors, Ticket, json!({ "score": 9 })),
        RouteId::ListSurveys => (Visitors, Nothing, json!(null)),
        RouteId::AnswerSurvey => (Visitors, Nothing, json!({ "kind": "exit", "reason": "other" })),
        RouteId::PutSurveyOptOut => (Visitors, Nothing, json!({ "opted_out": true })),
        RouteId::GetUpload => (Participants, Upload, json!(null)),

        RouteId::GetMe
        | RouteId::GetStats
        | RouteId::GetSurveyReport
        | RouteId::ListAgentTickets
        | RouteId::ListMacros
        | RouteId::ListFeatures
        | RouteId::ListArticles
        | RouteId::ExportArticles
        | RouteId::GetKbReport
        | RouteId::GetIncidentForm
        | RouteId::ListIncidentDrafts
        | RouteId::GetAvailability => (Viewers, Nothing, json!(null)),
        RouteId::GetAgentIncident | RouteId::GetPostmortem => (Viewers, Incident, json!(null)),
        RouteId::PreviewArticle => (Viewers, Nothing, json!({ "markdown": "# T\n\nText." })),
        RouteId::GetArticleSource | RouteId::ListArticleVersions => (Viewers, Article, json!(null)),
        RouteId::GetAgentTicket | RouteId::ListAgentMessages | RouteId::SuggestArticles => {
            (Viewers, Ticket, json!(null))
        }
        RouteId::PutAvailability => (Agents, Nothing, json!({ "skills": [] })),
        RouteId::DeclareIncident => {
            (Agents, Nothing, json!({ "title": "t", "impact": "minor", "body": "b", "components": [] }))
        }
        RouteId::PutPostmortem => (Agents, Incident, json!({ "body": "b" })),
        RouteId::CreateIncidentDraft => (Agents, Nothing, json!({ "title": "t" })),
        RouteId::PublishIncidentDraft | RouteId::RejectIncidentDraft => (Agents, Draft, json!(null)),
        RouteId::PlanMaintenance => (
            Agents,
            Nothing,
            json!({ "title": "t", "body": "b", "scheduled_for": "2001-01-01T00:00:00Z", "scheduled_until": "2001-01-02T00:00:00Z" }),
        ),
        RouteId::UpdateMaintenance => (Agents, Work, json!({ "body": "b" })),
        RouteId::UpdateIncident => (Agents, Incident, json!({ "body": "b" })),
        RouteId::AddAgentMessage => (Agents, Ticket, json!({ "body": "hi", "internal": true })),
        RouteId::AnnounceTyping => (Agents, Ticket, json!(null)),
        RouteId::ChangeTicket => (Agents, Ticket, json!({ "version": 1, "tags": ["seen"] })),
        RouteId::ChangeTickets => (Agents, Nothing, json!({ "tickets": [ticket], "change": { "tags": ["seen"] } })),
        RouteId::MergeTicket => (Agents, Ticket, json!({ "into": ticket })),
        RouteId::SendMacro => (Agents, Ticket, json!({ "key": "no_such_macro" })),
        RouteId::CreateFeature => (Agents, Nothing, json!({ "title": "A wish", "ticket": ticket })),
        RouteId::VoteFeature => (Agents, Feature, json!({ "ticket": ticket })),
        RouteId::ImportArticles => (Agents, Nothing, json!({ "articles": [] })),
        RouteId::CreatePicture => (Agents, Nothing, json!("no picture")),
        RouteId::PutArticle => (Agents, NewArticle, json!({ "locale": "ru", "markdown": "# T\n\nText." })),
        RouteId::RestoreArticle => (Agents, Article, json!({ "locale": "en", "version": 1 })),
        RouteId::PublishArticle => (Agents, Article, json!({ "locale": "en", "published": true })),
        RouteId::ExportCustomer | RouteId::EraseCustomer => (Admins, Customer, json!(null)),

        RouteId::ListDestinations | RouteId::ListDeliveries => (Admins, Nothing, json!(null)),
        RouteId::CreateDestination => (Admins, Nothing, destination()),
        RouteId::ChangeDestination => (Admins, Destination, json!({ "enabled": false })),
        RouteId::RemoveDestination | RouteId::RotateSecret | RouteId::TryDestination => {
            (Admins, Destination, json!(null))
        }
        RouteId::ReplayDeliveries => (Admins, Destination, json!({})),

        RouteId::GetOnCall | RouteId::ListPages | RouteId::LinkTelegram => (Viewers, Nothing, json!(null)),
        RouteId::PutRoster => (Admins, Nothing, json!({ "people": ["x"], "since": "2026-03-02T08:00:00Z" })),
        RouteId::CreatePage => (Agents, Nothing, json!({ "summary": "s" })),
        RouteId::AcknowledgePage => (Agents, Page, json!(null)),
        RouteId::CreateHookToken => (Admins, Nothing, json!(null)),
        RouteId::TakeAlerts => (Secret, Nothing, json!({ "alerts": [] })),
        RouteId::TakeSlackPress => (Secret, Nothing, json!({ "type": "block_actions" })),
        RouteId::TakeTelegramUpdate => (Secret, Nothing, json!({ "update_id": 1 })),

        RouteId::PutSite => (Operator, NewSite, json!({})),
        RouteId::CreateAgent => (Operator, Site, json!({ "name": "New", "role": "viewer" })),
        RouteId::RemoveAgent | RouteId::AddIdentityKey | RouteId::RetireIdentityKey => {
            (OperatorOrAdmin, Site, json!(null))
        }
    };
    Row { gate, thing, body }
}

/// A mailbox that is told nothing but pings.
pub(super) fn destination() -> Value {
    json!({ "kind": "email", "name": "n", "address": "a@example.com", "events": ["ping"] })
}

/// The id of a thing that never was.
pub(super) fn random_id(thing: Thing) -> &'static str {
    match thing {
        Thing::Upload => "upl_00000000000000000000000000",
        Thing::Customer => "cus_00000000000000000000000000",
        Thing::Incident => "inc_00000000000000000000000000",
        Thing::Draft => "drf_00000000000000000000000000",
        Thing::Work => "mnt_00000000000000000000000000",
        Thing::Destination => "dst_00000000000000000000000000",
        Thing::Page => "pge_00000000000000000000000000",
        Thing::Feature => "ftr_00000000000000000000000000",
        Thing::Article | Thing::NewArticle => "nothing-here",
        Thing::Site | Thing::NewSite => "site_nowhere",
        Thing::Nothing | Thing::Ticket => "tkt_00000000000000000000000000",
    }
}
