//! Reads the labelled messages, has them sorted and counts. Used by the test, by the example that prints the table and by
//! the comparison with the engine compiled to WebAssembly, so that all three speak of the same thing.
#![expect(clippy::panic, reason = "a test harness: failing loudly is its job")]

use buoy_shared::policy::Policy;
use buoy_shared::triage::{Input, Rules, Triage};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The presets, by name.
pub(crate) const PRESETS: [(&str, &str); 3] = [
    ("school", include_str!("../../../presets/school/policy.toml")),
    ("saas", include_str!("../../../presets/saas/policy.toml")),
    ("api-platform", include_str!("../../../presets/api-platform/policy.toml")),
];

/// Which of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// Seen while the rules were written.
    Develop,
    /// Written before them.
    HeldOut,
    /// Written after them, to find out where they are wrong; then they learned from it.
    SecondLook,
    /// Written after that, with its own mistakes; learned from as well.
    ThirdLook,
    /// Written by somebody who knows what the answers say and has never seen a rule; learned from.
    AnotherHand,
    /// By the same hand. No rule has learned from it, nor may one.
    Unseen,
}

const FILES: [(Set, &str); 6] = [
    (Set::Develop, include_str!("develop.tsv")),
    (Set::HeldOut, include_str!("held_out.tsv")),
    (Set::SecondLook, include_str!("second_look.tsv")),
    (Set::ThirdLook, include_str!("third_look.tsv")),
    (Set::AnotherHand, include_str!("another_hand.tsv")),
    (Set::Unseen, include_str!("unseen.tsv")),
];

/// A message, and what a person says about it.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) set: Set,
    pub(crate) line: usize,
    pub(crate) preset: String,
    pub(crate) locale: String,
    pub(crate) tier: String,
    pub(crate) category: String,
    pub(crate) priority: String,
    pub(crate) queue: String,
    pub(crate) answer: Option<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
}

impl Label {
    /// The message as triage gets it; nobody chose a category.
    #[must_use]
    pub(crate) fn input(&self) -> Input<'_> {
        let (subject, body) = (self.subject.as_str(), self.body.as_str());
        Input { category: None, subject, body, tier: &self.tier, locale: &self.locale, context: None }
    }
}

/// A label and what triage says.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: Label,
    pub(crate) found: Triage,
}

impl Row {
    fn given(&self) -> Option<&str> {
        self.found.answer.as_ref().map(|answer| answer.key.as_str())
    }

    /// What is wrong, in words.
    fn faults(&self) -> String {
        let mut faults = String::new();
        for (what, said, wanted) in [
            ("category", self.found.category.as_str(), self.label.category.as_str()),
            ("priority", &self.found.priority, &self.label.priority),
            ("queue", self.found.queue.key(), &self.label.queue),
            ("answer", self.given().unwrap_or("none"), self.label.answer.as_deref().unwrap_or("none")),
        ] {
            if said != wanted {
                let _ = write!(faults, "{what} {said} not {wanted}; ");
            }
        }
        faults
    }
}

/// Whether triage said what the label says.
type IsRight = fn(&Row) -> bool;

/// What is compared besides answers.
pub(crate) const ACCURACIES: [(&str, IsRight); 3] = [
    ("category", |row| row.found.category == row.label.category),
    ("priority", |row| row.found.priority == row.label.priority),
    ("queue", |row| row.found.queue.key() == row.label.queue),
];

/// Every labelled message.
#[must_use]
pub(crate) fn labels() -> Vec<Label> {
    let mut labels = Vec::new();
    for (set, text) in FILES {
        for (number, line) in text.lines().enumerate().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [preset, locale, tier, category, priority, queue, answer, subject, body] = columns.as_slice() else {
                panic!("{set:?} line {}: nine columns", number + 1);
            };
            let [preset, locale, tier, category, priority, queue] =
                [preset, locale, tier, category, priority, queue].map(|text| (*text).to_owned());
            let answer = (*answer != "none").then(|| (*answer).to_owned());
            let (subject, body) = ((*subject).to_owned(), body.replace("\\n", "\n"));
            let line = number + 1;
            labels.push(Label { set, line, preset, locale, tier, category, priority, queue, answer, subject, body });
        }
    }
    labels
}

/// A preset's policy.
#[must_use]
pub(crate) fn policy(preset: &str) -> Policy {
    let text = PRESETS.iter().find(|(name, _)| *name == preset).map_or("", |(_, text)| text);
    buoy_shared::policy_file::parse(text).unwrap_or_else(|error| panic!("{preset}: {error}"))
}

/// Sorts every message.
#[must_use]
pub(crate) fn check_all() -> Vec<Row> {
    let rules: BTreeMap<&str, Rules> = PRESETS.iter().map(|(name, _)| (*name, Rules::compile(&policy(name)))).collect();
    let sort = |label: Label| {
        let rules = rules.get(label.preset.as_str()).unwrap_or_else(|| panic!("no preset {}", label.preset));
        Row { found: rules.triage(&label.input()), label }
    };
    labels().into_iter().map(sort).collect()
}

/// Key and confidence of each automatic answer of the presets.
#[must_use]
pub(crate) fn confidences() -> Vec<(String, u8)> {
    PRESETS.iter().flat_map(|(name, _)| policy(name).triage.answers).map(|rule| (rule.key, rule.confidence)).collect()
}

/// How often something was given, was right, and was wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) given: usize,
    pub(crate) right: usize,
    pub(crate) wanted: usize,
}

impl Tally {
    /// Of one automatic answer.
    pub(crate) fn of_answer<'a>(rows: impl Iterator<Item = &'a Row>, key: &str) -> Self {
        Self::count(rows, |row| (row.given() == Some(key), row.label.answer.as_deref() == Some(key)))
    }

    /// Of all automatic answers together.
    pub(crate) fn of_answers<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut sum = Self::default();
        for row in rows {
            sum.given += usize::from(row.given().is_some());
            sum.wanted += usize::from(row.label.answer.is_some());
            sum.right += usize::from(row.given().is_some() && row.given() == row.label.answer.as_deref());
        }
        sum
    }

    /// The confidence that the answers claimed for themselves, on average, in percent.
    pub(crate) fn promised<'a>(rows: impl Iterator<Item = &'a Row>) -> f64 {
        let (mut count, mut sum) = (0_u32, 0_u32);
        for answer in rows.filter_map(|row| row.found.answer.as_ref()) {
            count += 1;
            sum += u32::from(answer.confidence);
        }
        f64::from(sum) / f64::from(count.max(1))
    }

    fn count<'a>(rows: impl Iterator<Item = &'a Row>, look: impl Fn(&Row) -> (bool, bool)) -> Self {
        let mut sum = Self::default();
        for (given, wanted) in rows.map(look) {
            sum.given += usize::from(given);
            sum.wanted += usize::from(wanted);
            sum.right += usize::from(given && wanted);
        }
        sum
    }

    /// Right of those given, in percent.
    #[must_use]
    pub(crate) fn precision(&self) -> f64 {
        percent(self.right, self.given)
    }

    /// Right of those wanted, in percent.
    #[must_use]
    pub(crate) fn recall(&self) -> f64 {
        percent(self.right, self.wanted)
    }
}

/// A share in percent; of nothing, all.
#[must_use]
pub(crate) fn percent(part: usize, whole: usize) -> f64 {
    let number = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    if whole == 0 { 100.0 } else { 100.0 * number(part) / number(whole) }
}

/// The table, and below it every message that came out otherwise than labelled. None of those that no rule may learn from.
#[must_use]
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = String::from("| rule | messages | stated | given | right | wanted | precision | recall |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    let mut line = |rule: &str, which: &str, stated: &str, tally: Tally| {
        let Tally { given, right, wanted } = tally;
        let (precision, recall) = (tally.precision(), tally.recall());
        let _ = writeln!(
            text,
            "| {rule} | {which} | {stated} | {given} | {right} | {wanted} | {precision:.1} % | {recall:.1} % |"
        );
    };
    type Filter = fn(&&Row) -> bool;
    let groups: [(&str, Filter); 6] = [
        ("en", |row| row.label.locale == "en"),
        ("ru", |row| row.label.locale == "ru"),
        ("held out", |row| row.label.set == Set::HeldOut),
        ("another hand", |row| row.label.set == Set::AnotherHand),
        ("unseen", |row| row.label.set == Set::Unseen),
        ("all", |_| true),
    ];
    for (key, confidence) in confidences() {
        for (name, is_in) in groups {
            line(&key, name, &format!("{confidence} %"), Tally::of_answer(rows.iter().filter(is_in), &key));
        }
    }
    for (name, is_in) in groups {
        let promised = format!("{:.1} %", Tally::promised(rows.iter().filter(is_in)));
        line("every automatic answer", name, &promised, Tally::of_answers(rows.iter().filter(is_in)));
    }
    for queue in ["engineering", "finance", "feature_log", "urgent", "support"] {
        for (name, is_in) in groups {
            let look = |row: &Row| (row.found.queue.key() == queue, row.label.queue == queue);
            line(&format!("queue {queue}"), name, "", Tally::count(rows.iter().filter(is_in), look));
        }
    }
    text.push_str("\n| accuracy | develop | held out | another hand | unseen | en | ru | all |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (what, right) in ACCURACIES {
        let share = |is_in: Filter| {
            let of: Vec<&Row> = rows.iter().filter(is_in).collect();
            percent(of.iter().filter(|row| right(row)).count(), of.len())
        };
        let develop = share(|row| row.label.set == Set::Develop);
        let [en, ru, held_out, another_hand, unseen, all] = groups.map(|(_, is_in)| share(is_in));
        let _ = writeln!(
            text,
            "| {what} | {develop:.1} % | {held_out:.1} % | {another_hand:.1} % | {unseen:.1} % | {en:.1} % | {ru:.1} % | {all:.1} % |"
        );
    }
    text.push_str("\nOtherwise than labelled:\n");
    for row in rows.iter().filter(|row| row.label.set != Set::Unseen && !row.faults().is_empty()) {
        let Label { set, line, preset, subject, .. } = &row.label;
        let _ = writeln!(text, "  {set:?} {line} ({preset}, “{subject}”): {}", row.faults());
    }
    text
}
