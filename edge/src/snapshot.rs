//! What is published to KV, and when: one function per thing, called after each change and by the cron.
//!
//! A snapshot is good enough to show and never decides a write. While one exists, visitors' reads do not touch D1; a
//! missing one is made on the spot. Each is finished text: a request copies it, it does not build it.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::page_rules;
use crate::platform;
pub(crate) use crate::site_public::SitePublic;
use crate::store::articles::{self, IndexInfo};
use crate::store::sites::Site;
use crate::store::{self, Db, Rows, incidents};
use buoy_shared::api::{Assets, AttachmentLimits, Boot, Choice, KbInfo, SystemStatus};
use buoy_shared::id::SiteId;
use buoy_shared::identity::token_hash;
use buoy_shared::incident::{Incident, banners, component_states, overall_impact};
use buoy_shared::policy::{Localized, Named, localized};
use buoy_shared::search::{INDEX_VERSION, SearchDoc, build};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use worker::Env;
use worker::kv::KvStore;

/// Seconds between two questions of a visible page: news is on every page within half a minute.
const POLL_SECONDS: u32 = 20;

/// How long an index stays in KV, in seconds: pages that were opened with an older one have it by then, and the current
/// one is rebuilt when it is missed.
const INDEX_SECONDS: u64 = 30 * 86_400;

/// How often a publication begins anew because of news before it gives up and leaves the rest to the cron.
const PUBLISH_ROUNDS_MAX: usize = 5;

/// The loader's texts, by locale; the first is the fallback.
const LOADER_TEXTS: [(&str, &str); 10] = [
    ("en", include_str!("../../shared/locales/en.json")),
    ("ar", include_str!("../../shared/locales/ar.json")),
    ("de", include_str!("../../shared/locales/de.json")),
    ("es", include_str!("../../shared/locales/es.json")),
    ("fr", include_str!("../../shared/locales/fr.json")),
    ("ja", include_str!("../../shared/locales/ja.json")),
    ("pt-BR", include_str!("../../shared/locales/pt-BR.json")),
    ("ru", include_str!("../../shared/locales/ru.json")),
    ("tr", include_str!("../../shared/locales/tr.json")),
    ("zh-CN", include_str!("../../shared/locales/zh-CN.json")),
];

/// A text with its tag and the origins that may read it, as kept in KV: a line of JSON, then the body.
pub(crate) struct Published {
    pub(crate) etag: String,
    pub(crate) origins: Vec<String>,
    pub(crate) body: String,
}

#[derive(Serialize, Deserialize)]
struct Head {
    etag: String,
    origins: Vec<String>,
}

impl Published {
    fn read(stored: &str) -> Option<Self> {
        let (head, body) = stored.split_once('\n')?;
        let head: Head = serde_json::from_str(head).ok()?;
        Some(Self { etag: head.etag, origins: head.origins, body: body.to_owned() })
    }

    fn write(body: &str, origins: &[String]) -> Result<String, ApiError> {
        let etag = short_hash(body);
        let head = serde_json::to_string(&Head { etag, origins: origins.to_vec() })?;
        Ok(format!("{head}\n{body}"))
    }
}

/// The first 64 bits of a SHA-256, in hexadecimal: enough to name a version.
pub(crate) fn short_hash(text: &str) -> String {
    token_hash(text).chars().take(16).collect()
}

fn boot_key(site: &SiteId, locale: &str) -> String {
    format!("boot/{site}/{locale}")
}

fn status_key(site: &SiteId, locale: &str) -> String {
    format!("status/{site}/{locale}")
}

fn site_key(site: &SiteId) -> String {
    format!("site/{site}")
}

/// The format stands in the key: an index of an older one is not found, and so built anew.
fn index_key(site: &SiteId, locale: &str, hash: &str) -> String {
    format!("index/{INDEX_VERSION}/{site}/{locale}/{hash}")
}

/// What is known of a site in public.
pub(crate) async fn site(cx: &Cx, site: &SiteId) -> Result<SitePublic, ApiError> {
    let kv = cx.snapshots()?;
    let stored = kv.get(&site_key(site)).text().await?;
    if let Some(known) = stored.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(known);
    }
    publish_site(&cx.env, site).await?;
    let stored = kv.get(&site_key(site)).text().await?.ok_or_else(ApiError::not_found)?;
    Ok(serde_json::from_str(&stored)?)
}

/// The boot snapshot of a locale that the site speaks, else of its default.
pub(crate) async fn boot(cx: &Cx, site: &SiteId, wanted: Option<&str>) -> Result<Published, ApiError> {
    published(cx, site, wanted, boot_key).await
}

/// The status snapshot.
pub(crate) async fn status(cx: &Cx, site: &SiteId, wanted: Option<&str>) -> Result<Published, ApiError> {
    published(cx, site, wanted, status_key).await
}

async fn published(
    cx: &Cx,
    site_id: &SiteId,
    wanted: Option<&str>,
    key: fn(&SiteId, &str) -> String,
) -> Result<Published, ApiError> {
    let kv = cx.snapshots()?;
    // Most pages ask for a locale that the site speaks, or for a region of it (`en-US`): one or two reads.
    let wanted = wanted.filter(|tag| buoy_shared::ticket::is_locale_tag(tag));
    let language = wanted.and_then(|tag| tag.split_once('-')).map(|(language, _)| language);
    for tag in [wanted, language].into_iter().flatten() {
        if let Some(found) = read_published(&kv, &key(site_id, tag)).await? {
            return Ok(found);
        }
    }
    let public = site(cx, site_id).await?;
    let locale = public.locale_for(wanted);
    if let Some(found) = read_published(&kv, &key(site_id, locale)).await? {
        return Ok(found);
    }
    publish_site(&cx.env, site_id).await?;
    read_published(&kv, &key(site_id, locale)).await?.ok_or_else(ApiError::not_found)
}

async fn read_published(kv: &KvStore, key: &str) -> Result<Option<Published>, ApiError> {
    Ok(kv.get(key).text().await?.as_deref().and_then(Published::read))
}

/// What a site's snapshots are made from.
struct Sources {
    site: Site,
    /// Statements' answers: incidents, then published indexes.
    rows: Vec<Rows>,
}

impl Sources {
    async fn read(db: &Db, site_id: &SiteId) -> Result<Self, ApiError> {
        let site = store::sites::find(db, site_id).await?.ok_or_else(ApiError::not_found)?;
        let rows = db.batch(vec![incidents::for_snapshot(site_id), articles::indexes(site_id)]).await?;
        Ok(Self { site, rows })
    }

    fn are_same_as(&self, other: &Self) -> bool {
        self.site == other.site && self.rows == other.rows
    }
}

/// Publishes everything of a site but its indexes: settings, boot and status in each locale.
///
/// Two publications at once could leave the older one standing: KV keeps what was written last. So each looks again
/// when it has written, and writes anew if there was news meanwhile.
pub(crate) async fn publish_site(env: &Env, site_id: &SiteId) -> Result<(), ApiError> {
    let db = Db::of(env, site_id)?;
    let mut sources = Sources::read(&db, site_id).await?;
    for _ in 0..PUBLISH_ROUNDS_MAX {
        write_snapshots(env, site_id, &sources).await?;
        let now = Sources::read(&db, site_id).await?;
        if now.are_same_as(&sources) {
            return Ok(());
        }
        sources = now;
    }
    Err(ApiError::internal("a site changed faster than it could be published"))
}

async fn write_snapshots(env: &Env, site_id: &SiteId, sources: &Sources) -> Result<(), ApiError> {
    let site = &sources.site;
    let incidents = sources.rows.first().map(incidents::read).transpose()?.unwrap_or_default();
    let indexes: Vec<IndexInfo> = sources.rows.get(1).map(Rows::all).transpose()?.unwrap_or_default();
    let kv = env.kv("SNAPSHOTS")?;
    forget_left_locales(&kv, site_id, &site.policy.site.locales).await?;
    for locale in &site.policy.site.locales {
        let boot = boot_text(site_id, site, locale, &incidents, &indexes)?;
        kv.put(&boot_key(site_id, locale), Published::write(&boot, &site.origins)?)?.execute().await?;
        let status = serde_json::to_string(&status_of(site_id, site, locale, &incidents))?;
        kv.put(&status_key(site_id, locale), Published::write(&status, &site.origins)?)?.execute().await?;
    }
    let public = SitePublic {
        name: site.name.clone(),
        origins: site.origins.clone(),
        default_locale: site.policy.site.default_locale.clone(),
        locales: site.policy.site.locales.clone(),
        indexes,
    };
    kv.put(&site_key(site_id), serde_json::to_string(&public)?)?.execute().await?;
    Ok(())
}

/// Takes back the snapshots of locales that the site spoke until now: pages would go on reading them for ever.
async fn forget_left_locales(kv: &KvStore, site_id: &SiteId, spoken: &[String]) -> Result<(), ApiError> {
    let before = kv.get(&site_key(site_id)).text().await?;
    let Some(before) = before.and_then(|text| serde_json::from_str::<SitePublic>(&text).ok()) else { return Ok(()) };
    for left in before.locales.iter().filter(|locale| !spoken.contains(locale)) {
        kv.delete(&boot_key(site_id, left)).await?;
        kv.delete(&status_key(site_id, left)).await?;
    }
    Ok(())
}

/// A boot answer up to its assets, which each request appends from the deployed build: `{…` without its closing brace.
fn boot_text(
    site_id: &SiteId,
    site: &Site,
    locale: &str,
    incidents: &[Incident],
    indexes: &[IndexInfo],
) -> Result<String, ApiError> {
    let policy = &site.policy;
    let index = indexes.iter().find(|index| index.locale == locale);
    let boot = Boot {
        site: site_id.to_string(),
        name: site.name.clone(),
        locale: locale.to_owned(),
        locales: policy.site.locales.clone(),
        accent: policy.site.accent.clone(),
        anonymous: site.anonymous,
        texts: loader_texts(locale)?,
        indicator: overall_impact(incidents),
        banners: banners(incidents, platform::now()),
        categories: choices(&policy.categories, locale, &policy.site.default_locale),
        kb: KbInfo {
            hash: index.map(|index| index.hash.clone()).unwrap_or_default(),
            articles: index.map_or(0, |index| index.articles),
        },
        attachments: AttachmentLimits {
            max_bytes: policy.attachments.max_bytes,
            max_files: policy.attachments.max_files,
            types: policy.attachments.types.clone(),
        },
        rating: policy.surveys.as_ref().is_some_and(|surveys| surveys.csat_after_solved),
        triage: page_rules::hash(policy, locale)?,
        assets: Assets::default(),
        poll_seconds: POLL_SECONDS,
    };
    let mut value = serde_json::to_value(&boot)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("assets");
    }
    let mut text = value.to_string();
    text.pop();
    Ok(text)
}

/// Labels of a list in one locale.
pub(crate) fn choices(list: &[impl Named], locale: &str, fallback: &str) -> Vec<Choice> {
    let label = |texts: &Localized| localized(texts, locale, fallback).to_owned();
    list.iter().map(|entry| Choice { key: entry.key().to_owned(), label: label(entry.label()) }).collect()
}

fn loader_texts(locale: &str) -> Result<BTreeMap<String, String>, ApiError> {
    // The locale itself, else any of its language: what is written for Brazil is understood in Portugal.
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let exact = LOADER_TEXTS.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(locale));
    let related = || LOADER_TEXTS.iter().find(|(tag, _)| language(tag) == language(locale));
    let texts = exact.or_else(related).unwrap_or(&LOADER_TEXTS[0]).1;
    Ok(serde_json::from_str(texts)?)
}

fn status_of(site_id: &SiteId, site: &Site, locale: &str, incidents: &[Incident]) -> SystemStatus {
    let names: Vec<(String, String)> = site
        .policy
        .components
        .iter()
        .map(|component| {
            (component.key.clone(), localized(&component.label, locale, &site.policy.site.default_locale).to_owned())
        })
        .collect();
    let open: Vec<Incident> = incidents.iter().filter(|incident| incident.resolved_at.is_none()).cloned().collect();
    SystemStatus {
        site: site_id.to_string(),
        status: if open.is_empty() { "operational" } else { "incident" }.to_owned(),
        indicator: overall_impact(&open),
        components: component_states(&names, &open),
        incidents: open,
        updated_at: platform::now(),
    }
}

/// Builds a locale's index from its published articles and publishes it, then the boot that names it.
pub(crate) async fn publish_index(env: &Env, site_id: &SiteId, locale: &str) -> Result<(), ApiError> {
    build_index(env, site_id, locale).await?;
    publish_site(env, site_id).await
}

/// Builds and stores an index; gives its hash and bytes.
pub(crate) async fn build_index(env: &Env, site_id: &SiteId, locale: &str) -> Result<(String, Vec<u8>), ApiError> {
    let db = Db::of(env, site_id)?;
    let stored = articles::for_index(&db, site_id, locale).await?;
    let docs: Vec<SearchDoc<'_>> = stored
        .iter()
        .map(|article| SearchDoc {
            slug: &article.slug,
            title: &article.title,
            headings: &article.headings,
            body: &article.body,
            keywords: &article.keywords,
            summary: &article.summary,
        })
        .collect();
    let bytes = build(locale, &docs);
    let hash = bytes_hash(&bytes);
    let key = index_key(site_id, locale, &hash);
    env.kv("SNAPSHOTS")?.put_bytes(&key, &bytes)?.expiration_ttl(INDEX_SECONDS).execute().await?;
    articles::note_index(&db, site_id, locale, &hash, u32::try_from(stored.len()).unwrap_or(u32::MAX), platform::now())
        .await?;
    Ok((hash, bytes))
}

fn bytes_hash(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a published index.
pub(crate) async fn index(cx: &Cx, site: &SiteId, locale: &str, hash: &str) -> Result<Option<Vec<u8>>, ApiError> {
    Ok(cx.snapshots()?.get(&index_key(site, locale, hash)).bytes().await?)
}
