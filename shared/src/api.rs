//! The contract between page and edge: one type a route (A).
//!
//! `impl Endpoint for CreateTicket { type Request = TicketDraft; type Response = Ticket; … }`: the router matches on
//! [`RouteId`], the panel calls by the same type, the OpenAPI document is printed from it. A route without a handler
//! or a call with the wrong body does not compile. Paths are promises: add, never change.

use crate::article::Article;
use crate::incident::{Banner, Component, Impact, Incident, IncidentDraft, UpdateDraft};
use crate::problem::ProblemKind;
use crate::ticket::{
    AgentMessageDraft, AgentTicket, AgentTicketSummary, Message, MessageDraft, Ticket, TicketDraft, TicketSummary,
};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

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

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes; carries an idempotency key.
    Post,
    /// Replaces.
    Put,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody; widget routes still answer only to pages of the site's origins.
    Public,
    /// A customer with a token from `session/`.
    Visitor,
    /// A member of the site's team.
    Agent,
    /// Whoever runs this installation.
    Operator,
}

/// What success looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Success {
    /// The thing asked for.
    Ok,
    /// A thing that did not exist before.
    Created,
    /// A connection that stays open.
    Upgraded,
}

/// One route: what goes in, what comes out, who may.
pub trait Endpoint {
    /// What the body holds; `()` for none.
    type Request: Serialize + DeserializeOwned;
    /// What the answer holds.
    type Response: Serialize + DeserializeOwned;
    /// Which route it is.
    const ID: RouteId;
}

/// A route as a row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Which route it is.
    pub id: RouteId,
    /// Its method.
    pub method: Method,
    /// Its path; `<name>` stands for one segment.
    pub path: &'static str,
    /// Who may call it.
    pub audience: Audience,
    /// What success looks like.
    pub success: Success,
    /// Query parameters it understands; one that begins with `!` must be there.
    pub query: &'static [&'static str],
    /// One line for people.
    pub summary: &'static str,
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
    GetHealth: Get "/api/support/health/" [] by Public: () => Ok Health, "Whether storage answers; 503 when it does not";
    GetOpenApi: Get "/api/support/openapi.json" [] by Public: () => Ok serde_json::Value, "This document";
    GetBoot: Get "/api/support/boot/" ["!site", "locale"] by Public: () => Ok Boot, "What a page needs before anybody touches the widget";
    CreateSession: Post "/api/support/session/" [] by Public: SessionRequest => Created Session, "A visitor's token, anonymous or for a signed identity";

    CreateTicket: Post "/api/support/tickets/" [] by Visitor: TicketDraft => Created Ticket, "Create a ticket";
    ListTickets: Get "/api/support/tickets/" ["cursor", "limit"] by Visitor: () => Ok Page<TicketSummary>, "My tickets, the last changed first";
    GetTicket: Get "/api/support/tickets/<ticket>/" [] by Visitor: () => Ok Ticket, "One ticket with its messages";
    AddMessage: Post "/api/support/tickets/<ticket>/add_message/" [] by Visitor: MessageDraft => Created Message, "Add a message to a ticket";
    MarkTicketSeen: Post "/api/support/tickets/<ticket>/seen/" [] by Visitor: SeenMark => Ok SeenMark, "Mark a ticket's messages as seen, up to one";
    FollowTicket: Get "/api/support/tickets/<ticket>/live" ["after"] by Visitor: () => Upgraded LiveEvent, "A WebSocket with what happens in a ticket, from a cursor on";

    ListCategories: Get "/api/support/categories/" ["!site", "locale"] by Public: () => Ok Items<Choice>, "Categories of a site";
    ListPriorities: Get "/api/support/priorities/" ["!site", "locale"] by Public: () => Ok Items<PriorityInfo>, "Priorities of a site with their promises";

    GetKbIndex: Get "/api/support/kb/index/" ["!site", "!locale", "hash"] by Public: () => Ok Binary, "The search index of a locale; immutable for a hash";
    GetArticle: Get "/api/support/kb/articles/<slug>/" ["!site", "locale"] by Public: () => Ok Article, "One article";
    SearchArticles: Get "/api/support/kb/search/" ["!site", "locale", "q", "limit"] by Public: () => Ok SearchAnswer, "Search at the edge, with the engine of the page";
    VoteArticle: Post "/api/support/kb/feedback/" [] by Public: ArticleVote => Created ArticleVote, "Whether an article helped";

    ListIncidents: Get "/api/support/incidents/" ["site", "cursor", "limit"] by Public: () => Ok Page<Incident>, "Incidents, the newest first";
    GetIncident: Get "/api/support/incidents/<incident>/" ["site"] by Public: () => Ok Incident, "One incident with its updates";
    DeclareIncident: Post "/api/support/incidents/" [] by Agent: IncidentDraft => Created Incident, "Declare an incident; its banner goes up";
    UpdateIncident: Post "/api/support/incidents/<incident>/updates/" [] by Agent: UpdateDraft => Created Incident, "Post an update; with status resolved the banner comes down";

    GetMe: Get "/api/support/agent/me/" [] by Agent: () => Ok AgentInfo, "Who this token belongs to";
    GetStats: Get "/api/support/stats/" [] by Agent: () => Ok Stats, "Support statistics";
    ListAgentTickets: Get "/api/support/agent/tickets/" ["status", "cursor", "limit"] by Agent: () => Ok Page<AgentTicketSummary>, "Tickets of the site, the last changed first";
    GetAgentTicket: Get "/api/support/agent/tickets/<ticket>/" [] by Agent: () => Ok AgentTicket, "One ticket with notes and history";
    AddAgentMessage: Post "/api/support/agent/tickets/<ticket>/add_message/" [] by Agent: AgentMessageDraft => Created Message, "Answer a ticket or leave an internal note";

    ImportArticles: Post "/api/support/agent/kb/import/" [] by Agent: ImportRequest => Ok ImportReport, "Store articles from Markdown with front matter";
    ListArticles: Get "/api/support/agent/kb/articles/" ["locale", "cursor", "limit"] by Agent: () => Ok Page<ArticleInfo>, "Articles of the site, drafts too";
    PublishArticle: Post "/api/support/agent/kb/articles/<slug>/publish/" [] by Agent: PublishRequest => Ok ArticleInfo, "Publish or unpublish an article; it shows up at once";

    PutSite: Put "/api/support/operator/sites/<site>/" [] by Operator: SiteSpec => Ok SiteInfo, "Create a site or replace its policy";
    CreateAgent: Post "/api/support/operator/sites/<site>/agents/" [] by Operator: AgentDraft => Created AgentCredentials, "Add a member of the team; the token is shown once";
}

impl RouteId {
    /// The route's row.
    #[must_use]
    pub fn route(self) -> &'static Route {
        let [first, ..] = ROUTES else { unreachable!("the table is written above") };
        // Every id was made together with its row.
        ROUTES.iter().find(|route| route.id == self).unwrap_or(first)
    }
}

/// What a path and method lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteMatch<'a> {
    /// A route, with the text of its `<name>` segment.
    Found(RouteId, Option<&'a str>),
    /// The path exists, the method does not.
    WrongMethod,
    /// No such path.
    Unknown,
}

/// Finds the route of a request; a trailing slash is optional on each.
#[must_use]
pub fn find_route<'a>(method: &str, path: &'a str) -> RouteMatch<'a> {
    let mut outcome = RouteMatch::Unknown;
    for route in ROUTES {
        if let Some(parameter) = match_path(route.path, path) {
            if route.method.as_str() == method {
                return RouteMatch::Found(route.id, parameter);
            }
            outcome = RouteMatch::WrongMethod;
        }
    }
    outcome
}

/// Compares segment by segment; the inner value is the parameter, if the pattern has one.
fn match_path<'a>(pattern: &str, path: &'a str) -> Option<Option<&'a str>> {
    let mut parameter = None;
    let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
    for expected in pattern.strip_suffix('/').unwrap_or(pattern).split('/') {
        let segment = segments.next()?;
        if expected.starts_with('<') {
            if segment.is_empty() {
                return None;
            }
            parameter = Some(segment);
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(parameter)
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// A whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
}

/// An answer that is bytes, not JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Binary(pub Vec<u8>);

/// What a page needs before anybody touches the widget. The loader reads it; the panel gets it handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Boot {
    /// The site.
    pub site: String,
    /// Its name.
    pub name: String,
    /// The language of the texts.
    pub locale: String,
    /// The languages the site speaks.
    pub locales: Vec<String>,
    /// Colour of launcher and buttons, `#rrggbb`.
    pub accent: String,
    /// Whether visitors without a signed identity may write.
    pub anonymous: bool,
    /// The loader's few texts.
    pub texts: BTreeMap<String, String>,
    /// Worst impact among the open incidents.
    pub indicator: Impact,
    /// What pages should know of, the first matters most.
    pub banners: Vec<Banner>,
    /// What a ticket may be about.
    pub categories: Vec<Choice>,
    /// The search index to fetch when the panel opens.
    pub kb: KbInfo,
    /// Addresses of the panel's files; filled in by the edge from the deployed build.
    pub assets: Assets,
    /// Seconds until a visible page asks again.
    pub poll_seconds: u32,
}

/// The published knowledge base of a locale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KbInfo {
    /// Hash of the index; empty when nothing is published.
    pub hash: String,
    /// How many articles it has.
    pub articles: u32,
}

/// Addresses of the panel's files, named by content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assets {
    /// The build.
    pub version: String,
    /// The panel's module.
    pub panel_js: String,
    /// Its WebAssembly.
    pub panel_wasm: String,
    /// Its style sheet.
    pub panel_css: String,
    /// Its texts by locale.
    pub texts: BTreeMap<String, String>,
}

/// A choice in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// The key to send.
    pub key: String,
    /// The label to show.
    pub label: String,
}

/// A priority with its promises, one a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriorityInfo {
    /// The key.
    pub key: String,
    /// The label.
    pub label: String,
    /// What is promised.
    pub sla: Vec<PromiseInfo>,
}

/// What is promised to a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromiseInfo {
    /// The tier's key.
    pub tier: String,
    /// Counted minutes to the first answer.
    pub first_response_minutes: u32,
    /// Counted minutes to the solution; null when none is promised.
    pub resolution_minutes: Option<u32>,
    /// Name of the calendar that counts.
    pub calendar: String,
}

/// State of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemStatus {
    /// The site.
    pub site: String,
    /// `operational`, or `incident` while one is open.
    pub status: String,
    /// Worst impact among the open incidents.
    pub indicator: Impact,
    /// The components.
    pub components: Vec<Component>,
    /// The open incidents, the newest first.
    pub incidents: Vec<Incident>,
    /// When this was published.
    pub updated_at: Timestamp,
}

/// Whether storage answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// `pass` or `fail`.
    pub status: String,
    /// `pass` or `fail` by storage.
    pub checks: BTreeMap<String, String>,
}

/// Asks for a visitor's token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The site.
    #[serde(default)]
    pub site: String,
    /// A JWT signed by the site's secret; left out, the visitor is anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// A visitor's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// Goes into `Authorization: Bearer`.
    pub token: String,
    /// The customer's id with us.
    pub visitor: String,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// How far a visitor has read a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeenMark {
    /// Place of the last message that was seen.
    pub seq: u32,
}

/// What the live connection says; the page answers `ping` with nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A message was stored.
    Message {
        /// The message.
        message: Message,
        /// How far the ticket is now.
        status: crate::ticket::TicketStatus,
    },
    /// Everything up to this place was sent; what follows is new.
    CaughtUp {
        /// Place of the newest message.
        seq: u32,
        /// How far the ticket is now.
        status: crate::ticket::TicketStatus,
    },
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchAnswer {
    /// The articles, best first.
    pub items: Vec<SearchItem>,
}

/// One article that a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchItem {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it answers.
    pub summary: String,
    /// The engine's score; comparable within one answer only.
    pub score: f32,
}

/// Whether an article helped (W3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArticleVote {
    /// The site.
    #[serde(default)]
    pub site: String,
    /// The article.
    #[serde(default)]
    pub slug: String,
    /// The locale it was read in.
    #[serde(default)]
    pub locale: String,
    /// Whether it did.
    pub helpful: bool,
}

/// Who an agent's token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentInfo {
    /// The agent.
    pub id: String,
    /// Their name, as customers see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their site.
    pub site: String,
}

/// What a member of the team may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Answers tickets, declares incidents, writes articles.
    Agent,
    /// Reads.
    Viewer,
}

impl Role {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Admin, Self::Agent, Self::Viewer].into_iter().find(|role| role.as_str() == word)
    }
}

/// Support statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stats {
    /// Tickets by status.
    pub by_status: BTreeMap<String, u32>,
    /// Tickets that wait for a first answer past its due time.
    pub first_response_overdue: u32,
    /// Incidents that are open.
    pub open_incidents: u32,
}

/// Articles to store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// The articles.
    pub articles: Vec<ArticleSource>,
    /// Publish them at once.
    #[serde(default)]
    pub publish: bool,
    /// Rebuild the search index afterwards; a long import says yes only in its last request of a locale.
    #[serde(default = "yes")]
    pub rebuild: bool,
}

const fn yes() -> bool {
    true
}

/// One article as its author keeps it (K3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArticleSource {
    /// The language it is written in.
    pub locale: String,
    /// Its name in addresses.
    pub slug: String,
    /// Markdown with front matter.
    pub markdown: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// How many were stored.
    pub stored: u32,
    /// What was refused, by slug.
    pub refused: Vec<ImportRefusal>,
}

/// An article that was not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportRefusal {
    /// Its slug.
    pub slug: String,
    /// Why not.
    pub detail: String,
}

/// Publishes or unpublishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// The locale to publish in.
    #[serde(default)]
    pub locale: String,
    /// False takes it back to a draft.
    #[serde(default = "yes")]
    pub published: bool,
}

/// An article as one line of the team's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleInfo {
    /// Its name in addresses.
    pub slug: String,
    /// The language it is written in.
    pub locale: String,
    /// Its title.
    pub title: String,
    /// Whether readers see it.
    pub published: bool,
    /// When its text last changed.
    pub updated_at: Timestamp,
}

/// A site as its operator describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SiteSpec {
    /// Its name, as visitors see it.
    #[serde(default)]
    pub name: String,
    /// The text of its `policy.toml`.
    #[serde(default)]
    pub policy_toml: String,
    /// Origins of the pages that embed it, such as `https://app.example.com`.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Whether visitors without a signed identity may write.
    #[serde(default = "yes")]
    pub anonymous: bool,
}

/// A site and the secret that signs its identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SiteInfo {
    /// The site.
    pub site: String,
    /// What signs identities.
    pub identity: IdentityKey,
}

/// A key that signs identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdentityKey {
    /// Its name, for the token's header.
    pub kid: String,
    /// The secret for HS256, as text: its UTF-8 bytes are the key.
    pub secret: String,
}

/// A member of the team to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentDraft {
    /// Their name, as customers see it.
    #[serde(default)]
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A new member's token, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentCredentials {
    /// The agent.
    pub id: String,
    /// Goes into `Authorization: Bearer`.
    pub token: String,
}

/// The kinds of problem any route may answer with, for the OpenAPI document.
pub const COMMON_PROBLEMS: &[ProblemKind] = &[
    ProblemKind::MalformedRequest,
    ProblemKind::InvalidInput,
    ProblemKind::NotFound,
    ProblemKind::MethodNotAllowed,
    ProblemKind::Unavailable,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_paths_of_requirement_a_lead_to_their_routes() {
        let cases = [
            ("GET", "/api/support/status/", RouteId::GetStatus, None),
            ("GET", "/api/support/health", RouteId::GetHealth, None),
            ("POST", "/api/support/tickets/", RouteId::CreateTicket, None),
            ("GET", "/api/support/tickets", RouteId::ListTickets, None),
            ("GET", "/api/support/tickets/tkt_1/", RouteId::GetTicket, Some("tkt_1")),
            ("POST", "/api/support/tickets/tkt_1/add_message", RouteId::AddMessage, Some("tkt_1")),
            ("GET", "/api/support/stats/", RouteId::GetStats, None),
            ("GET", "/api/support/categories/", RouteId::ListCategories, None),
            ("GET", "/api/support/priorities/", RouteId::ListPriorities, None),
            ("GET", "/api/support/tickets/tkt_1/live", RouteId::FollowTicket, Some("tkt_1")),
            ("GET", "/api/support/kb/articles/pay/", RouteId::GetArticle, Some("pay")),
        ];
        for (method, path, id, parameter) in cases {
            assert_eq!(find_route(method, path), RouteMatch::Found(id, parameter), "{method} {path}");
        }
    }

    #[test]
    fn a_wrong_method_and_an_unknown_path_are_told_apart() {
        assert_eq!(find_route("DELETE", "/api/support/tickets/"), RouteMatch::WrongMethod);
        for path in [
            "/",
            "/api/support/",
            "/api/support/tickets//",
            "/api/support/tickets/x/y/",
            "/API/support/status/",
            "/api/support/tickets/x/live/z",
        ] {
            assert_eq!(find_route("GET", path), RouteMatch::Unknown, "{path}");
        }
    }

    #[test]
    fn no_two_routes_share_method_and_path() {
        for (at, route) in ROUTES.iter().enumerate() {
            let twin =
                ROUTES.iter().skip(at + 1).find(|other| other.method == route.method && other.path == route.path);
            assert!(twin.is_none(), "{:?}", route.id);
            assert_eq!(route.id.route().path, route.path);
        }
    }
}
