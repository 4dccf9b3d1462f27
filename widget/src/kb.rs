//! The knowledge base in the page: one index, fetched when the panel opens, asked on every keystroke without a request (W3, K3).
//!
//! It comes in two parts: the first answers as soon as it is here, the rest makes the answers complete. Of a base that is too
//! large for that the rest stays at the edge, which is asked whenever somebody pauses in typing (`widget/talk/ask.js`).
//! The index is immutable for its hash, so the browser's cache answers the next time. It must not rank or match by
//! itself: that is `shared::search`, the same as at the edge.

use crate::app::App;
use crate::client::{Ask, Failure};
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

/// What the edge said: articles, the best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    /// To which words; none for what it suggests unasked.
    words: String,
    articles: Vec<Found>,
    /// Whether the first of them answers.
    fits: bool,
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
        if wanted.is_empty() {
            self.kb.set(Kb::Ready(Arc::default(), wanted));
            return;
        }
        match self.kb.with_untracked(|kb| match kb {
            Kb::Ready(index, hash) if *hash == wanted => Some(index.is_whole() || self.is_far()),
            _ => None,
        }) {
            Some(true) => return,
            // What is here goes on answering meanwhile.
            Some(false) => {}
            None => self.kb.set(Kb::Loading),
        }
        self.after(self.index_part(&wanted, "first"), move |answer| {
            let first = answer.unwrap_or_default();
            let index = Index::load(&first).ok();
            let is_whole = index.as_ref().is_none_or(Index::is_whole);
            // An index that answers already is not taken away by a failure, and not made less by its own first part.
            if !self.has_kb(&wanted) {
                self.kb.set(index.map_or(Kb::Failed, |index| Kb::Ready(Arc::new(index), wanted.clone())));
            }
            if !is_whole {
                self.fetch_rest(wanted, first);
            }
        });
    }

    /// Fetches what the first part of an index lacks; results that are on the screen by then become complete in their place.
    /// Should it not come, the first part goes on answering, and the next opening of the panel tries again.
    fn fetch_rest(self, hash: String, mut bytes: Vec<u8>) {
        self.is_rest_coming.set(true);
        self.after(self.index_part(&hash, "rest"), move |answer| {
            match answer {
                // A base that is too large to download: from now on the edge is asked, too.
                Ok(rest) if rest.is_empty() => self.far.set(hash),
                Ok(rest) => {
                    bytes.extend(rest);
                    if let (true, Ok(index)) = (self.has_kb(&hash), Index::load(&bytes)) {
                        self.kb.set(Kb::Ready(Arc::new(index), hash));
                    }
                }
                Err(_) => {}
            }
            self.is_rest_coming.set(false); // last: between the two, nothing would be said to be there
        });
    }

    /// Whether the index of this hash answers, whole or in part.
    fn has_kb(self, hash: &str) -> bool {
        self.kb.with_untracked(|kb| matches!(kb, Kb::Ready(_, here) if *here == hash))
    }

    /// Whether the rest of the index that answers stays at the edge.
    pub(crate) fn is_far(self) -> bool {
        self.far.with(|far| !far.is_empty() && self.has_kb(far))
    }

    /// Asks the edge for what the first part lacks, where it is all that is here. Gives whether there is nothing to show until
    /// the edge has answered, or until the rest has come.
    pub(crate) fn ask_edge(self, words: &str, found: &[Found]) -> bool {
        if !self.is_far() {
            return found.is_empty() && self.is_rest_coming.get();
        }
        self.extra("ask", &[words.trim()]);
        found.is_empty() && self.at_edge.with(|edge| edge.words != words.trim())
    }

    fn index_part(self, hash: &str, part: &'static str) -> impl Future<Output = Result<Vec<u8>, Failure>> + 'static {
        let parts = self.parts();
        let locale = self.site.with_untracked(|site| site.locale.clone());
        let hash = hash.to_owned();
        async move {
            let query = [("site", parts.client.site.as_str()), ("locale", &locale), ("hash", &hash), ("part", part)];
            parts.client.bytes::<GetKbIndex>(Ask { query: &query, ..Ask::default() }).await
        }
    }

    /// The best articles for a text, and whether it is doubtful that any of them answers it; none while there is no index.
    pub(crate) fn answer(self, text: &str, limit: usize) -> (Vec<Found>, bool) {
        self.kb.with(|kb| match kb {
            Kb::Ready(index, _) => {
                let answer = index.answer(text, limit);
                let is_doubtful = answer.is_doubtful();
                let mut edge = self.at_edge.get();
                // Where it did not answer or found nothing, the first part may have something.
                if !index.is_whole() && !edge.articles.is_empty() && edge.words == text.trim() {
                    edge.articles.truncate(limit);
                    return (edge.articles, !answer.half_typed && !edge.fits);
                }
                (answer.hits.iter().map(|hit| found(index, hit.doc)).collect(), is_doubtful)
            }
            _ => (Vec::new(), false),
        })
    }

    /// The best articles alone.
    pub(crate) fn find(self, text: &str, limit: usize) -> Vec<Found> {
        self.answer(text, limit).0
    }

    /// The places of a text that match what was typed.
    pub(crate) fn marks(self, text: &str, query: &str) -> Vec<(usize, usize)> {
        self.kb.with_untracked(|kb| match kb {
            Kb::Ready(index, _) => index.marks(text, query),
            _ => Vec::new(),
        })
    }

    /// Takes in what the edge says: what it found for some words, or, without any, what the site suggests on this page. Slugs,
    /// titles and summaries by turns, a line each.
    pub(crate) fn take_articles(self, words: &str, lines: &str, fits: bool) {
        let mut lines = lines.split('\n').map(str::to_owned);
        let mut articles = Vec::new();
        while let (Some(slug), Some(title), Some(summary)) = (lines.next(), lines.next(), lines.next()) {
            articles.push(Found { slug, title, summary });
        }
        let place = if words.is_empty() { self.suggested } else { self.at_edge };
        place.renew(Answered { words: words.to_owned(), articles, fits });
    }

    /// Articles for visitors who have not asked yet: what the site suggests on this page, then the first ones of all, so that
    /// there are as many as before.
    pub(crate) fn articles_to_begin_with(self, limit: usize) -> Vec<Found> {
        let mut articles = self.suggested.get().articles;
        for first in self.first_articles(limit) {
            if articles.iter().all(|one| one.slug != first.slug) {
                articles.push(first);
            }
        }
        articles.truncate(limit);
        articles
    }

    /// The first articles of all.
    fn first_articles(self, limit: usize) -> Vec<Found> {
        self.kb.with(|kb| match kb {
            Kb::Ready(index, _) => {
                (0..index.len().min(limit)).filter_map(|doc| Some(found(index, u32::try_from(doc).ok()?))).collect()
            }
            _ => Vec::new(),
        })
    }
}
