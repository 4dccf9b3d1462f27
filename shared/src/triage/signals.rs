//! What a text gives away besides its matter. Who hears of it is decided in `escalation`.

use serde::{Deserialize, Serialize};

/// What a customer's words give away (E1, E3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// They speak of leaving.
    #[serde(default, skip_serializing_if = "is_not")]
    pub churn: bool,
    /// They speak of law or of security.
    #[serde(default, skip_serializing_if = "is_not")]
    pub legal: bool,
    /// The largest amount of money they name, in whole units of whatever currency it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_not(flag: &bool) -> bool {
    !*flag
}

impl Signals {
    /// Whether there is nothing to note.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.churn && !self.legal && self.money.is_none()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { churn: self.churn || other.churn, legal: self.legal || other.legal, money: self.money.max(other.money) }
    }
}
