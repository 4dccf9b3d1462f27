//! A TOML file as JSON in which every value stands on a line of its own, with the place in the TOML of each line.
//!
//! Policies are read as JSON by the edge anyway, since that is how they are stored. Reading them from TOML directly would
//! compile every type of a policy a second time: a sixth of the whole worker. The parser of JSON tells the line of
//! what it refuses, and the line tells the place.

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The JSON, and where in the TOML each of its lines begins.
pub(super) struct AsJson {
    pub(super) text: String,
    offsets: Vec<usize>,
}

impl AsJson {
    /// Writes a parsed file.
    pub(super) fn of(file: &Spanned<DeTable<'_>>) -> Self {
        let mut json = Self { text: String::new(), offsets: vec![0] };
        json.table(file.get_ref(), file.span().start);
        json
    }

    /// Where in the TOML a line of the JSON, from 1, comes from.
    pub(super) fn offset(&self, line: usize) -> usize {
        self.offsets.get(line.saturating_sub(1)).copied().unwrap_or_default()
    }

    fn new_line(&mut self, offset: usize) {
        self.text.push('\n');
        self.offsets.push(offset);
    }

    fn table(&mut self, table: &DeTable<'_>, start: usize) {
        self.text.push('{');
        for (at, (key, value)) in table.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            self.new_line(key.span().start);
            self.string(key.get_ref());
            self.text.push(':');
            self.value(value);
        }
        // What a table lacks is found at its end and blamed on its beginning.
        self.new_line(start);
        self.text.push('}');
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) => self.string(text),
            DeValue::Boolean(flag) => self.text.push_str(if *flag { "true" } else { "false" }),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => self.text.push_str(&number.to_string()),
                // Larger than any number of a policy: as a text it is refused where it stands.
                Err(_) => self.string(number.as_str()),
            },
            DeValue::Float(number) => match number.as_str().parse().ok().and_then(serde_json::Number::from_f64) {
                Some(number) => self.text.push_str(&number.to_string()),
                None => self.string(number.as_str()),
            },
            DeValue::Datetime(time) => self.string(&time.to_string()),
            DeValue::Array(items) => {
                self.text.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.new_line(item.span().start);
                    self.value(item);
                }
                self.text.push(']');
            }
            DeValue::Table(table) => self.table(table, value.span().start),
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push_str(&Value::from(text).to_string());
    }
}
