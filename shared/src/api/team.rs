//! The team and whoever runs the installation: agents, roles, figures, sites.

use serde::{Deserialize, Serialize};

const fn yes() -> bool {
    true
}

/// Who an agent's token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentInfo {
    /// The agent.
    pub id: String,
    /// Their name, as customers see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their site.
    pub site: String,
}

/// What a member of the team may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Answers tickets, declares incidents, writes articles.
    Agent,
    /// Reads.
    Viewer,
}

impl Role {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Admin, Self::Agent, Self::Viewer].into_iter().find(|role| role.as_str() == word)
    }
}

/// A site as its operator describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SiteSpec {
    /// Its name, as visitors see it.
    #[serde(default)]
    pub name: String,
    /// The text of its `policy.toml`.
    #[serde(default)]
    pub policy_toml: String,
    /// Origins of the pages that embed it, such as `https://app.example.com`.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Whether visitors without a signed identity may write.
    #[serde(default = "yes")]
    pub anonymous: bool,
}

/// A site and the secret that signs its identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SiteInfo {
    /// The site.
    pub site: String,
    /// What signs identities.
    pub identity: IdentityKey,
}

/// A key that signs identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdentityKey {
    /// Its name, for the token's header.
    pub kid: String,
    /// The secret for HS256, as text: its UTF-8 bytes are the key.
    pub secret: String,
}

/// A member of the team to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentDraft {
    /// Their name, as customers see it.
    #[serde(default)]
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A new member's token, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentCredentials {
    /// The agent.
    pub id: String,
    /// Goes into `Authorization: Bearer`.
    pub token: String,
}
