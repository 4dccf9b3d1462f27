//! What the panel needs of the site's answer to `boot/`.
//!
//! The loader uses the rest (its texts, the addresses of files). A field that is not here is neither read nor carried
//! code for; the parts are the types of `shared`.

use buoy_shared::api::{Choice, KbInfo};
use buoy_shared::incident::Banner;
use serde::Deserialize;

/// The part of `shared::api::Boot` that views show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Site {
    /// The site's name.
    pub(crate) name: String,
    /// The language of the texts.
    pub(crate) locale: String,
    /// Colour of launcher and buttons.
    pub(crate) accent: String,
    /// Whether visitors without a signed identity may write.
    pub(crate) anonymous: bool,
    /// What is broken.
    pub(crate) banners: Vec<Banner>,
    /// What a ticket may be about.
    pub(crate) categories: Vec<Choice>,
    /// The search index.
    pub(crate) kb: KbInfo,
}

#[cfg(test)]
mod tests {
    use super::*;
    use buoy_shared::api::{Assets, AttachmentLimits, Boot};
    use buoy_shared::incident::Impact;

    #[test]
    fn a_site_is_read_from_what_boot_answers() {
        let boot = Boot {
            site: "site_demo".into(),
            name: "Demo".into(),
            locale: "en".into(),
            locales: vec!["en".into()],
            accent: "#2456d6".into(),
            anonymous: true,
            texts: [("open".into(), "Help".into())].into(),
            off: String::new(),
            indicator: Impact::None,
            banners: vec![],
            categories: vec![Choice { key: "other".into(), label: "Other".into() }],
            fields: std::collections::BTreeMap::new(),
            kb: KbInfo { hash: "1".into(), articles: 2 },
            attachments: AttachmentLimits::default(),
            rating: true,
            triage: String::new(),
            assets: Assets::default(),
            poll_seconds: 20,
        };
        let site: Site = serde_json::from_str(&serde_json::to_string(&boot).unwrap()).unwrap();
        assert_eq!((site.name, site.locale, site.accent, site.anonymous), (boot.name, boot.locale, boot.accent, true));
        assert_eq!((site.categories, site.kb), (boot.categories, boot.kb));
    }
}
