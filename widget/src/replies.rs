//! Half-written replies, by ticket: kept across a reload and another language, in this tab alone (W5).
//!
//! As with the draft of a ticket (see `draft`), what was begun on a shared computer is not there for the next person. It must
//! not decide what is sent.

use crate::app::App;
use crate::draft;

/// The name of what is kept.
pub(crate) const NAME: &str = ":replies";

/// Between two replies: no keyboard types it. Between a ticket and its reply stands the end of a line.
const NEXT: char = '\u{1e}';

fn written(replies: &[(String, String)]) -> String {
    let all: Vec<String> =
        replies.iter().map(|(ticket, text)| [ticket.as_str(), "\n", &text.replace(NEXT, "")].concat()).collect();
    all.join("\u{1e}")
}

fn read(kept: &str) -> Vec<(String, String)> {
    let one = |reply: &str| reply.split_once('\n').map(|(ticket, text)| (ticket.to_owned(), text.to_owned()));
    kept.split(NEXT).filter_map(one).collect()
}

impl App {
    /// All that are begun: what this page knows, or what an earlier one of this tab left.
    fn begun_replies(self) -> Vec<(String, String)> {
        let known = self.replies.get_untracked();
        let kept = if known.is_empty() { draft::kept(&self.parts(), NAME) } else { None };
        kept.map_or(known, |kept| read(&kept))
    }

    /// What the visitor has begun to write in this thread.
    pub(crate) fn reply_draft(self) -> String {
        let id = self.conversation.with_untracked(|now| now.id.clone());
        self.begun_replies().into_iter().find(|(ticket, _)| *ticket == id).map(|(_, text)| text).unwrap_or_default()
    }

    /// Keeps it for when they come back.
    pub(crate) fn keep_reply(self, text: String) {
        let id = self.conversation.with_untracked(|now| now.id.clone());
        let mut all = self.begun_replies();
        all.retain(|(ticket, _)| *ticket != id);
        if !text.is_empty() {
            all.push((id, text));
        }
        let parts = self.parts();
        let sessions = &parts.client.sessions;
        // Of strangers there is an entry, or they logged out in another tab, and nothing of theirs is kept any more.
        if sessions.is_identified() && !all.is_empty() {
            sessions.mark();
        }
        if all.is_empty() || !sessions.is_marked() {
            draft::unkeep(&parts, NAME);
        } else {
            draft::keep(&parts, NAME, &written(&all));
        }
        self.replies.set(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_read_back_as_they_were_written() {
        let reply = |ticket: &str, text: &str| (ticket.to_owned(), text.to_owned());
        for case in [
            vec![],
            vec![reply("tkt_1", "One line")],
            vec![reply("tkt_1", "First\n\nthird\n"), reply("tkt_2", " "), reply("tkt_3", "Ω")],
        ] {
            assert_eq!(read(&written(&case)), case);
        }
    }

    #[test]
    fn a_reply_with_the_sign_between_replies_stays_one_reply() {
        let all = vec![("tkt_1".to_owned(), "a\u{1e}b".to_owned())];
        assert_eq!(read(&written(&all)), [("tkt_1".to_owned(), "ab".to_owned())]);
    }
}
