//! What tests over HTTP and journeys send alike: a policy with a form, and the lines by which redaction is measured.

const SCHOOL: &str = include_str!("../../presets/school/policy.toml");
const SECRETS: &str = include_str!("../../shared/tests/redact/secrets.tsv");
const HARMLESS: &str = include_str!("../../shared/tests/redact/harmless.txt");

/// The school's policy with a form for payments that has a field of every kind; `order` is required.
///
/// # Panics
/// When the preset has changed where the form goes in.
#[must_use]
pub fn school_with_form() -> String {
    let before = "label = { ru = \"Оплата\", en = \"Payment\" }\nqueue = \"finance\"\n";
    assert!(SCHOOL.contains(before), "the preset's category of payments");
    let label = |text: &str| format!("label = {{ ru = \"{text}\", en = \"{text}\" }}");
    let field = |key: &str, kind: &str, text: &str, rest: &str| {
        format!("[[categories.fields]]\nkey = \"{key}\"\nkind = \"{kind}\"\n{}\n{rest}\n", label(text))
    };
    let choices =
        format!("choices = [{{ key = \"card\", {} }}, {{ key = \"bank\", {} }}]", label("Card"), label("Bank"));
    let fields = [
        field("order", "text", "Order", "required = true\nmax = 12"),
        field("way", "choice", "Way of payment", &choices),
        field("amount", "number", "Amount", "min = 1\nmax = 5000"),
        field("paid_on", "date", "Paid on", ""),
        field("agreed", "checkbox", "I may be called", ""),
    ];
    SCHOOL.replacen(before, &format!("{before}{}", fields.concat()), 1)
}

/// Every line of the table of redaction: those with a secret in it, then the harmless ones.
///
/// # Panics
/// When a row has no kind.
#[must_use]
pub fn redaction_lines() -> Vec<String> {
    let rows = |text: &'static str| text.lines().filter(|line| !line.starts_with('#'));
    let secrets = rows(SECRETS).map(|line| line.split_once('\t').expect("kind and text").1.replace(['«', '»'], ""));
    secrets.chain(rows(HARMLESS).map(str::to_owned)).collect()
}
