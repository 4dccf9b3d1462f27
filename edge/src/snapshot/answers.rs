//! The texts of `boot/` and `status/`, finished for publication.

use super::News;
use crate::error::ApiError;
use crate::page_rules;
use crate::store::kb_indexes::IndexInfo;
use crate::store::sites::Site;
use buoy_shared::api::{Assets, AttachmentLimits, Boot, Choice, FieldInfo, KbInfo, SystemStatus};
use buoy_shared::id::SiteId;
use buoy_shared::incident::{Incident, Maintenance, MaintenanceStatus, banners, component_states, overall_impact};
use buoy_shared::policy::{FormField, Localized, Named, Policy, localized};
use std::collections::BTreeMap;

/// Seconds between two questions of a visible page: news is on every page within half a minute.
const POLL_SECONDS: u32 = 20;

/// The loader's texts, by locale; the first is the fallback.
const LOADER_TEXTS: [(&str, &str); 10] = [
    ("en", include_str!("../../../shared/locales/en.json")),
    ("ar", include_str!("../../../shared/locales/ar.json")),
    ("de", include_str!("../../../shared/locales/de.json")),
    ("es", include_str!("../../../shared/locales/es.json")),
    ("fr", include_str!("../../../shared/locales/fr.json")),
    ("ja", include_str!("../../../shared/locales/ja.json")),
    ("pt-BR", include_str!("../../../shared/locales/pt-BR.json")),
    ("ru", include_str!("../../../shared/locales/ru.json")),
    ("tr", include_str!("../../../shared/locales/tr.json")),
    ("zh-CN", include_str!("../../../shared/locales/zh-CN.json")),
];

/// A boot answer up to its assets, which each request appends from the deployed build: `{…` without its closing brace.
pub(super) fn boot(
    site_id: &SiteId,
    site: &Site,
    locale: &str,
    news: &News<'_>,
    indexes: &[IndexInfo],
) -> Result<String, ApiError> {
    let policy = &site.policy;
    let index = indexes.iter().find(|index| index.locale == locale);
    let boot = Boot {
        site: site_id.to_string(),
        name: site.name.clone(),
        locale: locale.to_owned(),
        locales: policy.site.locales.clone(),
        accent: policy.site.accent.clone(),
        anonymous: site.anonymous,
        texts: loader_texts(locale)?,
        off: policy.site.off_pattern(),
        indicator: overall_impact(news.incidents),
        banners: banners(news.incidents, news.maintenances, locale, news.now),
        categories: choices(&policy.categories, locale, &policy.site.default_locale),
        fields: fields(policy, locale),
        kb: KbInfo {
            hash: index.map(|index| index.hash.clone()).unwrap_or_default(),
            articles: index.map_or(0, |index| index.articles),
        },
        attachments: AttachmentLimits {
            max_bytes: policy.attachments.max_bytes,
            max_files: policy.attachments.max_files,
            types: policy.attachments.types.clone(),
        },
        rating: policy.surveys.as_ref().is_some_and(|surveys| surveys.csat_after_solved),
        triage: page_rules::hash(policy, locale)?,
        assets: Assets::default(),
        poll_seconds: POLL_SECONDS,
    };
    let mut value = serde_json::to_value(&boot)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("assets");
    }
    let mut text = value.to_string();
    text.pop();
    Ok(text)
}

/// Labels of a list in one locale.
pub(crate) fn choices(list: &[impl Named], locale: &str, fallback: &str) -> Vec<Choice> {
    let label = |texts: &Localized| localized(texts, locale, fallback).to_owned();
    list.iter().map(|entry| Choice { key: entry.key().to_owned(), label: label(entry.label()) }).collect()
}

/// What the form asks of each category that asks something.
fn fields(policy: &Policy, locale: &str) -> BTreeMap<String, Vec<FieldInfo>> {
    let fallback = &policy.site.default_locale;
    let info = |field: &FormField| FieldInfo {
        key: field.key.clone(),
        kind: field.kind,
        label: localized(&field.label, locale, fallback).to_owned(),
        required: field.required,
        min: field.min,
        max: field.max,
        choices: choices(&field.choices, locale, fallback),
    };
    // Inserted one by one: to collect into a map sorts first, and that is 5 kB of the worker.
    let mut all = BTreeMap::new();
    for category in policy.categories.iter().filter(|category| !category.fields.is_empty()) {
        all.insert(category.key.clone(), category.fields.iter().map(info).collect());
    }
    all
}

fn loader_texts(locale: &str) -> Result<BTreeMap<String, String>, ApiError> {
    // The locale itself, else any of its language: what is written for Brazil is understood in Portugal.
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let exact = LOADER_TEXTS.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(locale));
    let related = || LOADER_TEXTS.iter().find(|(tag, _)| language(tag) == language(locale));
    let texts = exact.or_else(related).unwrap_or(&LOADER_TEXTS[0]).1;
    Ok(serde_json::from_str(texts)?)
}

pub(super) fn status(site_id: &SiteId, site: &Site, locale: &str, news: &News<'_>) -> SystemStatus {
    let fallback = &site.policy.site.default_locale;
    let names: Vec<(String, String)> = site
        .policy
        .components
        .iter()
        .map(|component| (component.key.clone(), localized(&component.label, locale, fallback).to_owned()))
        .collect();
    let open = news.incidents.iter().filter(|incident| incident.resolved_at.is_none());
    let open: Vec<Incident> = open.cloned().collect();
    let coming = news.maintenances.iter().filter(|work| work.status != MaintenanceStatus::Completed);
    let mut coming: Vec<Maintenance> = coming.cloned().collect();
    coming.sort_by_key(|work| work.scheduled_for);
    SystemStatus {
        site: site_id.to_string(),
        status: if open.is_empty() { "operational" } else { "incident" }.to_owned(),
        indicator: overall_impact(&open),
        components: component_states(&names, &open, &coming),
        incidents: open,
        maintenances: coming,
        updated_at: news.now,
    }
}
