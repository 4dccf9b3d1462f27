//! Search indexes: built from published articles, kept in KV under the hash of their bytes, renewed before they fade.

use super::{PUBLISH_ROUNDS_MAX, copies, publish_for_reader, publish_site};
use crate::cx::Cx;
use crate::error::ApiError;
use crate::platform;
use crate::store::kb_indexes;
use crate::store::outbox::{self, Task};
use crate::store::{self, Db};
use buoy_shared::id::SiteId;
use buoy_shared::search::{INDEX_VERSION, IndexBuilder, SearchDoc};
use buoy_shared::time::Timestamp;
use worker::Env;

/// How long an index stays in KV, in seconds: pages that were opened with an older one have it by then.
const INDEX_SECONDS: u64 = 30 * 86_400;

/// The age at which the current index is built and written anew, in seconds: days before KV forgets it, since all readers
/// would miss it at once.
const RENEW_SECONDS: i64 = 25 * 86_400;

/// The format stands in the key: an index of an older one is not found, and so built anew.
fn key(site: &SiteId, locale: &str, hash: &str) -> String {
    format!("index/{INDEX_VERSION}/{site}/{locale}/{hash}")
}

/// Builds a locale's index and publishes it, then the boot that names it.
pub(crate) async fn publish_index(env: &Env, site_id: &SiteId, locale: &str) -> Result<(), ApiError> {
    settled(env, site_id, locale, Keep::Surely).await?;
    publish_site(env, site_id).await
}

/// Writes down that indexes of a certain age are published anew.
pub(crate) async fn renew_indexes(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let mut queries = Vec::new();
    for aged in kb_indexes::aged_indexes(db, now.plus_seconds(-RENEW_SECONDS)).await? {
        let name = format!("{}|index|{}|{}", aged.site, aged.locale, aged.published_at);
        queries.push(outbox::put_later(&aged.site, &name, &Task::publish_index(aged.locale), now)?);
    }
    if queries.is_empty() { Ok(()) } else { db.batch(queries).await.map(drop) }
}

/// The current index, built for a reader who missed it. Others may miss it in the same second, and KV refuses a second
/// writing of one key within it: a reader gets what was built, whatever came of keeping it.
pub(crate) async fn index_for_reader(cx: &Cx, site: &SiteId, locale: &str) -> Result<(String, Vec<u8>), ApiError> {
    let built = settled(&cx.env, site, locale, Keep::IfItCanBe).await?;
    // The next visitor is told of this one.
    publish_for_reader(&cx.env, site).await;
    Ok(built)
}

/// Whether an index that cannot be written is one all the same.
#[derive(Clone, Copy)]
enum Keep {
    Surely,
    IfItCanBe,
}

/// Builds and stores an index; gives its hash and bytes.
///
/// Two builds at once could leave the older one noted. So each looks again when it has noted its own, and builds anew if
/// an article changed meanwhile.
async fn settled(env: &Env, site_id: &SiteId, locale: &str, keep: Keep) -> Result<(String, Vec<u8>), ApiError> {
    let db = Db::of(env, site_id)?;
    let mut state = kb_indexes::state(&db, site_id, locale).await?;
    for _ in 0..PUBLISH_ROUNDS_MAX {
        let built = built_once(env, &db, (site_id, locale), keep).await?;
        let now = kb_indexes::state(&db, site_id, locale).await?;
        if now == state {
            return Ok(built);
        }
        state = now;
    }
    Err(ApiError::internal("articles changed faster than they could be published"))
}

async fn built_once(
    env: &Env,
    db: &Db,
    (site_id, locale): (&SiteId, &str),
    keep: Keep,
) -> Result<(String, Vec<u8>), ApiError> {
    let (bytes, count) = build(db, site_id, locale).await?;
    let hash = bytes_hash(&bytes);
    let (kv, key) = (env.kv("SNAPSHOTS")?, key(site_id, locale, &hash));
    match keep {
        Keep::Surely => copies::write(&kv, &key, &bytes, Some(INDEX_SECONDS)).await?,
        Keep::IfItCanBe => copies::keep_copy(&kv, &key, &bytes, INDEX_SECONDS).await,
    }
    kb_indexes::note_index(db, site_id, locale, &hash, u32::try_from(count).unwrap_or(u32::MAX), platform::now())
        .await?;
    Ok((hash, bytes))
}

/// The bytes of an index of what readers of a locale may read now, and of how many articles.
async fn build(db: &Db, site_id: &SiteId, locale: &str) -> Result<(Vec<u8>, usize), ApiError> {
    let site = store::sites::find(db, site_id).await?.ok_or_else(ApiError::not_found)?;
    let mut builder = IndexBuilder::new(locale);
    for group in site.policy.search.synonyms.get(locale).into_iter().flatten() {
        builder.add_synonyms(group.iter().map(String::as_str));
    }
    // What is not translated is found in the site's own language, after the rest.
    let own = site.policy.site.default_locale.as_str();
    let mut count = add_articles(db, site_id, (locale, locale), &mut builder).await?;
    if own != locale {
        count += add_articles(db, site_id, (own, locale), &mut builder).await?;
    }
    Ok((builder.finish(), count))
}

/// Adds the published articles of a locale that another one lacks; gives how many.
async fn add_articles(
    db: &Db,
    site_id: &SiteId,
    which: (&str, &str),
    builder: &mut IndexBuilder,
) -> Result<usize, ApiError> {
    let (mut count, mut last) = (0, String::new());
    loop {
        let page = kb_indexes::for_index(db, site_id, which, &last).await?;
        for kb_indexes::Indexed { slug, title, headings, body, keywords, summary } in &page {
            builder.add(&SearchDoc { slug, title, headings, body, keywords, summary });
        }
        count += page.len();
        match page.last() {
            Some(article) if page.len() == kb_indexes::BUILD_PAGE as usize => last.clone_from(&article.slug),
            _ => return Ok(count),
        }
    }
}

fn bytes_hash(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a published index.
pub(crate) async fn index(cx: &Cx, site: &SiteId, locale: &str, hash: &str) -> Result<Option<Vec<u8>>, ApiError> {
    Ok(cx.snapshots()?.get(&key(site, locale, hash)).bytes().await?)
}
