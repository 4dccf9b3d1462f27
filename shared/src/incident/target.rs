//! Whose pages show a banner (I5): pages by their path, by the components they use, by their visitor's tier, plan and
//! language.
//!
//! The edge turns all of it but the language into one pattern, and the loader tests that against a list that it puts
//! together: tier, plan, components, path, with commas between them. A tier and a plan have no commas, components no
//! slashes, and a path begins with one, so each is where it is whatever the others are. So the page carries no rules, and
//! the rules can grow without it. The language needs no pattern, because each language has banners of its own.

use super::COMPONENTS_MAX;
use crate::text::{FieldCode, NAME_CHARS_MAX, Refusals};
use serde::{Deserialize, Serialize};

/// Values of one kind that a banner may name.
pub const TARGETS_MAX: usize = 20;
/// Characters of a path's pattern.
pub const PATTERN_CHARS_MAX: usize = 200;
/// Wildcards of a path's pattern: more make matching slow and mean nothing.
pub const WILDCARDS_MAX: usize = 3;

/// Whose pages show a banner. An empty list asks for nothing; a page must be in every list that is not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Paths, such as `/checkout` or `/courses/*/pay*`; `*` stands for any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
    /// Keys of components, of which a page says that it uses one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
    /// Keys of tiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<String>,
    /// Plans, as the site calls them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
    /// Languages; `en` means `en-GB` too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locales: Vec<String>,
}

/// What a site has, against which a target is checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Keys of its components.
    pub components: &'a [&'a str],
    /// Keys of its tiers.
    pub tiers: &'a [&'a str],
    /// Its languages.
    pub locales: &'a [String],
}

impl Known<'_> {
    /// Refuses what names components that are not there, or one twice.
    pub(super) fn check_components(&self, named: &[String], refusals: &mut Refusals) {
        if named.len() > COMPONENTS_MAX || named.iter().any(|key| !self.components.contains(&key.as_str())) {
            refusals.push("components", FieldCode::UnknownValue, &expected(self.components));
        } else if named.iter().enumerate().any(|(at, key)| named.iter().take(at).any(|before| before == key)) {
            refusals.push("components", FieldCode::InvalidFormat, "expected each component once");
        }
    }
}

impl Target {
    /// Whether it leaves nobody out.
    #[must_use]
    pub fn is_everyone(&self) -> bool {
        *self == Self::default()
    }

    /// Whether people who read this language are meant.
    #[must_use]
    pub fn speaks(&self, locale: &str) -> bool {
        let language = locale.split('-').next().unwrap_or(locale);
        self.locales.is_empty() || self.locales.iter().any(|wanted| wanted == locale || wanted == language)
    }

    /// The pattern for a page's list, a regular expression that JavaScript and Rust read alike; none where it would let
    /// everything through.
    #[must_use]
    pub fn pattern(&self) -> Option<String> {
        let lists = [&self.pages, &self.components, &self.tiers, &self.plans];
        if lists.iter().all(|list| list.is_empty()) {
            return None;
        }
        let one_of = |list: &[String], any: &str| {
            let texts: Vec<String> = list.iter().map(|text| escaped(text)).collect();
            if list.is_empty() { any.to_owned() } else { ["(?:", &texts.join("|"), ")"].concat() }
        };
        let pages: Vec<String> = self.pages.iter().flat_map(|page| spellings(page)).collect();
        let mut components = one_of(&self.components, "[^/]*");
        if !self.components.is_empty() {
            // A page may use several: `payments, lessons`.
            components = ["(?:[^/]*,)? *", &components, " *(?:,[^/]*)?"].concat();
        }
        // A page may call itself what it likes (`set({ page })`), so where none is named no path is expected.
        let parts = [one_of(&self.tiers, "[^,]*"), one_of(&self.plans, "[^,]*"), components, one_of(&pages, ".*")];
        Some(["^", &parts.join(","), "$"].concat())
    }

    /// Notes what cannot be kept, under `field`.
    pub(super) fn check(&self, field: &str, known: Known<'_>, refusals: &mut Refusals) {
        let mut refuse = |name: &str, code: FieldCode, detail: &str| {
            refusals.push(&[field, ".", name].concat(), code, detail);
        };
        for (name, list) in self.lists() {
            if list.len() > TARGETS_MAX {
                refuse(name, FieldCode::TooLong, "at most 20 of them");
            }
        }
        if !self.pages.iter().all(|pattern| is_path_pattern(pattern)) {
            refuse(
                "pages",
                FieldCode::InvalidFormat,
                "expected paths such as /checkout or /courses/*, with at most 3 *",
            );
        }
        let is_line = |plan: &String| {
            !plan.is_empty()
                && !plan.contains(',')
                && plan.chars().count() <= NAME_CHARS_MAX
                && crate::text::clean_line(plan) == *plan
        };
        if !self.plans.iter().all(is_line) {
            refuse(
                "plans",
                FieldCode::InvalidFormat,
                "expected names of plans without commas, of at most 100 characters",
            );
        }
        let unknown = |list: &[String], known: &[&str]| list.iter().any(|key| !known.contains(&key.as_str()));
        if unknown(&self.components, known.components) {
            refuse("components", FieldCode::UnknownValue, &expected(known.components));
        }
        if unknown(&self.tiers, known.tiers) {
            refuse("tiers", FieldCode::UnknownValue, &expected(known.tiers));
        }
        let locales: Vec<&str> = known.locales.iter().map(String::as_str).collect();
        if unknown(&self.locales, &locales) {
            refuse("locales", FieldCode::UnknownValue, &expected(&locales));
        }
    }

    fn lists(&self) -> [(&'static str, &[String]); 5] {
        [
            ("pages", &self.pages),
            ("components", &self.components),
            ("tiers", &self.tiers),
            ("plans", &self.plans),
            ("locales", &self.locales),
        ]
    }
}

/// What a refused key should have been.
pub(super) fn expected(known: &[&str]) -> String {
    ["expected some of ", &known.join(", ")].concat()
}

/// Whether this can be kept as a pattern of paths.
pub(crate) fn is_path_pattern(pattern: &str) -> bool {
    pattern.starts_with(['/', '*'])
        && pattern.chars().count() <= PATTERN_CHARS_MAX
        && pattern.matches('*').count() <= WILDCARDS_MAX
        && !pattern.chars().any(|letter| letter.is_whitespace() || letter.is_control())
}

/// A pattern as its author wrote it and, where that has letters that no address has, as browsers write it there
/// (`/курсы` is `/%D0%BA…`). The first is for names that a page gives itself.
fn spellings(pattern: &str) -> impl Iterator<Item = String> {
    let encoded = (!pattern.is_ascii()).then(|| {
        let encode = |byte: u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        pattern.bytes().map(encode).collect()
    });
    std::iter::once(pattern.to_owned()).chain(encoded)
}

/// Whether a pattern lets a path through: what the regular expression above says of it, where there is none to be had.
#[must_use]
pub fn fits_path(pattern: &str, path: &str) -> bool {
    spellings(pattern).any(|pattern| fits(&pattern, path))
}

/// Each part between two `*` is taken where it comes first, so it takes no longer than the two are long.
fn fits(pattern: &str, path: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return pattern == path };
    let Some(mut left) = path.strip_prefix(begin) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = left.find(part) else { return false };
        left = left.get(at + part.len()..).unwrap_or_default();
    }
    left.ends_with(end)
}

/// Text as a pattern of itself, but for `*`.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '*' => pattern.push_str(".*"),
            '\\' | '^' | '$' | '.' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' => {
                pattern.push('\\');
                pattern.push(letter);
            }
            letter => pattern.push(letter),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn target(lists: [&[&str]; 4]) -> Target {
        let [pages, components, tiers, plans] = lists.map(|list| list.iter().map(|text| (*text).to_owned()).collect());
        Target { pages, components, tiers, plans, locales: vec![] }
    }

    fn shows(target: &Target, page: [&str; 4]) -> bool {
        target.pattern().is_none_or(|pattern| {
            Regex::new(&pattern).unwrap().is_match(&[page[2], page[3], page[1], page[0]].join(","))
        })
    }

    #[test]
    fn a2_a_banner_shows_on_the_pages_it_concerns_and_on_no_other() {
        let pay = ["/courses/7/pay", "payments, lessons", "gold", "Pro (2026)"];
        let home = ["/", "", "", ""];
        let other = ["/payments,gold,/courses/7/pay", "billing-payments,lessons-old", "golden", "Pro"];
        let named = ["Checkout, step 2", "payments, lessons", "gold", "Pro (2026)"];
        let encoded = ["/%D0%BA%D1%83%D1%80%D1%81%D1%8B/7", "", "", ""];
        for (lists, on_pay, on_home, on_other) in [
            ([&[] as &[&str], &[], &[], &[]], true, true, true),
            ([&["/courses/*"], &[], &[], &[]], true, false, false),
            ([&["/courses/*/pay"], &[], &[], &[]], true, false, false),
            ([&["/courses/7"], &[], &[], &[]], false, false, false),
            ([&["*pay*"], &[], &[], &[]], true, false, true),
            ([&["/", "/payments"], &[], &[], &[]], false, true, false),
            ([&["/courses/./pay", "/(courses|x)/7/pay"], &[], &[], &[]], false, false, false),
            ([&[], &["payments"], &[], &[]], true, false, false),
            ([&[], &["lessons"], &[], &[]], true, false, false),
            ([&[], &["billing", "lessons-old"], &[], &[]], false, false, true),
            ([&[], &[], &["gold"], &[]], true, false, false),
            ([&[], &[], &["golden", "gold"], &[]], true, false, true),
            ([&[], &[], &[], &["Pro (2026)"]], true, false, false),
            ([&["/courses/*"], &["payments"], &["gold"], &["Pro (2026)"]], true, false, false),
            ([&["/courses/*"], &["payments"], &["tin"], &[]], false, false, false),
        ] {
            let target = target(lists);
            assert_eq!(shows(&target, pay), on_pay, "{lists:?}");
            assert_eq!(shows(&target, home), on_home, "{lists:?}");
            assert_eq!(shows(&target, other), on_other, "{lists:?}");
        }
        for (lists, page, is_shown) in [
            ([&[] as &[&str], &["payments"], &[] as &[&str], &[] as &[&str]], named, true),
            ([&[], &["payments"], &["tin"], &[]], named, false),
            ([&["/checkout*"], &["payments"], &[], &[]], named, false),
            ([&["*step*"], &["payments"], &[], &[]], named, true),
            ([&["/курсы/*"], &[], &[], &[]], encoded, true),
            ([&["/курсы"], &[], &[], &[]], encoded, false),
            ([&["/курсы/*"], &[], &[], &[]], ["/курсы/7", "", "", ""], true),
        ] {
            assert_eq!(shows(&target(lists), page), is_shown, "{lists:?} on {page:?}");
        }
    }

    #[test]
    fn a_path_fits_a_pattern_as_the_regular_expression_of_a_page_says() {
        let patterns =
            ["/", "/pay", "/pay*", "*pay", "*pay*", "/courses/*/pay*", "/a*b*a", "*", "/*/*", "/a.c", "/**x"];
        let paths = [
            "",
            "/",
            "/pay",
            "/pay/2",
            "/re-pay",
            "/courses/7/pay",
            "/courses/pay",
            "/aba",
            "/aa",
            "/abba",
            "/a/b/a",
            "/abc",
            "/x",
            "//",
        ];
        for pattern in patterns {
            let regex = Regex::new(&["^", &escaped(pattern), "$"].concat()).unwrap();
            for path in paths {
                assert_eq!(fits_path(pattern, path), regex.is_match(path), "{pattern} {path}");
            }
        }
        assert!(
            fits_path("/оплата*", "/%D0%BE%D0%BF%D0%BB%D0%B0%D1%82%D0%B0/2"),
            "a browser encodes what is not ASCII"
        );
    }

    #[test]
    fn a_language_means_its_regions_too() {
        let target = |locales: &[&str]| Target {
            locales: locales.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Target::default()
        };
        for (locales, locale, speaks) in [
            (&[] as &[&str], "ru", true),
            (&["ru"], "ru", true),
            (&["ru"], "en", false),
            (&["pt"], "pt-BR", true),
            (&["pt-BR"], "pt", false),
        ] {
            assert_eq!(target(locales).speaks(locale), speaks, "{locales:?} {locale}");
        }
    }

    #[test]
    fn wrong_targets_are_refused_by_their_field() {
        let (components, tiers, locales) = (["pay"], ["gold"], ["en".to_owned()]);
        let known = Known { components: &components, tiers: &tiers, locales: &locales };
        let many = ["/x"; TARGETS_MAX + 1];
        for (lists, field) in [
            ([&["checkout"] as &[&str], &[], &[], &[]], "target.pages"),
            ([&["/a/*/b/*/c/*/d/*"], &[], &[], &[]], "target.pages"),
            ([&["/a b"], &[], &[], &[]], "target.pages"),
            ([&many, &[], &[], &[]], "target.pages"),
            ([&[], &["moon"], &[], &[]], "target.components"),
            ([&[], &[], &["tin"], &[]], "target.tiers"),
            ([&[], &[], &[], &["a\nb"]], "target.plans"),
        ] {
            let mut refusals = Refusals::default();
            target(lists).check("target", known, &mut refusals);
            assert_eq!(refusals.into_result(()).unwrap_err()[0].field, field, "{lists:?}");
        }
        let mut refusals = Refusals::default();
        Target { locales: vec!["de".into()], ..target([&["/a*"], &["pay"], &["gold"], &["Pro"]]) }.check(
            "target",
            known,
            &mut refusals,
        );
        assert_eq!(refusals.into_result(()).unwrap_err().len(), 1);
    }
}
