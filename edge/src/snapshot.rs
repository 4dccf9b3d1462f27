//! What is published to KV, and when: one function per thing, called after each change and by the cron.
//!
//! A snapshot is good enough to show and never decides a write. While one exists, visitors' reads do not touch D1; a
//! missing one is made on the spot. Each is finished text: a request copies it, it does not build it.

mod answers;
mod book;
mod copies;
mod indexes;

pub(crate) use answers::choices;
pub(crate) use copies::keep_copy;
#[cfg(feature = "test-clock")]
pub(crate) use copies::{forget_all, refuse_writing};
pub(crate) use indexes::{index, index_for_reader, publish_index, renew_indexes};

use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::platform;
pub(crate) use crate::site_public::SitePublic;
use crate::store::kb_indexes::{self, IndexInfo};
use crate::store::sites::Site;
use crate::store::{self, Db, Rows, incident_life, incidents, maintenances};
use buoy_shared::id::SiteId;
use buoy_shared::identity::token_hash;
use buoy_shared::incident::{Incident, Maintenance};
use buoy_shared::status_page::StatusBook;
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use worker::Env;
use worker::kv::KvStore;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Days of which bars are published: those they show, and some in which nothing is published anew.
const COURSE_DAYS: i64 = buoy_shared::status_page::BAR_DAYS + 30;

/// How often a publication begins anew because of news before it gives up and leaves the rest to the cron.
const PUBLISH_ROUNDS_MAX: usize = 5;

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

/// The form stands in the key, because the loader is deployed with it: banners of an older one do not say that they are over.
fn boot_key(site: &SiteId, locale: &str) -> String {
    format!("boot/2/{site}/{locale}")
}

fn status_key(site: &SiteId, locale: &str) -> String {
    format!("status/{site}/{locale}")
}

fn site_key(site: &SiteId) -> String {
    format!("site/{site}")
}

/// The form stands in the key: a book of an older one is not found, and so written anew.
fn book_key(site: &SiteId) -> String {
    format!("book/2/{site}")
}

/// What is known of a site in public.
pub(crate) async fn site(cx: &Cx, site: &SiteId) -> Result<SitePublic, ApiError> {
    let kv = cx.snapshots()?;
    let stored = kv.get(&site_key(site)).text().await?;
    if let Some(known) = stored.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(known);
    }
    Ok(serde_json::from_str(&made_for_reader(cx, site, &site_key(site)).await?)?)
}

/// What the public status of a site is made from.
pub(crate) async fn book(cx: &Cx, site: &SiteId) -> Result<StatusBook, ApiError> {
    let kv = cx.snapshots()?;
    let stored = kv.get(&book_key(site)).text().await?;
    if let Some(known) = stored.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(known);
    }
    Ok(serde_json::from_str(&made_for_reader(cx, site, &book_key(site)).await?)?)
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
    let made = made_for_reader(cx, site_id, &key(site_id, locale)).await?;
    Published::read(&made).ok_or_else(ApiError::not_found)
}

/// What a reader misses, made anew and published. Others may miss it in the same second, and KV refuses a second writing of
/// one key within it: so they are told what was made, whatever came of the publication.
async fn made_for_reader(cx: &Cx, site_id: &SiteId, key: &str) -> Result<String, ApiError> {
    limits::before_database(cx).await?; // anybody can invent sites of which no copy is published
    let sources = Sources::read(&cx.db(site_id)?, site_id).await?;
    let made = texts(site_id, &sources)?.into_iter().find(|(made, _)| made == key);
    let (_, text) = made.ok_or_else(ApiError::not_found)?;
    publish_for_reader(&cx.env, site_id).await;
    Ok(text)
}

/// Publishes a site for whoever reads next.
pub(crate) async fn publish_for_reader(env: &Env, site_id: &SiteId) {
    if let Err(error) = publish_site(env, site_id).await {
        worker::console_log!("{site_id} is not published: {error:?}");
    }
}

async fn read_published(kv: &KvStore, key: &str) -> Result<Option<Published>, ApiError> {
    Ok(kv.get(key).text().await?.as_deref().and_then(Published::read))
}

/// What a site's snapshots are made from.
struct Sources {
    site: Site,
    /// Statements' answers: incidents, published indexes, planned work, courses of incidents.
    rows: Vec<Rows>,
}

impl Sources {
    async fn read(db: &Db, site_id: &SiteId) -> Result<Self, ApiError> {
        let site = store::sites::find(db, site_id).await?.ok_or_else(ApiError::not_found)?;
        // Cut at a day's begin, so that two readings of the same are the same.
        let today = platform::now().as_millis().div_euclid(DAY_MS) * DAY_MS;
        let since = Timestamp::from_millis(today - COURSE_DAYS * DAY_MS);
        let queries = vec![
            incidents::for_snapshot(site_id),
            kb_indexes::indexes(site_id),
            maintenances::for_snapshot(site_id),
            incident_life::courses(site_id, since),
        ];
        let rows = db.batch(queries).await?;
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

/// What there is to tell.
#[derive(Clone, Copy)]
struct News<'a> {
    incidents: &'a [Incident],
    maintenances: &'a [Maintenance],
    now: Timestamp,
}

async fn write_snapshots(env: &Env, site_id: &SiteId, sources: &Sources) -> Result<(), ApiError> {
    let kv = env.kv("SNAPSHOTS")?;
    forget_left_locales(&kv, site_id, &sources.site.policy.site.locales).await?;
    for (key, text) in texts(site_id, sources)? {
        copies::write(&kv, &key, text.as_bytes(), None).await?;
    }
    Ok(())
}

/// All texts of a site with their keys, in the order in which they are written.
fn texts(site_id: &SiteId, sources: &Sources) -> Result<Vec<(String, String)>, ApiError> {
    let site = &sources.site;
    let incidents = sources.rows.first().map(incidents::read).transpose()?.unwrap_or_default();
    let indexes: Vec<IndexInfo> = sources.rows.get(1).map(Rows::all).transpose()?.unwrap_or_default();
    let maintenances = sources.rows.get(2).map(maintenances::read).transpose()?.unwrap_or_default();
    let news = News { incidents: &incidents, maintenances: &maintenances, now: platform::now() };
    let mut texts = Vec::new();
    for locale in &site.policy.site.locales {
        let boot = answers::boot(site_id, site, locale, &news, &indexes)?;
        texts.push((boot_key(site_id, locale), Published::write(&boot, &site.origins)?));
        let status = serde_json::to_string(&answers::status(site_id, site, locale, &news))?;
        texts.push((status_key(site_id, locale), Published::write(&status, &site.origins)?));
    }
    let public = SitePublic {
        name: site.name.clone(),
        origins: site.origins.clone(),
        default_locale: site.policy.site.default_locale.clone(),
        locales: site.policy.site.locales.clone(),
        indexes,
        download_bytes_max: site.policy.search.download_bytes_max,
    };
    texts.push((site_key(site_id), serde_json::to_string(&public)?));
    let courses = sources.rows.get(3).map(incident_life::read_courses).transpose()?.unwrap_or_default();
    texts.push((book_key(site_id), serde_json::to_string(&book::book(site, &news, courses))?));
    Ok(texts)
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
