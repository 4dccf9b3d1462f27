//! Addresses of the old help centre: which article each meant, and where that is now.

use std::collections::{BTreeMap, BTreeSet};

use crate::kb::html::anchor;

/// Where the articles of an export are now.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// The old help centre's own hosts.
    pub(super) hosts: BTreeSet<String>,
    /// The host that readers know, for what stays there.
    pub(super) host: Option<String>,
    /// The new names, by the old numbers.
    pub(super) slugs: BTreeMap<u64, String>,
}

/// What an address means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An article that moves too, by its new address.
    Article(String),
    /// Something that stays in the old help centre.
    Old,
    /// Anything else.
    Elsewhere,
}

impl Moved {
    pub(super) fn meaning(&self, address: &str) -> Meaning {
        let address = address.trim();
        let (before, place) = match address.split_once('#') {
            Some((before, place)) => (before, format!("#{}", anchor(place))),
            None => (address, String::new()),
        };
        let path = match host_of(before) {
            Some(host) if self.hosts.contains(&host) => path_of(before),
            None if before.starts_with("/hc/") => before,
            _ => return Meaning::Elsewhere,
        };
        let slug = number_of(path).and_then(|number| self.slugs.get(&number));
        slug.map_or(Meaning::Old, |slug| Meaning::Article(format!("/help/{slug}{place}")))
    }

    /// What stays in the old help centre, with its host: here, the same path would lead to nothing.
    pub(super) fn old(&self, address: &str) -> String {
        match &self.host {
            Some(host) if host_of(address).is_none() => format!("https://{host}{}", address.trim()),
            _ => address.to_owned(),
        }
    }
}

/// The number in `…/articles/42-How-to-pay`.
fn number_of(path: &str) -> Option<u64> {
    let (_, rest) = path.split_once("/articles/")?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// The host of a whole address.
pub(super) fn host_of(address: &str) -> Option<String> {
    let rest = address.split_once("://").map(|(_, rest)| rest).or_else(|| address.strip_prefix("//"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty())
}

/// `/hc/en-us/articles/123-How-to-pay` of a whole address.
pub(super) fn path_of(address: &str) -> &str {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k3_an_address_of_the_old_help_centre_means_the_article_of_its_number() {
        let moved = Moved {
            host: None,
            hosts: BTreeSet::from(["help.acme.example".to_owned()]),
            slugs: BTreeMap::from([(42, "pay".to_owned())]),
        };
        let article = |address: &str| Meaning::Article(address.to_owned());
        for (address, meaning) in [
            ("https://help.acme.example/hc/en-us/articles/42-How-to-pay", article("/help/pay")),
            ("//HELP.acme.example/hc/ru/articles/42#h_01X", article("/help/pay#h_01X")),
            ("/hc/articles/42?source=search#h.%D0%B0", article("/help/pay#hа")),
            ("/hc/en-us/articles/43-Gone", Meaning::Old),
            ("https://help.acme.example/hc/en-us/sections/7", Meaning::Old),
            ("https://other.example/hc/en-us/articles/42", Meaning::Elsewhere),
            ("mailto:a@help.acme.example", Meaning::Elsewhere),
            ("#h_01X", Meaning::Elsewhere),
            ("/pricing", Meaning::Elsewhere),
        ] {
            assert_eq!(moved.meaning(address), meaning, "{address}");
        }
    }
}
