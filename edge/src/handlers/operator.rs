//! For whoever runs the installation: sites and the first members of their teams.

use crate::auth::{self, Bearer, new_token};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::platform;
use crate::reply::Reply;
use crate::store::agents::{self, Agent};
use crate::store::kb_indexes::{self, IndexInfo};
use crate::store::outbox::{self, Task};
use crate::store::sites::{self, NewSite, StoredSite};
use crate::store::{Rows, outbox::Entry};
use buoy_shared::api::{AgentCredentials, AgentDraft, IdentityKey, RouteId, SiteInfo, SiteSpec};
use buoy_shared::id::{AgentId, SiteId};
use buoy_shared::policy::Policy;
use buoy_shared::policy_file;
use buoy_shared::secret::Secret;
use buoy_shared::text::{FieldCode, IMPORT_BYTES_MAX, NAME_CHARS_MAX, Refusals};
use worker::Url;

/// Origins one site may list: its products and their staging places.
const ORIGINS_MAX: usize = 20;

/// `PUT operator/sites/<site>/`.
///
/// 1. the operator's token, the site's id, the body;
/// 2. check name and origins, parse the policy; a wrong policy is refused with the line and the remedy;
/// 3. store the site and the tasks to publish it and its indexes as one batch; publish.
pub(crate) async fn put_site(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    // 1.
    auth::operator(cx, request).await?;
    let site =
        SiteId::parse(id).map_err(|error| ApiError::field("site", FieldCode::InvalidFormat, &error.to_string()))?;
    let spec: SiteSpec = request.json(IMPORT_BYTES_MAX)?.value;
    // 2.
    let (name, policy) = check(&spec)?;
    let first_key = IdentityKey { kid: "k1".to_owned(), secret: Secret::new(platform::random_secret()) };
    // 3.
    let new = NewSite {
        site: &site,
        name: &name,
        policy_toml: &spec.policy_toml,
        policy: &policy,
        origins: &spec.origins,
        anonymous: spec.anonymous,
        first_key: &first_key,
    };
    let db = cx.db(&site)?;
    let mut queries = sites::put(&new, cx.now)?;
    let (entry, task): (Entry, _) = outbox::put(&site, Task::PublishSite {}, cx.now)?;
    queries.push(task);
    let mut entries = vec![entry];
    // An index carries the policy's synonyms, and a language that is new has none yet.
    let indexes: Vec<IndexInfo> = db.run(kb_indexes::indexes(&site)).await?.all()?;
    let mut locales: Vec<String> = indexes.into_iter().map(|index| index.locale).collect();
    if !locales.is_empty() {
        let new: Vec<&String> = policy.site.locales.iter().filter(|locale| !locales.contains(locale)).collect();
        let new: Vec<String> = new.into_iter().cloned().collect();
        locales.extend(new);
    }
    for locale in locales {
        let (entry, task) = outbox::put(&site, Task::publish_index(locale), cx.now)?;
        queries.push(task);
        entries.push(entry);
    }
    let results = db.batch(queries).await?;
    let stored: Option<StoredSite> = results.first().map(Rows::first).transpose()?.flatten();
    let stored = stored.ok_or_else(|| ApiError::internal("a site was not stored"))?;
    // The front worker publishes before the answer goes out.
    jobs::attempt_in_order_after_answer(cx, entries);
    let identity =
        stored.keys.into_iter().last().ok_or_else(|| ApiError::internal("a site without an identity key"))?;
    let info = SiteInfo { site: site.to_string(), identity };
    if stored.version == 1 { Reply::created(&info) } else { Reply::ok(&info) }
}

fn check(spec: &SiteSpec) -> Result<(String, Policy), ApiError> {
    let mut refusals = Refusals::default();
    let name = refusals.required_line("name", &spec.name, NAME_CHARS_MAX);
    if spec.origins.len() > ORIGINS_MAX || !spec.origins.iter().all(|origin| is_origin(origin)) {
        refusals.push(
            "origins",
            FieldCode::InvalidFormat,
            "expected at most 20 origins such as https://app.example.com, without a path",
        );
    }
    let policy = policy_file::parse(&spec.policy_toml);
    if let Err(error) = &policy {
        refusals.push("policy_toml", FieldCode::InvalidFormat, &error.to_string());
    }
    refusals.into_result(())?;
    let policy =
        policy.map_err(|error| ApiError::field("policy_toml", FieldCode::InvalidFormat, &error.to_string()))?;
    Ok((name, policy))
}

fn is_origin(text: &str) -> bool {
    Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.origin().ascii_serialization() == text)
}

/// `POST operator/sites/<site>/agents/`.
pub(crate) async fn create_agent(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    auth::operator(cx, request).await?;
    let site = SiteId::parse(id).map_err(|_| ApiError::not_found())?;
    let draft: AgentDraft = request.json(IMPORT_BYTES_MAX)?.value;
    let mut refusals = Refusals::default();
    let name = refusals.required_line("name", &draft.name, NAME_CHARS_MAX);
    refusals.into_result(())?;
    let (token, hash) = new_token(Bearer::Agent, &site);
    let agent =
        Agent { site_id: site.clone(), agent_id: AgentId::from_random(platform::random_16()), name, role: draft.role };
    if !agents::insert(&cx.db(&site)?, &agent, &hash, cx.now).await? {
        return Err(ApiError::not_found());
    }
    Reply::created(&AgentCredentials { id: agent.agent_id.to_string(), token: Secret::new(token) })
}

/// `DELETE operator/sites/<site>/agents/<agent>/`: whoever left reads and writes nothing any more, and what they had open
/// is given to others. Their words in threads stay.
pub(crate) async fn remove_agent(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let site = auth::operator_or_admin(cx, request, id).await?;
    let path = request.path();
    let agent = RouteId::RemoveAgent.route().parameter("agent", &path).unwrap_or_default();
    if agents::remove(&cx.db(&site)?, &site, agent, cx.now).await? {
        Ok(Reply::nothing())
    } else {
        Err(ApiError::not_found())
    }
}
