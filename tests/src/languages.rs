//! A site that speaks every language of the widget.

/// What the widget speaks.
pub const LANGUAGES: [&str; 10] = ["ar", "de", "en", "es", "fr", "ja", "pt-BR", "ru", "tr", "zh-CN"];

/// The least that a desk needs, in these languages, the default of which is English.
#[must_use]
pub fn policy_of(languages: &[&str]) -> String {
    let labels: Vec<String> = languages.iter().map(|language| format!("{language} = \"{language}\"")).collect();
    let label = format!("label = {{ {} }}", labels.join(", "));
    format!(
        "[site]\ndefault_locale = \"en\"\nlocales = {languages:?}\naccent = \"#2456d6\"\ndefault_tier = \"one\"\n\
         [[categories]]\nkey = \"one\"\n{label}\n[[priorities]]\nkey = \"one\"\n{label}\n[[tiers]]\nkey = \"one\"\n{label}\n\
         [calendars.always]\nzone = \"UTC\"\nalways = true\n\
         [[sla]]\npriority = \"one\"\nfirst_response = \"1h\"\ncalendar = \"always\"\n\
         [triage]\ndefault_category = \"one\"\ndefault_priority = \"one\"\n"
    )
}
