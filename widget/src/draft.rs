//! The ticket that is being written: kept across a reload from the first letter on, in this tab alone (W4).
//!
//! `sessionStorage` ends with the tab, so what was half written on a shared computer is not there for the next person.

use crate::app::App;
use crate::browser;
use crate::wire;
use buoy_shared::ticket::TicketDraft;

fn key(site: &str) -> String {
    ["buoy:", site, ":draft"].concat()
}

/// What an earlier page of this tab left.
pub(crate) fn kept(site: &str) -> TicketDraft {
    browser::tab_storage()
        .and_then(|tab| tab.get_item(&key(site)).ok().flatten())
        .and_then(|text| wire::from_text(&text))
        .unwrap_or_default()
}

impl App {
    /// Changes the draft and keeps it.
    pub(crate) fn edit_draft(self, change: impl FnOnce(&mut TicketDraft)) {
        self.draft.update(change);
        self.keep_draft();
    }

    /// Keeps the draft as it is.
    pub(crate) fn keep_draft(self) {
        let Some(tab) = browser::tab_storage() else { return };
        if let Some(text) = self.draft.with_untracked(wire::to_text) {
            let _ = tab.set_item(&key(&self.parts().client.site), &text);
        }
    }

    /// A reload finds nothing: the draft was sent, is in the outbox, or belongs to somebody who left.
    pub(crate) fn unkeep_draft(self) {
        if let Some(tab) = browser::tab_storage() {
            let _ = tab.remove_item(&key(&self.parts().client.site));
        }
    }
}
