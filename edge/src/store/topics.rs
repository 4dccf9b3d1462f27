//! Forum topics: one a ticket, in each group that has them.

use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Where a ticket's topic in a group is.
pub(crate) struct TopicPlace<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) chat: &'a str,
    pub(crate) ticket: &'a str,
}

impl TopicPlace<'_> {
    fn bind(&self, query: Query) -> Query {
        query.site(self.site).text(self.chat).text(self.ticket)
    }
}

/// How long somebody may take to make a topic, in seconds: more than a time-out.
const TOPIC_SECONDS: i64 = 60;

/// How a ticket's topic stands.
#[derive(Debug, Deserialize)]
pub(crate) struct Topic {
    pub(crate) topic: u32,
    /// Whether it is not there yet.
    claimed: u8,
    /// Whether whoever asks is to make it.
    ours: u8,
}

impl Topic {
    /// Whether somebody else makes it.
    pub(crate) const fn is_being_made(&self) -> bool {
        self.claimed != 0 && self.ours == 0
    }

    /// Whether whoever asked is to make it.
    pub(crate) const fn is_to_be_made(&self) -> bool {
        self.ours != 0
    }
}

/// The forum topic of a ticket in a group. Where there is none, one of those who ask at once is to make it.
pub(crate) async fn topic(db: &Db, place: &TopicPlace<'_>, now: Timestamp) -> Result<Option<Topic>, ApiError> {
    let claim = Query::new(
        "INSERT INTO telegram_topics (site_id, chat_id, ticket_id, topic, claimed_at) VALUES (?1, ?2, ?3, 0, ?4) \
         ON CONFLICT (site_id, chat_id, ticket_id) DO UPDATE SET claimed_at = excluded.claimed_at WHERE claimed_at <= ?5 \
         RETURNING json_object('topic', 0, 'claimed', 1, 'ours', 1) AS j",
    );
    let claim = place.bind(claim).time(now).time(now.plus_seconds(-TOPIC_SECONDS));
    let read = Query::new(
        "SELECT json_object('topic', topic, 'claimed', claimed_at IS NOT NULL, 'ours', 0) AS j \
         FROM telegram_topics WHERE site_id = ?1 AND chat_id = ?2 AND ticket_id = ?3",
    );
    let [claimed, read] = [claim, place.bind(read)];
    let results = db.batch(vec![claimed, read]).await?;
    results.iter().find_map(|rows| rows.first().transpose()).transpose()
}

/// The statement that keeps a topic that was made.
pub(crate) fn keep_topic(place: &TopicPlace<'_>, topic: u32) -> Query {
    let query = Query::new(
        "UPDATE telegram_topics SET topic = ?4, claimed_at = NULL WHERE site_id = ?1 AND chat_id = ?2 AND ticket_id = ?3",
    );
    place.bind(query).number(topic)
}

/// The statement that forgets a topic that is gone, or that could not be made, which is none: 0.
pub(crate) fn forget_topic(place: &TopicPlace<'_>, topic: u32) -> Query {
    let query =
        Query::new("DELETE FROM telegram_topics WHERE site_id = ?1 AND chat_id = ?2 AND ticket_id = ?3 AND topic = ?4");
    place.bind(query).number(topic)
}
