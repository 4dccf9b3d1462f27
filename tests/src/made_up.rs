//! Articles and queries that nobody wrote, the same in every run: many enough to compare engines by.

/// What the sentences are made of.
const WORDS: [&str; 96] = [
    "account",
    "address",
    "administrator",
    "agreement",
    "alert",
    "amount",
    "answer",
    "approval",
    "archive",
    "article",
    "attachment",
    "balance",
    "bank",
    "billing",
    "browser",
    "button",
    "calendar",
    "cancel",
    "card",
    "certificate",
    "change",
    "channel",
    "charge",
    "code",
    "comment",
    "company",
    "confirm",
    "contact",
    "contract",
    "country",
    "course",
    "currency",
    "customer",
    "dashboard",
    "data",
    "deadline",
    "delete",
    "delivery",
    "device",
    "discount",
    "document",
    "domain",
    "download",
    "e-mail",
    "error",
    "event",
    "export",
    "field",
    "file",
    "filter",
    "folder",
    "form",
    "group",
    "history",
    "import",
    "invite",
    "invoice",
    "key",
    "label",
    "language",
    "license",
    "limit",
    "link",
    "login",
    "member",
    "message",
    "mobile",
    "month",
    "notification",
    "number",
    "order",
    "owner",
    "page",
    "partner",
    "password",
    "payment",
    "permission",
    "phone",
    "plan",
    "price",
    "profile",
    "project",
    "receipt",
    "refund",
    "report",
    "request",
    "role",
    "schedule",
    "search",
    "security",
    "server",
    "setting",
    "signature",
    "status",
    "subscription",
    "support",
];

/// What stands between them, as in a language.
const SMALL: [&str; 16] =
    ["the", "a", "of", "to", "and", "in", "your", "for", "with", "on", "from", "is", "when", "how", "or", "by"];

/// What no article says.
const HOSTILE: [&str; 10] = [
    "",
    "   ",
    "the of and",
    "👍🏽🎉",
    "كيف أغير كلمة المرور",
    "^(a+)+$",
    "日本語の請求書",
    "Ünïcödé",
    "\u{202e}drowssap",
    "%00'\"<script>",
];

/// The same numbers in every run: xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or_default()
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }

    /// So many words; each third is a small one, and some are words of this text alone.
    fn sentence(&mut self, words: usize) -> String {
        let word = |chance: &mut Self| match chance.below(12) {
            0..4 => chance.of(&SMALL).to_owned(),
            4 => format!("{}{}", chance.of(&WORDS), chance.below(400)),
            5 => format!("{}s", chance.of(&WORDS)),
            _ => chance.of(&WORDS).to_owned(),
        };
        (0..words).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }
}

/// So many articles as Markdown.
pub fn articles(count: usize) -> Vec<String> {
    let mut chance = Chance(0x00b0_0b0e);
    let article = |_| {
        let title = chance.sentence(5);
        let sections: String =
            (0..3).map(|_| format!("\n## {}\n\n{}.\n", chance.sentence(3), chance.sentence(50))).collect();
        format!("# {title}\n\n{}.\n{sections}", chance.sentence(30))
    };
    (0..count).map(article).collect()
}

/// So many different queries: words of the articles, half-typed, misspelt, joined, and a few that no person types.
pub fn queries(count: usize) -> Vec<String> {
    let mut chance = Chance(0x5ea2_c4e5);
    let mut all: Vec<String> = HOSTILE.iter().map(|&query| query.to_owned()).collect();
    while all.len() < count {
        let length = 1 + chance.below(5);
        let mut query = chance.sentence(length);
        match chance.below(4) {
            0 => query.truncate(1 + chance.below(query.len())),
            1 if query.len() > 4 => {
                let at = 1 + chance.below(query.len() - 2);
                query.remove(at);
            }
            2 => query = query.replace(' ', "-"),
            _ => {}
        }
        if !all.contains(&query) {
            all.push(query);
        }
    }
    all
}
