//! Updates as Telegram sends them, as far as the bot reads them. What is unknown is passed over.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// One update.
#[derive(Debug, Clone, Deserialize)]
pub struct Update {
    /// Its number: what came twice bears it twice.
    pub update_id: i64,
    /// Somebody wrote.
    #[serde(default)]
    pub message: Option<Note>,
    /// Somebody pressed a button.
    #[serde(default)]
    pub callback_query: Option<Callback>,
}

/// A message.
#[derive(Debug, Clone, Deserialize)]
pub struct Note {
    /// Its number in its chat.
    pub message_id: i64,
    /// Who wrote it; none in channels.
    #[serde(default)]
    pub from: Option<User>,
    /// Where.
    pub chat: Chat,
    /// Its forum topic, or only what it replies to, which nothing can be sent to.
    #[serde(default)]
    pub message_thread_id: Option<i64>,
    /// Whether it is a topic.
    #[serde(default)]
    pub is_topic_message: bool,
    /// What it says.
    #[serde(default)]
    pub text: Option<String>,
    /// What a picture or file says below it.
    #[serde(default)]
    pub caption: Option<String>,
    /// A picture, in several sizes.
    #[serde(default)]
    pub photo: Option<IgnoredAny>,
    /// A file, be it a picture without a name for it.
    #[serde(default)]
    pub document: Option<IgnoredAny>,
    /// A film.
    #[serde(default)]
    pub video: Option<IgnoredAny>,
    /// A film in a circle.
    #[serde(default)]
    pub video_note: Option<IgnoredAny>,
    /// Music.
    #[serde(default)]
    pub audio: Option<IgnoredAny>,
    /// What somebody said aloud.
    #[serde(default)]
    pub voice: Option<IgnoredAny>,
    /// Whose words it passes on, if it does.
    #[serde(default)]
    pub forward_origin: Option<serde_json::Value>,
    /// What it replies to.
    #[serde(default)]
    pub reply_to_message: Option<Box<Note>>,
}

/// A press of a button.
#[derive(Debug, Clone, Deserialize)]
pub struct Callback {
    /// What the answer to it names.
    pub id: String,
    /// Who pressed.
    pub from: User,
    /// The message with the button.
    #[serde(default)]
    pub message: Option<Note>,
    /// What the button carries.
    #[serde(default)]
    pub data: Option<String>,
}

/// A person or a bot.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// The number, which never changes; names do.
    pub id: i64,
    /// Whether it is a bot.
    #[serde(default)]
    pub is_bot: bool,
    /// Given name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// The language of their app.
    #[serde(default)]
    pub language_code: Option<String>,
}

impl User {
    /// What to call them.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let parts = [self.first_name.as_deref(), self.last_name.as_deref()];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name: String = crate::text::clean_line(&name).chars().take(crate::text::NAME_CHARS_MAX).collect();
        (!name.is_empty()).then_some(name)
    }
}

/// A chat.
#[derive(Debug, Clone, Deserialize)]
pub struct Chat {
    /// Its number, below zero for groups.
    pub id: i64,
    /// `private`, `group`, `supergroup` or `channel`.
    #[serde(rename = "type", default)]
    pub kind: String,
}

impl Chat {
    /// Whether one person talks to the bot alone.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.kind == "private"
    }
}

impl Note {
    /// The forum topic that it stands in.
    #[must_use]
    pub fn topic(&self) -> Option<i64> {
        self.message_thread_id.filter(|_| self.is_topic_message)
    }

    /// What it says, be it below a picture.
    #[must_use]
    pub fn words(&self) -> &str {
        self.text.as_deref().or(self.caption.as_deref()).unwrap_or_default()
    }

    /// Whether it brings more than words. A sticker says nothing that could get lost.
    #[must_use]
    pub fn brings_a_file(&self) -> bool {
        let kinds = [&self.photo, &self.document, &self.video, &self.video_note, &self.audio, &self.voice];
        kinds.into_iter().any(Option::is_some)
    }

    /// Whether the bot with this token wrote it: its number stands before the colon.
    #[must_use]
    pub fn is_by_bot(&self, token: &str) -> bool {
        let bot = token.split(':').next().and_then(|number| number.parse::<i64>().ok());
        self.from.as_ref().is_some_and(|from| from.is_bot && Some(from.id) == bot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_read_as_far_as_it_is_known() {
        let text = r##"{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":-1001234567890123,"type":"supergroup","title":"x"},
            "from":{"id":5000000001,"is_bot":false,"first_name":" Ann\u200b","last_name":"B","language_code":"ru"},"text":"hi","message_thread_id":2,
            "reply_to_message":{"message_id":2,"chat":{"id":1,"type":"private"},"from":{"id":77,"is_bot":true},"text":"#12 x","message_thread_id":5,"is_topic_message":true}}}"##;
        let update: Update = serde_json::from_str(text).expect("an update");
        let note = update.message.expect("a message");
        assert_eq!((note.chat.id, note.chat.is_private()), (-1_001_234_567_890_123, false));
        assert_eq!(note.from.as_ref().and_then(User::name).as_deref(), Some("Ann B"));
        assert_eq!(note.topic(), None, "a thread of replies is no topic");
        let replied = note.reply_to_message.expect("a reply");
        assert_eq!(replied.topic(), Some(5));
        assert!(replied.is_by_bot("77:secret") && !replied.is_by_bot("78:secret") && !replied.is_by_bot(""));
    }

    #[test]
    fn a_file_of_any_kind_is_seen_and_its_caption_is_what_it_says() {
        let photo = r#""photo":[{"file_id":"AgAC","file_unique_id":"AQAD","file_size":1203,"width":67,"height":90}]"#;
        let file = |kind: &str| format!(r#""{kind}":{{"file_id":"BQAC","file_unique_id":"AgAD","file_size":5120}}"#);
        let sticker =
            r#""sticker":{"file_id":"CAAC","file_unique_id":"AgAE","width":512,"height":512,"type":"regular"}"#;
        for (content, brings, words) in [
            (photo.to_owned(), true, ""),
            (format!(r#"{photo},"caption":"It fails","caption_entities":[]"#), true, "It fails"),
            // An animation comes as a document, too.
            (format!("{},{}", file("animation"), file("document")), true, ""),
            (file("video"), true, ""),
            (file("video_note"), true, ""),
            (file("audio"), true, ""),
            (file("voice"), true, ""),
            (sticker.to_owned(), false, ""),
            (r#""text":"It fails""#.to_owned(), false, "It fails"),
        ] {
            let text = format!(r#"{{"message_id":1,"date":1,"chat":{{"id":1,"type":"private"}},{content}}}"#);
            let note: Note = serde_json::from_str(&text).expect("a message");
            assert_eq!((note.brings_a_file(), note.words()), (brings, words), "{content}");
        }
    }
}
