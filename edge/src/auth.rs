//! Who calls. A token names its site, so that the site's database is known before anything is looked up; what is
//! stored of it is a hash.
//!
//! Visitors: `bv1.<site>.<secret>` from `session/`. Agents: `ba1.<site>.<secret>`, shown once. The operator's token
//! is the installation's secret `OPERATOR_TOKEN`.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::platform;
use crate::store;
use crate::store::agents::Agent;
use buoy_shared::api::Role;
use buoy_shared::id::SiteId;
use buoy_shared::identity::{secrets_match, token_hash};

/// Longest token that is looked at.
const TOKEN_LENGTH_MAX: usize = 160;

/// What a token begins with, by who bears it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bearer {
    Visitor,
    Agent,
    /// Who sends alerts.
    Hook,
}

impl Bearer {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Visitor => "bv1.",
            Self::Agent => "ba1.",
            Self::Hook => "bh1.",
        }
    }
}

/// A token that has the right form; whether it is valid only its site's database can tell.
#[derive(Debug, Clone)]
pub(crate) struct TokenRef {
    pub(crate) site: SiteId,
    pub(crate) hash: String,
}

/// A new token: its text, to be shown once, and its hash, to be stored.
pub(crate) fn new_token(bearer: Bearer, site: &SiteId) -> (String, String) {
    let token = format!("{}{site}.{}", bearer.prefix(), platform::random_secret());
    let hash = token_hash(&token);
    (token, hash)
}

/// Whether a request shows a token that may be a guess; no token at all is none.
pub(crate) fn shows_token(request: &Incoming) -> bool {
    bearer_token(request).is_ok()
}

/// Whether it shows a token that claims to be an agent's.
pub(crate) fn shows_agents_token(request: &Incoming) -> bool {
    bearer_token(request).is_ok_and(|token| token.starts_with(Bearer::Agent.prefix()))
}

fn bearer_token(request: &Incoming) -> Result<String, ApiError> {
    read_bearer(request.header("authorization")?.as_deref())
}

/// Whether a header has the form of a visitor's token.
pub(crate) fn claims_visitor(header: Option<&str>) -> bool {
    read_bearer(header).and_then(|token| read_token(Bearer::Visitor, &token)).is_ok()
}

fn read_bearer(header: Option<&str>) -> Result<String, ApiError> {
    let header = header.ok_or_else(ApiError::unauthenticated)?;
    let token = header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer ")).unwrap_or_default().trim();
    if token.is_empty() || token.len() > TOKEN_LENGTH_MAX {
        return Err(ApiError::unauthenticated());
    }
    Ok(token.to_owned())
}

/// Reads a token's form. A token is found by its hash: how long the search takes tells about a hash that nobody can aim,
/// so it needs no comparison in constant time.
pub(crate) fn read_token(bearer: Bearer, token: &str) -> Result<TokenRef, ApiError> {
    let site = token.strip_prefix(bearer.prefix()).and_then(|rest| rest.split_once('.')).map(|(site, _)| site);
    let site = site.and_then(|site| SiteId::parse(site).ok()).ok_or_else(ApiError::unauthenticated)?;
    Ok(TokenRef { site, hash: token_hash(token) })
}

/// The visitor's token of a request; the stores check it together with what they read.
pub(crate) fn visitor(request: &Incoming) -> Result<TokenRef, ApiError> {
    read_token(Bearer::Visitor, &bearer_token(request)?)
}

/// The token of whoever sends alerts; whether it is valid only its site's database can tell.
pub(crate) fn hook(request: &Incoming) -> Result<TokenRef, ApiError> {
    read_token(Bearer::Hook, &bearer_token(request)?)
}

/// The agent behind a request, if their role allows what is asked.
pub(crate) async fn agent(cx: &Cx, request: &Incoming, needed: Role) -> Result<Agent, ApiError> {
    // No token at all is no guess; whatever else opens nothing is counted.
    let found = match read_token(Bearer::Agent, &bearer_token(request)?) {
        Ok(token) => store::agents::find(&cx.db(&token.site)?, &token).await?,
        Err(_) => None,
    };
    let Some(agent) = found else { return Err(limits::staff_failure(cx).await) };
    let allowed = match needed {
        Role::Viewer => true,
        Role::Agent => agent.role != Role::Viewer,
        Role::Admin => agent.role == Role::Admin,
    };
    if allowed { Ok(agent) } else { Err(ApiError::forbidden("this needs a higher role")) }
}

/// Checks the operator's token.
pub(crate) async fn operator(cx: &Cx, request: &Incoming) -> Result<(), ApiError> {
    let token = bearer_token(request)?;
    limits::operator_may_try(cx).await?;
    let expected = cx.env.secret("OPERATOR_TOKEN").map(|secret| secret.to_string()).unwrap_or_default();
    if !expected.is_empty() && secrets_match(&token, &expected) { Ok(()) } else { Err(limits::staff_failure(cx).await) }
}

/// The site of a path, for the operator and for that site's admin. For another site's admin it does not exist.
pub(crate) async fn operator_or_admin(cx: &Cx, request: &Incoming, id: &str) -> Result<SiteId, ApiError> {
    let site = SiteId::parse(id).map_err(|_| ApiError::not_found());
    if shows_agents_token(request) {
        let admin = agent(cx, request, Role::Admin).await?;
        return site.and_then(|site| if site == admin.site_id { Ok(site) } else { Err(ApiError::not_found()) });
    }
    operator(cx, request).await?;
    site
}

/// Who asks for something that both sides of a conversation may see.
pub(crate) enum Participant {
    Visitor(TokenRef),
    Staff(Agent),
}

/// The visitor's token, or the member of the team behind it.
pub(crate) async fn participant(cx: &Cx, request: &Incoming) -> Result<Participant, ApiError> {
    if bearer_token(request)?.starts_with(Bearer::Agent.prefix()) {
        agent(cx, request, Role::Viewer).await.map(Participant::Staff)
    } else {
        visitor(request).map(Participant::Visitor)
    }
}
