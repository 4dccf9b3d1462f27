//! The words of tickets, for the team's search: folded, each once a ticket, in an ordinary table. No virtual table is
//! used, because such a database cannot be exported.

use super::Query;
use crate::error::ApiError;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::search::fold;

/// Words of one text that are kept: what a ticket is about stands at its beginning.
const TERMS_MAX: usize = 80;
/// Letters of a word that are kept, so that a pasted key is no large row.
const TERM_CHARS_MAX: usize = 32;
/// Words of a search that are looked at.
pub(crate) const SEARCH_TERMS_MAX: usize = 5;

/// The words of a text, in order, each once.
pub(crate) fn terms_of(text: &str, terms_max: usize) -> Vec<String> {
    let folded = fold(text);
    let mut terms: Vec<String> = Vec::new();
    let words = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        if terms.len() >= terms_max {
            break;
        }
        let word: String = word.chars().take(TERM_CHARS_MAX).collect();
        if !terms.contains(&word) {
            terms.push(word);
        }
    }
    terms
}

/// Notes a text's words for a ticket.
pub(crate) fn insert(site: &SiteId, ticket: &TicketId, text: &str) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT OR IGNORE INTO ticket_terms (site_id, term, ticket_id) SELECT ?1, value, ?2 FROM json_each(?3)",
    )
    .site(site)
    .text(ticket.as_str())
    .text(&serde_json::to_string(&terms_of(text, TERMS_MAX))?))
}
