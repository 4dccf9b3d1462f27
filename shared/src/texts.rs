//! The words on screen: their keys, and the form in which a page downloads them.
//!
//! A key is an enum variant, so a misspelt one does not compile and a forgotten one fails the build (W6). A page
//! downloads only its own locale, as plain lines in the order of [`KEYS`]: no parser, a few bytes a text.

macro_rules! text_keys {
    ($($name:ident = $key:literal,)*) => {
        /// A text of the panel.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is its key; the English text in widget/locales/en.json says what it means")]
        pub enum Text { $($name,)* }

        /// Keys of the panel's texts in `widget/locales/<locale>.json`, in the order of their lines.
        pub const KEYS: &[&str] = &[$($key,)*];
    };
}

text_keys! {
    PanelTitle = "panel.title",
    Close = "panel.close",
    Back = "panel.back",
    Retry = "retry",
    HomeGreeting = "home.greeting",
    HomeLead = "home.lead",
    HomeArticles = "home.articles",
    HomeTickets = "home.tickets",
    HomeAllTickets = "home.all_tickets",
    WriteToUs = "write",
    StatusInvestigating = "status.investigating",
    StatusIdentified = "status.identified",
    StatusMonitoring = "status.monitoring",
    StatusResolved = "status.resolved",
    StatusScheduled = "status.scheduled",
    StatusInProgress = "status.in_progress",
    SearchLabel = "search.label",
    SearchPlaceholder = "search.placeholder",
    SearchClear = "search.clear",
    SearchLoading = "search.loading",
    SearchFailed = "search.failed",
    SearchNone = "search.none",
    SearchNoneHint = "search.none_hint",
    SearchUnsure = "search.unsure",
    SearchFound = "search.found",
    SearchWrite = "search.write",
    ArticleMinutes = "article.minutes",
    ArticleUpdated = "article.updated",
    ArticleHelpful = "article.helpful",
    Yes = "yes",
    No = "no",
    ArticleThanks = "article.thanks",
    ArticleMore = "article.more",
    ArticlePage = "article.page",
    ArticleMissing = "article.missing",
    CalloutNote = "callout.note",
    CalloutTip = "callout.tip",
    CalloutImportant = "callout.important",
    CalloutWarning = "callout.warning",
    CalloutCaution = "callout.caution",
    Copy = "copy",
    Copied = "copied",
    FormTitle = "form.title",
    FormCategory = "form.category",
    FormCategoryAny = "form.category_any",
    FormSubject = "form.subject",
    FormBody = "form.body",
    FormBodyHint = "form.body_hint",
    FormEmail = "form.email",
    FormOptional = "form.optional",
    FormEmailHint = "form.email_hint",
    FormSuggestions = "form.suggestions",
    FormSubmit = "form.submit",
    Sending = "sending",
    FormSignIn = "form.sign_in",
    ErrorRequired = "error.required",
    ErrorTooLong = "error.too_long",
    ErrorEmail = "error.email",
    ErrorValue = "error.value",
    FailUnreachable = "fail.unreachable",
    FailOurs = "fail.ours",
    FailBusy = "fail.busy",
    FailLoad = "fail.load",
    FailLater = "fail.later",
    FailSignedOut = "fail.signed_out",
    ReceiptTitle = "receipt.title",
    ReceiptNumber = "receipt.number",
    ReceiptNote = "receipt.note",
    ReceiptAuto = "receipt.auto",
    ReceiptOpen = "receipt.open",
    PromiseToday = "promise.today",
    PromiseTomorrow = "promise.tomorrow",
    PromiseDate = "promise.date",
    PromiseLate = "promise.late",
    TicketsEmpty = "tickets.empty",
    TicketsEmptyHint = "tickets.empty_hint",
    TicketsMore = "tickets.more",
    TicketUnread = "tickets.unread",
    TicketOpen = "ticket.open",
    TicketInProgress = "ticket.in_progress",
    TicketPending = "ticket.pending",
    TicketSolved = "ticket.solved",
    TicketClosed = "ticket.closed",
    ThreadYou = "thread.you",
    ThreadTeam = "thread.team",
    ThreadAuto = "thread.auto",
    ThreadReply = "thread.reply",
    ThreadSend = "thread.send",
    ThreadSent = "thread.sent",
    ThreadFailed = "thread.failed",
    ThreadReconnecting = "thread.reconnecting",
    ThreadSolvedNote = "thread.solved_note",
    ThreadClosedNote = "thread.closed_note",
    ThreadNew = "thread.new",
    ThreadLatest = "thread.latest",
    Today = "day.today",
    Yesterday = "day.yesterday",
    ThreadWaiting = "thread.waiting",
    ThreadHeld = "thread.held",
    ThreadMissing = "thread.missing",
    FormWaiting = "form.waiting",
    FormHeld = "form.held",
    ArticleRelated = "article.related",
}

/// Keys of the words that come with `widget/talk`, when somebody writes or reads a thread; in the same files.
pub const TALK_KEYS: &[&str] = &[
    "incident.known",
    "incident.tell_me",
    "incident.noted",
    "incident.waiting",
    "incident.refused",
    "thread.held",
    "outbox.waiting",
    "outbox.held",
    "outbox.held_until",
    "outbox.signed_out",
    "outbox.refused",
    "outbox.old",
    "outbox.unsure",
    "outbox.retry",
    "outbox.edit",
    "outbox.discard",
    "outbox.full",
    "file.add",
    "file.limits",
    "file.limit",
    "file.too_large",
    "file.too_many",
    "file.type",
    "file.empty",
    "file.wrong",
    "file.later",
    "file.sending",
    "file.remove",
    "file.save",
    "file.failed",
    "form.context",
    "form.context_page",
    "form.context_title",
    "form.context_browser",
    "form.context_window",
    "form.context_address",
    "form.context_version",
    "form.context_error",
    "form.diagnostics",
    "form.diagnostics_hint",
    "form.diagnostics_failed",
    "event.assigned",
    "event.reassigned",
    "event.solved",
    "event.reopened",
    "event.closed",
    "event.merged",
    "event.joined",
    "thread.typing",
    "verdict.ask",
    "verdict.yes",
    "verdict.no",
    "verdict.solved",
    "verdict.person",
    "closing.ask",
    "closing.yes",
    "closing.thanks",
    "rating.ask",
    "rating.score",
    "rating.worst",
    "rating.best",
    "rating.comment",
    "rating.send",
    "rating.thanks",
    "effort.ask",
    "effort.worst",
    "effort.best",
    "nps.ask",
    "nps.worst",
    "nps.best",
    "exit.ask",
    "exit.too_expensive",
    "exit.found_better",
    "exit.technical",
    "exit.lack_of_support",
    "exit.no_longer_needed",
    "exit.other",
    "survey.comment",
    "survey.send",
    "survey.later",
    "survey.never",
    "survey.anonymous",
    "survey.thanks",
    "survey.quiet",
    "reason.ask",
    "reason.other_question",
    "reason.unclear",
    "reason.incomplete",
    "reason.outdated",
    "reason.did_not_work",
    "reason.thanks",
    "hint.title",
    "hint.yes",
    "hint.solved",
    "system.good",
    "system.bad",
    "office.open",
    "office.away",
    "promise.today",
    "promise.tomorrow",
    "promise.date",
    "copy",
    "copied",
    "form.optional",
    "error.required",
    "error.too_long",
    "error.value",
];

/// Keys of the loader's texts in `shared/locales/<locale>.json`, which travel in `boot/`. Statuses are named as on the wire.
pub const LOADER_KEYS: &[&str] = &[
    "open",
    "close",
    "dismiss",
    "investigating",
    "identified",
    "monitoring",
    "resolved",
    "scheduled",
    "in_progress",
    "me_too",
    "me_too_thanks",
    "offline",
];

/// The texts of one locale.
#[derive(Debug, Clone)]
pub struct Texts(Vec<String>);

impl Texts {
    /// Reads the downloaded form: one text a line, a line break within a text written as `\\n`.
    #[must_use]
    pub fn from_lines(lines: &str) -> Self {
        Self(lines.split('\n').map(unescape).collect())
    }

    /// The text of a key; empty when a file of another version was served, which the build's hashes rule out.
    #[must_use]
    pub fn get(&self, key: Text) -> &str {
        self.0.get(key as usize).map_or("", String::as_str)
    }

    /// The text of a key with each `{name}` replaced by its value. A name that is not given stays as it is.
    #[must_use]
    pub fn fill(&self, key: Text, values: &[(&str, &str)]) -> String {
        let mut pieces = self.get(key).split('{');
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let place = piece.split_once('}').and_then(|(name, rest)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((*value, rest))
            });
            let (value, rest) = place.unwrap_or(("{", piece));
            filled.push_str(value);
            filled.push_str(rest);
        }
        filled
    }
}

fn unescape(line: &str) -> String {
    let mut pieces = line.split('\\');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        // The build refuses any other use of a backslash.
        text.push('\n');
        text.push_str(piece.strip_prefix('n').unwrap_or(piece));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_texts_in_the_order_of_the_keys() {
        let texts = Texts::from_lines("Help\nClose\\nnow\nBack to {place}");
        assert_eq!(texts.get(Text::PanelTitle), "Help");
        assert_eq!(texts.get(Text::Close), "Close\nnow");
        assert_eq!(texts.fill(Text::Back, &[("place", "search")]), "Back to search");
        assert_eq!(texts.fill(Text::Back, &[("time", "now")]), "Back to {place}");
        assert_eq!(Texts::from_lines("").get(Text::Back), "");
    }

    #[test]
    fn the_loader_has_its_texts_in_every_locale() {
        for json in [
            include_str!("../locales/ar.json"),
            include_str!("../locales/de.json"),
            include_str!("../locales/en.json"),
            include_str!("../locales/es.json"),
            include_str!("../locales/fr.json"),
            include_str!("../locales/ja.json"),
            include_str!("../locales/pt-BR.json"),
            include_str!("../locales/ru.json"),
            include_str!("../locales/tr.json"),
            include_str!("../locales/zh-CN.json"),
        ] {
            let texts: std::collections::BTreeMap<String, String> = serde_json::from_str(json).unwrap();
            let mut expected = LOADER_KEYS.to_vec();
            expected.sort_unstable();
            assert_eq!(texts.keys().collect::<Vec<_>>(), expected);
            assert!(texts.values().all(|text| !text.is_empty()));
        }
        for status in crate::incident::BannerStatus::ALL {
            assert!(LOADER_KEYS.contains(&status.as_str()));
        }
    }
}
