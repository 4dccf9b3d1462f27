//! What everybody may read: boot, status, categories and priorities, health.

use crate::article::RelatedArticle;
use crate::incident::{Banner, Component, Impact, Incident, Maintenance};
use crate::policy::FieldKind;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a page needs before anybody touches the widget. The loader reads it; the panel gets it handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Boot {
    /// The site.
    pub site: String,
    /// Its name.
    pub name: String,
    /// The language of the texts.
    pub locale: String,
    /// The languages the site speaks.
    pub locales: Vec<String>,
    /// Colour of launcher and buttons, `#rrggbb`.
    pub accent: String,
    /// Whether visitors without a signed identity may write.
    pub anonymous: bool,
    /// The loader's few texts.
    pub texts: BTreeMap<String, String>,
    /// A pattern for the versions of the script tag that stay away from the site's pages; empty when none does.
    #[serde(default)]
    pub off: String,
    /// Worst impact among the open incidents.
    pub indicator: Impact,
    /// What pages should know of, the first matters most.
    pub banners: Vec<Banner>,
    /// What a ticket may be about.
    pub categories: Vec<Choice>,
    /// What the form asks besides, by category; categories that ask nothing are left out (W4).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Vec<FieldInfo>>,
    /// The search index to fetch when the panel opens.
    pub kb: KbInfo,
    /// What may be attached to a message.
    pub attachments: AttachmentLimits,
    /// Whether a solved ticket asks for a rating (U).
    pub rating: bool,
    /// Hash of the triage rules that a page asks before a ticket is sent (R4); empty when no rule answers by itself.
    pub triage: String,
    /// Addresses of the panel's files; filled in by the edge from the deployed build.
    pub assets: Assets,
    /// Seconds until a visible page asks again.
    pub poll_seconds: u32,
}

/// What may be attached to a message, so that a page can say so before anything is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttachmentLimits {
    /// Bytes of one file.
    pub max_bytes: u32,
    /// Files of one message.
    pub max_files: u8,
    /// Media types that are taken.
    pub types: Vec<String>,
}

/// The published knowledge base of a locale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KbInfo {
    /// Hash of the index; empty when nothing is published.
    pub hash: String,
    /// How many articles it has.
    pub articles: u32,
}

/// Addresses of the panel's files, named by content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assets {
    /// The build.
    pub version: String,
    /// The panel's module.
    pub panel_js: String,
    /// Its WebAssembly.
    pub panel_wasm: String,
    /// Its style sheet.
    pub panel_css: String,
    /// Its texts by locale.
    pub texts: BTreeMap<String, String>,
    /// What the script tag rarely needs.
    #[serde(default)]
    pub aside: String,
}

/// A field of a category's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldInfo {
    /// The key to send.
    pub key: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The label to show.
    pub label: String,
    /// Whether a ticket of the category needs it.
    pub required: bool,
    /// The least number; null when any will do.
    pub min: Option<i32>,
    /// The greatest number or the most characters; null when the usual limit holds.
    pub max: Option<i32>,
    /// What may be chosen.
    pub choices: Vec<Choice>,
}

/// A choice in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// The key to send.
    pub key: String,
    /// The label to show.
    pub label: String,
}

/// A priority with its promises, one a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriorityInfo {
    /// The key.
    pub key: String,
    /// The label.
    pub label: String,
    /// What is promised.
    pub sla: Vec<PromiseInfo>,
}

/// What is promised to a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromiseInfo {
    /// The tier's key.
    pub tier: String,
    /// Counted minutes to the first answer.
    pub first_response_minutes: u32,
    /// Counted minutes to the solution; null when none is promised.
    pub resolution_minutes: Option<u32>,
    /// Name of the calendar that counts.
    pub calendar: String,
}

/// State of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemStatus {
    /// The site.
    pub site: String,
    /// `operational`, or `incident` while one is open.
    pub status: String,
    /// Worst impact among the open incidents.
    pub indicator: Impact,
    /// The components.
    pub components: Vec<Component>,
    /// The open incidents, the newest first.
    pub incidents: Vec<Incident>,
    /// Work that is planned or going on, the next first.
    #[serde(default)]
    pub maintenances: Vec<Maintenance>,
    /// When this was published.
    pub updated_at: Timestamp,
}

/// What the panel's first view says before anybody asked (W3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HomeInfo {
    /// Whether the team is at work now.
    pub open: bool,
    /// When that changes next; null for a team that is always there.
    pub next_change_at: Option<Timestamp>,
    /// By when an ordinary question asked now has its first answer, up to a minute later than promised; null where nothing
    /// is promised.
    pub reply_by: Option<Timestamp>,
    /// Worst impact among the open incidents, as the public status says it.
    pub status: Impact,
    /// Articles for the page that was named: those of the policy's rules, then what is read there most. Empty where neither has any.
    pub suggested: Vec<RelatedArticle>,
}

/// Whether storage answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// `pass` or `fail`.
    pub status: String,
    /// `pass` or `fail` by storage.
    pub checks: BTreeMap<String, String>,
}
