//! A secret as a type: it can be sent and stored, but neither printed nor compared by chance.
//!
//! There is no `Debug`, so a struct that holds one cannot end up in a log line, and no `PartialEq`, so `==`, whose
//! duration tells where two texts differ, does not compile. To compare, see `identity::secrets_match`.

use serde::{Deserialize, Serialize};

/// A key or a token as text.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text as a secret.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself: for signing, for sending it to whom it belongs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
