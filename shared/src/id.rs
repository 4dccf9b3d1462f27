//! One type for each kind of id, so that a ticket's id cannot be passed where an incident's is wanted.
//!
//! An id is 128 random bits written as a prefix and 26 letters of Crockford's base 32 (`tkt_0c5n…`): it cannot be
//! guessed, it can be read aloud, and its kind is visible in a log line. Randomness is the caller's: this module
//! only writes and checks. A site's id is different: people choose it and paste it into their pages.

use serde::{Deserialize, Serialize};

/// Crockford's base 32, lower case: no `i`, `l`, `o`, `u`, which people mistake for digits or each other.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 128 bits in groups of five.
const ENCODED_LENGTH: usize = 26;

/// Longest name a site may have after its prefix; it is typed into a script tag and stands in every key.
const SITE_NAME_LENGTH_MAX: usize = 40;

/// The text is not an id of the kind that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId {
    /// What an id of this kind begins with.
    pub expected_prefix: &'static str,
}

impl std::fmt::Display for InvalidId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected an id that begins with ")?;
        f.write_str(self.expected_prefix)
    }
}

fn encode(prefix: &str, random: [u8; 16]) -> String {
    let mut rest = u128::from_be_bytes(random);
    let mut digits = [b'0'; ENCODED_LENGTH];
    for digit in digits.iter_mut().rev() {
        // The remainder of a division by 32 is always a place in an alphabet of 32.
        *digit = ALPHABET.get((rest % 32) as usize).copied().unwrap_or(b'0');
        rest /= 32;
    }
    let mut text = String::with_capacity(prefix.len() + ENCODED_LENGTH);
    text.push_str(prefix);
    text.extend(digits.iter().map(|&digit| char::from(digit)));
    text
}

fn is_encoded(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|code| code.len() == ENCODED_LENGTH && code.bytes().all(|b| ALPHABET.contains(&b)))
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Writes 16 random bytes as an id; the caller answers for their randomness.
            #[must_use]
            pub fn from_random(random: [u8; 16]) -> Self {
                Self(encode($prefix, random))
            }

            /// Reads an id.
            ///
            /// # Errors
            /// [`InvalidId`] when the prefix, the length or a letter is not an id's.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if is_encoded(text, $prefix) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { expected_prefix: $prefix })
                }
            }

            /// The text form, as stored and sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id_types! {
    /// A ticket.
    TicketId "tkt_";
    /// A message of a ticket's thread.
    MessageId "msg_";
    /// Whoever asks: a customer, signed in or not.
    CustomerId "cus_";
    /// Whoever answers: a member of the support team.
    AgentId "agt_";
    /// An incident.
    IncidentId "inc_";
    /// Planned work.
    MaintenanceId "mnt_";
    /// What may become an incident when a person says so.
    DraftId "drf_";
    /// One update of an incident.
    UpdateId "upd_";
    /// A fact in a ticket's history.
    EventId "evt_";
    /// Something that must still happen after a write.
    OutboxId "out_";
    /// Something that customers wish for.
    FeatureId "ftr_";
    /// An article of the knowledge base.
    ArticleId "art_";
    /// A file that somebody sent.
    UploadId "upl_";
    /// A place that news is sent to.
    DestinationId "dst_";
    /// A call for whoever is on call.
    PageId "pge_";
    /// Somebody who hears of incidents by mail or webhook.
    SubscriberId "sub_";
    /// One request, for matching a person's report with a log line.
    RequestId "req_";
}

/// A site: one product that embeds the widget. Chosen by people: `site_` and up to 40 of `a-z 0-9 _`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String")]
pub struct SiteId(String);

impl SiteId {
    /// What every site's id begins with.
    pub const PREFIX: &'static str = "site_";

    /// Reads a site's id.
    ///
    /// # Errors
    /// [`InvalidId`] when it is empty, too long or has other letters than `a-z 0-9 _`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let named = text.strip_prefix(Self::PREFIX).is_some_and(|name| {
            (1..=SITE_NAME_LENGTH_MAX).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        });
        if named { Ok(Self(text.to_owned())) } else { Err(InvalidId { expected_prefix: Self::PREFIX }) }
    }

    /// The text form, as stored, sent and pasted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl std::fmt::Display for SiteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for random in [[0; 16], [255; 16], [7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]] {
            let id = TicketId::from_random(random);
            assert_eq!(TicketId::parse(id.as_str()), Ok(id));
        }
    }

    #[test]
    fn what_is_not_an_id_of_this_kind_is_refused() {
        let message = MessageId::from_random([9; 16]);
        for text in [
            "",
            "tkt_",
            "tkt_short",
            message.as_str(),
            "tkt_0000000000000000000000000i",
            "tkt_00000000000000000000000000\n",
        ] {
            assert!(TicketId::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_site_is_named_by_people_within_limits() {
        let longest = format!("site_{}", "a".repeat(SITE_NAME_LENGTH_MAX));
        let too_long = format!("{longest}a");
        for (text, valid) in [
            ("site_demo", true),
            ("site_", false),
            ("demo", false),
            ("site_Demo", false),
            ("site_a/b", false),
            (longest.as_str(), true),
            (too_long.as_str(), false),
        ] {
            assert_eq!(SiteId::parse(text).is_ok(), valid, "{text}");
        }
    }

    #[test]
    fn json_of_a_wrong_id_is_an_error_that_names_the_prefix() {
        let error = serde_json::from_str::<IncidentId>("\"tkt_x\"").unwrap_err().to_string();
        assert!(error.contains("inc_"), "{error}");
    }
}
