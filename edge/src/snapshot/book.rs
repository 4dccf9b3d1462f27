//! What the public status is made from, as one value in KV.

use super::News;
use crate::store::incidents::PUBLISHED_MAX;
use crate::store::sites::Site;
use buoy_shared::incident::Incident;
use buoy_shared::status_page::StatusBook;
use buoy_shared::time::Timestamp;
use buoy_shared::uptime::Course;

/// Bytes of text that a book holds, about: it is read and parsed for each page. A hundred incidents of a page each.
const BOOK_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The book of a site. What is over and does not fit is left to the archive.
pub(super) fn book(site: &Site, news: &News<'_>, courses: Vec<Course>) -> StatusBook {
    let mut room = BOOK_BYTES_MAX;
    // The newest come first, so what is missing is older than the last of a full list, or than the first left out.
    let last = usize::try_from(PUBLISHED_MAX).ok().and_then(|count| news.incidents.get(count.checked_sub(1)?));
    let mut complete_from = last.map_or(Timestamp::from_millis(0), |last| last.started_at);
    let fits = |incident: &&Incident| {
        let said: usize = incident.updates.iter().map(|update| update.body.len()).sum();
        let learned = incident.postmortem.as_ref().map_or(0, |written| written.body.len());
        room = room.saturating_sub(said + learned);
        let fits = room > 0 || incident.resolved_at.is_none();
        if !fits {
            complete_from = complete_from.max(incident.started_at.plus_millis(1));
        }
        fits
    };
    let incidents = news.incidents.iter().filter(fits).cloned().collect();
    StatusBook {
        components: site.policy.components.clone(),
        incidents,
        complete_from,
        maintenances: news.maintenances.to_vec(),
        courses,
        archive_after_days: site.policy.incidents.archive_after.as_minutes() / (24 * 60),
        since: site.created_at,
        published_at: news.now,
    }
}
