//! Wrong policies, each with one slip: refused, on its very line, with a word of help.

use super::parse;
use crate::policy::SUGGESTIONS_MAX;

const SCHOOL: &str = include_str!("../../../presets/school/policy.toml");
const SAAS: &str = include_str!("../../../presets/saas/policy.toml");
const API: &str = include_str!("../../../presets/api-platform/policy.toml");

/// Replaces the `nth` place (from 1) where `right` stands. Gives the text and the line of the place.
fn with_slip(text: &str, right: &str, nth: usize, wrong: &str) -> (String, usize) {
    let (place, _) = text.match_indices(right).nth(nth - 1).unwrap_or_else(|| panic!("{right} stands {nth} times"));
    let line = 1 + text[..place].matches('\n').count();
    (format!("{}{wrong}{}", &text[..place], &text[place + right.len()..]), line)
}

#[test]
fn a_wrong_policy_is_refused_with_the_line_and_the_remedy() {
    let cases: &[(&str, &str, usize, &str, &str)] = &[
        (SCHOOL, "accent = \"#", 1, "accent = \"blue", "must be a colour"),
        (SCHOOL, "locales = [\"ru\", \"en\"]", 1, "locales = [\"ru\", \"e\"]", "is not a language tag"),
        (SCHOOL, "default_locale = \"ru\"", 1, "default_locale = \"de\"", "must be one of locales"),
        (SCHOOL, "default_tier = \"standard\"", 1, "default_tier = \"gold\"", "[[tiers]] entry"),
        (SCHOOL, "accent = \"#2b59d9\"", 1, "widget_off = [\"v1\"]\naccent = \"#2b59d9\"", "write it like 0.1.0"),
        (SCHOOL, "key = \"payment\"", 1, "key = \"login\"", "stands twice"),
        (SCHOOL, "key = \"payment\"", 1, "key = \"Payment\"", "only a-z"),
        (SCHOOL, "key = \"payment\"", 1, "kee = \"payment\"", "kee"),
        (SCHOOL, "label = { ru = \"Оплата\", en", 1, "label = { ru = \"Оплата\", de", "no label for \"en\""),
        (SCHOOL, "queue = \"support\"", 2, "queue = \"lessons\"", "no queue \"lessons\""),
        (SCHOOL, "zone = \"Europe/Moscow\"", 2, "zone = \"Europe/Moskva\"", "use an IANA name"),
        (SCHOOL, "first_response = \"15m\"", 1, "first_response = \"soon\"", "15m, 2h or 1h30m"),
        (SCHOOL, "first_response = \"15m\"", 1, "first_response = 15", "a time in quotes such as 15m"),
        (SCHOOL, "priority = \"p2\"", 1, "priority = \"p9\"", "no priority \"p9\""),
        (SCHOOL, "calendar = \"always\"", 3, "calendar = \"nights\"", "add [calendars.nights]"),
        (SAAS, "channel = \"widget\"", 2, "channel = \"pigeon\"", "pigeon"),
        (SAAS, "channel = \"email\"", 3, "channel = \"widget\"", "keep one of them"),
        (SAAS, "\"offer_task\"", 1, "\"offer_task\", \"offer_task\"", "names a duty twice"),
        (SAAS, "availability = \"99.9\"", 1, "availability = 99.9", "in quotes"),
        (SAAS, "availability = \"99.9\"", 1, "availability = \"100.01\"", "percentage up to"),
        (API, "tier = \"starter\"", 3, "tier = \"free\"", "no tier \"free\""),
        (API, "attainment = 95", 1, "attainment = 101", "from 1 to 100"),
        (API, "resolution = \"2h\"", 1, "resolution = \"29m\"", "make resolution the longer one"),
        (API, "below = \"99\"", 1, "below = \"99.95\"", "write the best month first"),
        (API, "percent = 25", 1, "percent = 10", "a worse month must cost more"),
        (SCHOOL, "category = \"payment\"", 1, "category = \"money\"", "no category \"money\""),
        (SCHOOL, "resolve_within = \"24h\"", 1, "resolve_within = \"1h\"", "resolve_within the longer one"),
        (SCHOOL, "close_after_quiet_days = 7", 1, "close_after_quiet_days = 0", "1 or more"),
        (SCHOOL, "escalate_at_same_issue = 3", 1, "escalate_at_same_issue = 1", "2 or more"),
        (SCHOOL, "long_investigation_over = \"2h\"", 1, "long_investigation_over = \"30m\"", "must be longer"),
        (SCHOOL, "pages = true", 1, "pages = false", "says not when"),
        (SCHOOL, "platform_percent_over = 20", 1, "platform_percent_over = 120", "below 100"),
        (SCHOOL, "key = \"medium\"", 1, "key = \"high\"", "stands twice"),
        (SCHOOL, "rating_below = 5", 1, "rating_below = 11", "from 2 to 10"),
        (SCHOOL, "rating_call_within = \"24h\"", 1, "rating_call_within = \"30m\"", "before they heard"),
        (SCHOOL, "hours = \"17:00-09:00\"", 1, "hours = \"at night\"", "17:00-09:00"),
        (SCHOOL, "weeks_a_quarter_max = 4", 1, "weeks_a_quarter_max = 15", "from 1 to 14"),
        (SCHOOL, "rotation = \"monthly\"", 1, "rotation = \"yearly\"", "yearly"),
        (SCHOOL, "csat_passive_from = 7", 1, "csat_passive_from = 9", "below csat_promoter_from"),
        (SCHOOL, "audit_percent = 10", 1, "audit_percent = 101", "up to 100"),
        (SCHOOL, "max_files = 5", 1, "max_files = 6", "at most 5"),
        (SCHOOL, "max_bytes = 10485760", 1, "max_bytes = 0", "from 1 to"),
        (SCHOOL, "tickets_per_visitor_hour = 10", 1, "tickets_per_visitor_hour = 0", "nobody gets in"),
        (SCHOOL, "pages = [\"/pay*\"", 1, "pages = [\"pay*\"", "\"pay*\" is no path"),
        (SCHOOL, "pages = [\"/pay*\"", 1, "pages = [\"/*/*/*/*\"", "at most 3 *"),
        (SCHOOL, "articles = [\"pay-by-card\"", 1, "articles = [\"Pay by card\"", "is no article's slug"),
        (SCHOOL, "articles = [\"pay-by-card\", ", 1, "articles = [] #", "name 1 to 5 articles"),
        (SCHOOL, "key = \"outage\"", 1, "key = \"solution\"", "stands twice"),
        (SCHOOL, "default_priority = \"p3\"", 1, "default_priority = \"p9\"", "no priority \"p9\""),
        (SCHOOL, "default_category", 1, "default_kategory", "default_kategory"),
    ];
    let mut misled = Vec::new();
    for (text, right, nth, wrong, hint) in cases {
        let (slipped, line) = with_slip(text, right, *nth, wrong);
        let error = parse(&slipped).expect_err(wrong);
        if !error.message.contains(hint) || error.line != Some(line) {
            misled.push(format!("{wrong} on line {line}: {error}"));
        }
    }
    assert!(misled.is_empty(), "{misled:#?}");
}

#[test]
fn a_slip_inside_a_list_or_a_longer_text_is_found_at_its_entry() {
    for (right, wrong, hint) in [
        ("types = [\"image/png\"", "types = [\"png\"", "are not taken"),
        ("\"конкурент\"", "\"Конкурент\"", "lower case"),
        ("\"юрист\"", "\"Юрист\"", "lower case"),
        ("\"успокойтесь\"", "\"\"", "lower case"),
        ("{{findings}}", "{{findings}", "a gap looks like {{customer_name}}"),
        ("Мы ещё ищем причину.", "Это не наша проблема.", "which is forbidden"),
        ("[\"домашка\", \"дз\", \"задание\"]", "[\"домашка\"]", "2 to 12 words"),
        ("[\"ментор\", \"наставник\"", "[\"ментор\", \"Ментор\"", "stands twice in its group"),
        ("[\"ментор\", \"наставник\"", "[\"ментор\", \"мой наставник\"", "must be one word"),
        ("[search.synonyms]\nru", "[search.synonyms]\nde", "not one of the site's locales"),
        ("[churn.words]\nru", "[churn.words]\nde", "not one of the site's locales"),
        ("[calendars.business.hours]\n", "[calendars.business.hours]\nsunday = []\n", "no day \"sunday\""),
    ] {
        assert!(SCHOOL.contains(right), "{right}");
        let error = parse(&SCHOOL.replacen(right, wrong, 1)).expect_err(wrong);
        assert!(error.message.contains(hint), "{wrong}: {error}");
        assert!(error.line.is_some_and(|line| line > 1), "{wrong}: {error}");
    }
}

#[test]
fn more_suggestions_than_a_page_is_tested_against_are_refused() {
    let rule = "[[suggestions]]\npages = [\"/x\"]\narticles = [\"y\"]\n";
    let (start, end) = SCHOOL.split_at(SCHOOL.find("[[suggestions]]").unwrap());
    let error = parse(&[start, &rule.repeat(SUGGESTIONS_MAX), end].concat()).unwrap_err();
    assert!(error.message.contains("at most 50 rules"), "{error}");
    assert!(error.line.is_some_and(|line| line > 1), "{error}");
}

#[test]
fn a_priority_without_a_promise_for_some_channel_is_refused() {
    let only_mail = SCHOOL.replacen("priority = \"p3\"\n", "priority = \"p3\"\nchannel = \"email\"\n", 1);
    let error = parse(&only_mail).unwrap_err();
    assert!(error.message.contains("no promise for priority \"p3\""), "{error}");
}

#[test]
fn a_calendar_that_never_opens_is_refused() {
    let (start, end) = (SCHOOL.find("mon = [").unwrap(), SCHOOL.find("# First response by").unwrap());
    let closed = format!("{}mon = []\n{}", &SCHOOL[..start], &SCHOOL[end..]);
    let error = parse(&closed).unwrap_err();
    assert!(error.message.contains("opens on no day"), "{error}");
}
