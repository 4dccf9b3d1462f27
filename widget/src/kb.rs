//! The knowledge base in the page: one index, fetched when the panel opens, asked on every keystroke without a request (W3, K3).
//!
//! The index is immutable for its hash, so the browser's cache answers the next time. It must not rank or match by
//! itself: that is `shared::search`, the same as at the edge.

use crate::app::App;
use crate::client::Ask;
use buoy_shared::api::GetKbIndex;
use buoy_shared::search::Index;
use std::sync::Arc;

/// The search index.
#[derive(Clone)]
pub(crate) enum Kb {
    /// On its way.
    Loading,
    /// Not to be had now.
    Failed,
    /// Here, with its hash.
    Ready(Arc<Index>, String),
}

/// One article that was found, or stands first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) summary: String,
}

fn found(index: &Index, doc: u32) -> Found {
    Found {
        slug: index.slug(doc).to_owned(),
        title: index.title(doc).to_owned(),
        summary: index.summary(doc).to_owned(),
    }
}

impl App {
    /// Fetches the index unless the published one is here.
    pub(crate) fn fetch_kb(self) {
        let wanted = self.site.with_untracked(|site| site.kb.hash.clone());
        if self.kb.with_untracked(|kb| matches!(kb, Kb::Ready(_, hash) if *hash == wanted)) {
            return;
        }
        if wanted.is_empty() {
            self.kb.set(Kb::Ready(Arc::default(), wanted));
            return;
        }
        self.kb.set(Kb::Loading);
        let parts = self.parts();
        let locale = self.site.with_untracked(|site| site.locale.clone());
        let hash = wanted.clone();
        let work = async move {
            let query = [("site", parts.client.site.as_str()), ("locale", &locale), ("hash", &hash)];
            parts.client.bytes::<GetKbIndex>(Ask { query: &query, ..Ask::default() }).await
        };
        self.after(work, move |answer| {
            let index = answer.ok().and_then(|bytes| Index::load(&bytes).ok());
            self.kb.set(index.map_or(Kb::Failed, |index| Kb::Ready(Arc::new(index), wanted)));
        });
    }

    /// The best articles for a text; none while there is no index.
    pub(crate) fn find(self, text: &str, limit: usize) -> Vec<Found> {
        self.kb.with(|kb| match kb {
            Kb::Ready(index, _) => index.search(text, limit).iter().map(|hit| found(index, hit.doc)).collect(),
            _ => Vec::new(),
        })
    }

    /// The places of a text that match what was typed.
    pub(crate) fn marks(self, text: &str, query: &str) -> Vec<(usize, usize)> {
        self.kb.with_untracked(|kb| match kb {
            Kb::Ready(index, _) => index.marks(text, query),
            _ => Vec::new(),
        })
    }

    /// The first articles, for visitors who have not asked yet.
    pub(crate) fn first_articles(self, limit: usize) -> Vec<Found> {
        self.kb.with(|kb| match kb {
            Kb::Ready(index, _) => {
                (0..index.len().min(limit)).filter_map(|doc| Some(found(index, u32::try_from(doc).ok()?))).collect()
            }
            _ => Vec::new(),
        })
    }
}
