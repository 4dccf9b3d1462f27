//! The contract between page and edge: one type a route (A).
//!
//! `impl Endpoint for CreateTicket { type Request = TicketDraft; type Response = Ticket; … }`: the router matches on
//! [`RouteId`], the panel calls by the same type, the OpenAPI document is printed from it. A route without a handler
//! or a call with the wrong body does not compile. Paths are promises: add, never change.

mod authoring;
mod delivery;
mod desk;
mod figures;
mod incidents;
mod knowledge;
mod list;
mod measurement;
mod on_call;
mod privacy;
mod public;
mod route;
mod routing;
mod surveys;
mod team;
mod visitor;

pub use authoring::*;
pub use delivery::*;
pub use desk::*;
pub use figures::*;
pub use incidents::*;
pub use knowledge::*;
pub use list::*;
pub use measurement::*;
pub use on_call::*;
pub use privacy::*;
pub use public::*;
pub use route::*;
pub use routing::*;
pub use surveys::*;
pub use team::*;
pub use visitor::*;

use crate::article::Article;
use crate::incident::{
    Incident, IncidentDraft, Maintenance, MaintenanceDraft, MaintenanceNews, PostmortemEdit, UpdateDraft,
};
use crate::problem::ProblemKind;
use crate::survey::{SurveyDraft, SurveyReport};
use crate::ticket::{
    AgentMessageDraft, AgentTicket, AgentTicketSummary, Attachment, AutoAnswerVerdict, Message, MessageDraft,
    RatingDraft, ThreadEvent, Ticket, TicketDraft, TicketPatch, TicketSummary,
};
use crate::triage::PageRules;
use serde::{Serialize, de::DeserializeOwned};

/// Where every route begins.
pub const BASE: &str = "/api/support/";

/// Items of a page of a list, unless the caller asks for fewer.
pub const PAGE_SIZE_MAX: usize = 50;

/// The header that makes a repeated POST harmless.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The subprotocol of the live connection; the visitor's token travels as a second one, since a page cannot set headers there.
pub const LIVE_PROTOCOL: &str = "buoy.v1";
/// What the token is prefixed with in the list of subprotocols.
pub const LIVE_TOKEN_PREFIX: &str = "bearer.";

/// One route: what goes in, what comes out, who may.
pub trait Endpoint {
    /// What the body holds; `()` for none.
    type Request: Serialize + DeserializeOwned;
    /// What the answer holds.
    type Response: Serialize + DeserializeOwned;
    /// Which route it is.
    const ID: RouteId;
}

macro_rules! routes {
    ($($id:ident: $method:ident $path:literal $query:tt by $audience:ident: $request:ty => $success:ident $response:ty, $summary:literal;)*) => {
        /// Every route. A match on this is how the router proves that each has a handler.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RouteId {
            $(#[doc = $summary] $id,)*
        }

        /// Every route as a table.
        pub const ROUTES: &[Route] = &[$(Route {
            id: RouteId::$id,
            method: Method::$method,
            path: $path,
            audience: Audience::$audience,
            success: Success::$success,
            query: &$query,
            summary: $summary,
        },)*];

        $(
            #[doc = $summary]
            #[derive(Debug)]
            pub struct $id;
            impl Endpoint for $id {
                type Request = $request;
                type Response = $response;
                const ID: RouteId = RouteId::$id;
            }
        )*

        /// Calls `$visit::<Endpoint>()` for each route; the OpenAPI document is made this way.
        #[cfg(feature = "schema")]
        pub(crate) fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<(RouteId, schemars::Schema, schemars::Schema)> {
            vec![$((RouteId::$id, generator.subschema_for::<$request>(), generator.subschema_for::<$response>()),)*]
        }
    };
}

routes! {
    GetStatus: Get "/api/support/status/" ["site", "locale"] by Public: () => Ok SystemStatus, "State of the system: operational, or the incidents that are open";
    GetHome: Get "/api/support/home/" ["!site", "locale", "page"] by Public: () => Ok HomeInfo, "What the panel's first view says before anybody asked: how the system and the office stand, and which articles help on this page";
    GetHealth: Get "/api/support/health/" [] by Public: () => Ok Health, "Whether storage answers; 503 when it does not";
    GetOpenApi: Get "/api/support/openapi.json" [] by Public: () => Ok serde_json::Value, "This document";
    GetBoot: Get "/api/support/boot/" ["!site", "locale"] by Public: () => Ok Boot, "What a page needs before anybody touches the widget";
    CreateSession: Post "/api/support/session/" [] by Public: SessionRequest => Created Session, "A visitor's token, anonymous or for a signed identity";
    EndSession: Delete "/api/support/session/" [] by Visitor: () => Done (), "Sign out: the token ends";

    CreateTicket: Post "/api/support/tickets/" [] by Visitor: TicketDraft => Created Ticket, "Create a ticket";
    ListTickets: Get "/api/support/tickets/" ["cursor", "limit"] by Visitor: () => Ok Page<TicketSummary>, "My tickets, the last changed first";
    GetTicket: Get "/api/support/tickets/<ticket>/" [] by Visitor: () => Ok Ticket, "One ticket with its messages";
    AddMessage: Post "/api/support/tickets/<ticket>/add_message/" [] by Visitor: MessageDraft => Created Message, "Add a message to a ticket";
    MarkTicketSeen: Post "/api/support/tickets/<ticket>/seen/" [] by Visitor: SeenMark => Ok SeenMark, "Mark a ticket's messages as seen, up to one";
    AnswerAutoAnswer: Post "/api/support/tickets/<ticket>/auto_answer/" [] by Visitor: AutoAnswerVerdict => Ok Ticket, "Say whether the automatic answer solved it";
    CloseTicket: Post "/api/support/tickets/<ticket>/close/" [] by Visitor: () => Ok Ticket, "Confirm that a solved ticket is done";
    RateTicket: Post "/api/support/tickets/<ticket>/rating/" [] by Visitor: RatingDraft => Ok Ticket, "Rate a solved ticket from 1 to 10, once";
    FollowTicket: Get "/api/support/tickets/<ticket>/live" ["after", "events_after"] by Visitor: () => Upgraded LiveEvent, "A WebSocket with what happens in a ticket, from a cursor on";
    ListThreadEvents: Get "/api/support/tickets/<ticket>/events/" ["after"] by Visitor: () => Ok Items<ThreadEvent>, "What became of a ticket, after the version of the last event that is known";

    CreateUpload: Post "/api/support/uploads/" [] by Visitor: Binary => Created Attachment, "Send a file, to be attached to a ticket or message within a day";
    GetUpload: Get "/api/support/uploads/<upload>/" [] by Participant: () => Ok Binary, "Download a file";

    ListSurveys: Get "/api/support/surveys/" [] by Visitor: () => Ok Surveys, "What this visitor may be asked now: one question at most";
    AnswerSurvey: Post "/api/support/surveys/" [] by Visitor: SurveyDraft => Created SurveyReceipt, "Answer a question or wave it away; nobody is asked twice";
    PutSurveyOptOut: Put "/api/support/surveys/opt_out/" [] by Visitor: SurveyOptOut => Ok SurveyOptOut, "Ask me nothing any more, or do";

    ListCategories: Get "/api/support/categories/" ["!site", "locale"] by Public: () => Ok Items<Choice>, "Categories of a site";
    ListPriorities: Get "/api/support/priorities/" ["!site", "locale"] by Public: () => Ok Items<PriorityInfo>, "Priorities of a site with their promises";

    GetTriage: Get "/api/support/triage/" ["!site", "locale", "hash"] by Public: () => Ok PageRules, "The rules that give automatic answers, for pages; immutable for a hash";

    GetKbIndex: Get "/api/support/kb/index/" ["!site", "!locale", "hash", "part"] by Public: () => Ok Binary, "The search index of a locale; immutable for a hash; whole, or its part `first` or `rest`, which is empty where the base is too large for pages: ask `kb/search/`";
    GetArticle: Get "/api/support/kb/articles/<slug>/" ["!site", "locale"] by Public: () => Ok Article, "One article";
    SearchArticles: Get "/api/support/kb/search/" ["!site", "locale", "q", "limit"] by Public: () => Ok SearchAnswer, "Search at the edge, with the engine of the page";
    VoteArticle: Post "/api/support/kb/feedback/" [] by Public: ArticleVote => Created ArticleVote, "Whether an article helped; a visitor's second vote replaces the first";
    CountKbEvents: Post "/api/support/kb/events/" [] by Public: KbEvents => Done (), "What readers did, counted without saying who";

    ListIncidents: Get "/api/support/incidents/" ["site", "cursor", "limit"] by Public: () => Ok Page<Incident>, "Incidents, the newest first";
    GetIncident: Get "/api/support/incidents/<incident>/" ["site"] by Public: () => Ok Incident, "One incident with its updates";
    DeclareIncident: Post "/api/support/incidents/" [] by Agent: IncidentDraft => Created Incident, "Declare an incident; its banner goes up";
    UpdateIncident: Post "/api/support/incidents/<incident>/updates/" [] by Agent: UpdateDraft => Created Incident, "Post an update; with status resolved and a summary the banner comes down";
    MeToo: Post "/api/support/incidents/<incident>/me_too/" [] by Visitor: () => Ok MeTooReceipt, "Say that an incident affects me too; I hear when it is over";
    ListMaintenances: Get "/api/support/maintenances/" ["site", "cursor", "limit"] by Public: () => Ok Page<Maintenance>, "Planned work, the latest first";
    PlanMaintenance: Post "/api/support/maintenances/" [] by Agent: MaintenanceDraft => Created Maintenance, "Plan work; the clock announces, starts and ends it";
    UpdateMaintenance: Post "/api/support/maintenances/<maintenance>/updates/" [] by Agent: MaintenanceNews => Created Maintenance, "Say something about planned work, start or end it by hand";

    GetMe: Get "/api/support/agent/me/" [] by Agent: () => Ok AgentInfo, "Who this token belongs to";
    PutAvailability: Put "/api/support/agent/me/availability/" [] by Agent: Availability => Ok Availability, "What I know and when my shift ends";
    GetStats: Get "/api/support/stats/" ["from", "to"] by Agent: () => Ok Stats, "Support statistics";
    GetSurveyReport: Get "/api/support/agent/surveys/report/" ["from", "to"] by Agent: () => Ok SurveyReport, "Ratings, ease, recommendations and reasons to leave, by tier, channel and category";
    ListAgentTickets: Get "/api/support/agent/tickets/" ["status", "priority", "assignee", "queue", "sla", "tag", "text", "sort", "cursor", "limit"] by Agent: () => Ok Page<AgentTicketSummary>, "Tickets of the site by filters, the last changed or the most urgent first";
    GetAgentTicket: Get "/api/support/agent/tickets/<ticket>/" [] by Agent: () => Ok AgentTicket, "One ticket with notes and history";
    AddAgentMessage: Post "/api/support/agent/tickets/<ticket>/add_message/" [] by Agent: AgentMessageDraft => Created Message, "Answer a ticket or leave an internal note";
    AnnounceTyping: Post "/api/support/agent/tickets/<ticket>/typing/" [] by Agent: () => Done (), "Show whoever reads a ticket right now, for a few seconds, that I am writing; kept nowhere";
    ListAgentMessages: Get "/api/support/agent/tickets/<ticket>/messages/" ["after", "limit"] by Agent: () => Ok Page<Message>, "Messages and notes of a ticket after a place";
    ChangeTicket: Patch "/api/support/agent/tickets/<ticket>/" [] by Agent: TicketPatch => Ok AgentTicket, "Change a ticket's fields; 409 with what changed when somebody was faster";
    ChangeTickets: Post "/api/support/agent/tickets/bulk/" [] by Agent: BulkRequest => Ok BulkReport, "The same change to many tickets, each with its own outcome";
    MergeTicket: Post "/api/support/agent/tickets/<ticket>/merge/" [] by Agent: MergeRequest => Ok AgentTicket, "Merge a ticket into another of the same requester; gives that one";
    SendMacro: Post "/api/support/agent/tickets/<ticket>/macro/" [] by Agent: MacroRequest => Created Message, "Answer with a macro, filled in from the ticket";
    ListMacros: Get "/api/support/agent/macros/" ["locale"] by Agent: () => Ok Items<MacroInfo>, "Macros of the site's policy";
    ListFeatures: Get "/api/support/agent/features/" ["cursor", "limit"] by Agent: () => Ok Page<Feature>, "What customers wish for, the most wanted first";
    CreateFeature: Post "/api/support/agent/features/" [] by Agent: FeatureDraft => Created Feature, "Note a wish; one that is noted already gets a vote";
    VoteFeature: Post "/api/support/agent/features/<feature>/vote/" [] by Agent: FeatureVote => Ok Feature, "Count a ticket's requester as one who wishes this";

    GetIncidentForm: Get "/api/support/agent/incident_form/" ["locale"] by Agent: () => Ok IncidentForm, "What an incident may be: severities with their criteria, components, tiers";
    GetAgentIncident: Get "/api/support/agent/incidents/<incident>/" [] by Agent: () => Ok AgentIncident, "One incident as the team sees it: who declared it, how many said me too, when news is due";
    GetPostmortem: Get "/api/support/agent/incidents/<incident>/postmortem/" [] by Agent: () => Ok PostmortemDocument, "What was written of a post-mortem, or its beginning from the timeline";
    PutPostmortem: Put "/api/support/agent/incidents/<incident>/postmortem/" [] by Agent: PostmortemEdit => Ok PostmortemDocument, "Save a post-mortem, or publish it";
    ListIncidentDrafts: Get "/api/support/agent/incident_drafts/" [] by Agent: () => Ok Items<DraftedIncident>, "Drafts that wait for somebody to decide, the newest first";
    CreateIncidentDraft: Post "/api/support/agent/incident_drafts/" [] by Agent: IncidentDraft => Created DraftedIncident, "Draft an incident, for somebody to publish or reject";
    PublishIncidentDraft: Post "/api/support/agent/incident_drafts/<draft>/publish/" [] by Agent: () => Created Incident, "Declare what was drafted";
    RejectIncidentDraft: Post "/api/support/agent/incident_drafts/<draft>/reject/" [] by Agent: () => Done (), "Put a draft away";
    GetAvailability: Get "/api/support/agent/availability/" ["!month"] by Agent: () => Ok AvailabilityReport, "Uptime of each component in a month, and the credits it owes each tier";

    ImportArticles: Post "/api/support/agent/kb/import/" [] by Agent: ImportRequest => Ok ImportReport, "Store articles from Markdown with front matter";
    ListArticles: Get "/api/support/agent/kb/articles/" ["locale", "cursor", "limit"] by Agent: () => Ok Page<ArticleInfo>, "Articles of the site, drafts too";
    ExportArticles: Get "/api/support/agent/kb/export/" ["locale", "cursor", "limit"] by Agent: () => Ok Page<ExportedArticle>, "Articles as Markdown with front matter, drafts too";
    PreviewArticle: Post "/api/support/agent/kb/preview/" [] by Agent: PreviewRequest => Ok Preview, "What a source would become";
    CreatePicture: Post "/api/support/agent/kb/pictures/" [] by Agent: Binary => Created Picture, "Send a picture for articles; the same bytes have the same address";
    GetKbReport: Get "/api/support/agent/kb/report/" ["from", "to"] by Agent: () => Ok KbReport, "What readers do, and what to write, mend and shorten next";
    GetArticleSource: Get "/api/support/agent/kb/articles/<slug>/" ["!locale", "version"] by Agent: () => Ok ArticleDetail, "An article's newest text, or one of its versions";
    PutArticle: Put "/api/support/agent/kb/articles/<slug>/" [] by Agent: ArticleEdit => Ok ArticleDetail, "Save a text as a new version, as a draft or published at once";
    ListArticleVersions: Get "/api/support/agent/kb/articles/<slug>/versions/" ["!locale"] by Agent: () => Ok Items<ArticleVersion>, "The versions of an article that are kept, the newest first";
    RestoreArticle: Post "/api/support/agent/kb/articles/<slug>/restore/" [] by Agent: RestoreRequest => Ok ArticleDetail, "Save an old version's text as a new version";
    SuggestArticles: Get "/api/support/agent/tickets/<ticket>/suggestions/" ["limit"] by Agent: () => Ok SearchAnswer, "Articles that may answer a ticket, best first";
    PublishArticle: Post "/api/support/agent/kb/articles/<slug>/publish/" [] by Agent: PublishRequest => Ok ArticleInfo, "Publish or unpublish an article; it shows up at once";

    ExportCustomer: Get "/api/support/agent/customers/<customer>/export/" [] by Agent: () => Ok CustomerExport, "Everything that is kept of one customer; admins only";
    EraseCustomer: Post "/api/support/agent/customers/<customer>/erase/" [] by Agent: () => Ok Erasure, "Forget one customer; numbers and times stay; admins only";

    ListDestinations: Get "/api/support/agent/destinations/" [] by Agent: () => Ok Items<Destination>, "Where this site's news goes; admins only";
    CreateDestination: Post "/api/support/agent/destinations/" [] by Agent: DestinationDraft => Created NewDestination, "Add a destination; a webhook's secret is shown once; admins only";
    ChangeDestination: Patch "/api/support/agent/destinations/<destination>/" [] by Agent: DestinationPatch => Ok Destination, "Change a destination, or switch it on again; admins only";
    RemoveDestination: Delete "/api/support/agent/destinations/<destination>/" [] by Agent: () => Done (), "Take a destination away with what still waits for it; admins only";
    RotateSecret: Post "/api/support/agent/destinations/<destination>/rotate/" [] by Agent: () => Created NewDestination, "A new secret for a webhook; the old one signs beside it until the next rotation; admins only";
    TryDestination: Post "/api/support/agent/destinations/<destination>/test/" [] by Agent: () => Ok DestinationTrial, "Send a ping and say what came of it; admins only";
    ReplayDeliveries: Post "/api/support/agent/destinations/<destination>/replay/" [] by Agent: ReplayRequest => Ok ReplayReport, "Try again one delivery, or all that were laid aside; admins only";
    ListDeliveries: Get "/api/support/agent/deliveries/" ["state", "destination", "cursor", "limit"] by Agent: () => Ok Page<Delivery>, "What was sent, is tried, or was laid aside, the newest first; admins only";

    GetOnCall: Get "/api/support/agent/on_call/" ["at"] by Agent: () => Ok Items<OnCallNow>, "Who is on call at each level, now or at a moment";
    PutRoster: Put "/api/support/agent/on_call/<level>/" [] by Agent: RosterDraft => Ok RosterDraft, "Say who takes turns at a level; admins only";
    ListPages: Get "/api/support/agent/pages/" ["cursor", "limit"] by Agent: () => Ok Page<PageInfo>, "Calls for whoever is on call, the newest first";
    CreatePage: Post "/api/support/agent/pages/" [] by Agent: PageDraft => Created PageInfo, "Call whoever is on call";
    AcknowledgePage: Post "/api/support/agent/pages/<page>/acknowledge/" [] by Agent: () => Ok PageInfo, "Take a page, so that it climbs no further";

    CreateHookToken: Post "/api/support/agent/hooks/" [] by Agent: () => Created HookToken, "A token for those who send alerts; the one before it lives on until the next; admins only";
    TakeAlerts: Post "/api/support/hooks/<source>/" ["key"] by Public: serde_json::Value => Ok HookReport, "Where Alertmanager, Datadog, PagerDuty, PostHog and Statuspages send alerts";
    TakeSlackPress: Post "/api/support/slack/<site>/" [] by Public: serde_json::Value => Ok serde_json::Value, "Where Slack sends presses of buttons, signed by the team's Slack app";
    LinkTelegram: Post "/api/support/agent/me/telegram/" [] by Agent: () => Created TelegramLink, "A one-time code that links me with the agents' bot";
    TakeTelegramUpdate: Post "/api/support/telegram/<bot>/" [] by Public: serde_json::Value => Ok serde_json::Value, "Where Telegram sends a bot's updates, with its secret";

    PutSite: Put "/api/support/operator/sites/<site>/" [] by Operator: SiteSpec => Ok SiteInfo, "Create a site or replace its policy";
    CreateAgent: Post "/api/support/operator/sites/<site>/agents/" [] by Operator: AgentDraft => Created AgentCredentials, "Add a member of the team; the token is shown once";
    RemoveAgent: Delete "/api/support/operator/sites/<site>/agents/<agent>/" [] by Operator: () => Done (), "Take a member of the team away: the token ends, open tickets go to others. A site's admin may, too";
    AddIdentityKey: Post "/api/support/operator/sites/<site>/identity_keys/" [] by Operator: () => Created IdentityKey, "Make another key that signs identities; two may live at once. A site's admin may, too";
    RetireIdentityKey: Delete "/api/support/operator/sites/<site>/identity_keys/<kid>/" [] by Operator: () => Done (), "Retire a key: what it signed opens no session any more. A site's admin may, too";
}

/// The kinds of problem any route may answer with, for the OpenAPI document.
pub const COMMON_PROBLEMS: &[ProblemKind] = &[
    ProblemKind::MalformedRequest,
    ProblemKind::InvalidInput,
    ProblemKind::NotFound,
    ProblemKind::MethodNotAllowed,
    ProblemKind::Unavailable,
];
