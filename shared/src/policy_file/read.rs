//! From TOML to a policy, by way of JSON of which every line is a place in the file.
//!
//! A type's reading is compiled anew for each format, and the edge reads its stored policies as JSON anyway: with TOML
//! beside it, a sixth of the worker was the reading of policies. `serde_json` says on which line it stopped. The JSON made
//! here has a line for every key and every entry of a list, and remembers where in the file it stood.

use super::{PolicyError, line_of};
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// Reads a value from a TOML file; the first slip is blamed on its line.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, PolicyError> {
    let file = DeTable::parse(text).map_err(|error| PolicyError {
        line: error.span().map(|span| line_of(text, span.start)),
        message: error.message().to_owned(),
    })?;
    let mut json = Json { text: String::new(), places: vec![0] };
    json.table(file.get_ref(), file.span().start);
    serde_json::from_str(&json.text).map_err(|error| {
        let place = error.line().checked_sub(1).and_then(|at| json.places.get(at));
        let sentence = error.to_string();
        let message = sentence.rsplit_once(" at line ").map_or(sentence.as_str(), |(message, _)| message).to_owned();
        PolicyError { line: place.map(|&offset| line_of(text, offset)), message }
    })
}

/// JSON as far as it is written, and for each of its lines where in the file it comes from, in bytes.
struct Json {
    text: String,
    places: Vec<usize>,
}

impl Json {
    fn begin_line(&mut self, place: usize) {
        self.text.push('\n');
        self.places.push(place);
    }

    fn scalar(&mut self, value: &Value) {
        self.text.push_str(&value.to_string());
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) => self.scalar(&Value::from(text.as_ref())),
            DeValue::Integer(number) => self.text.push_str(&decimal(number)),
            DeValue::Float(number) => self.text.push_str(fraction(number.as_str())),
            DeValue::Boolean(truth) => self.scalar(&Value::from(*truth)),
            // A policy writes its dates in quotes. This is refused as what it is not: a text.
            DeValue::Datetime(_) => self.text.push_str("{}"),
            DeValue::Array(items) => {
                self.text.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.text.push_str(if at == 0 { "" } else { "," });
                    self.begin_line(item.span().start);
                    self.value(item);
                }
                self.text.push(']');
            }
            DeValue::Table(table) => self.table(table, value.span().start),
        }
    }

    fn table(&mut self, table: &DeTable<'_>, place: usize) {
        self.text.push('{');
        for (at, (key, value)) in table.iter().enumerate() {
            self.text.push_str(if at == 0 { "" } else { "," });
            self.begin_line(key.span().start);
            self.scalar(&Value::from(key.get_ref().as_ref()));
            self.text.push(':');
            self.value(value);
        }
        // What is missing is noticed here, and missing from the whole table.
        self.begin_line(place);
        self.text.push('}');
    }
}

/// JSON knows no other base than ten and no `+`. What does not fit is a number of ten digits too many either way.
fn decimal(number: &DeInteger<'_>) -> String {
    i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| "1e30".to_owned(), |number| number.to_string())
}

/// JSON knows no `+` and no infinity; as null that is of the wrong type, as it should be.
fn fraction(number: &str) -> &str {
    let number = number.strip_prefix('+').unwrap_or(number);
    if number.ends_with(|last: char| last.is_ascii_digit()) { number } else { "null" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Shop {
        name: String,
        open: bool,
        #[serde(default)]
        hours: BTreeMap<String, Vec<u8>>,
        #[serde(default)]
        share: Option<f64>,
    }

    #[test]
    fn every_kind_of_value_arrives_as_it_was_written() {
        let text = "name = 'A \"b\" \\ c\t'\nopen = true\nshare = +1_0.5e0\n[hours]\nmon = [+9, 0x11]\n\"a.b\" = []\n";
        let hours = [("mon".to_owned(), vec![9, 17]), ("a.b".to_owned(), vec![])].into();
        let shop = Shop { name: "A \"b\" \\ c\t".into(), open: true, hours, share: Some(10.5) };
        assert_eq!(read::<Shop>(text).unwrap(), shop);
    }

    #[test]
    fn a_slip_is_blamed_on_its_line_whatever_it_is() {
        for (text, line, message) in [
            ("name = \"A\"\nopen = 1\n", 2, "invalid type: integer `1`, expected a boolean"),
            ("open = true\n\nname = 2026-01-01\n", 3, "invalid type: map, expected a string"),
            (
                "open = true\nname = \"A\"\n[hours]\nmon = [\n  9,\n  900,\n]\n",
                6,
                "invalid value: integer `900`, expected u8",
            ),
            ("open = true\nname = \"A\"\nhours.mon = [-1]\n", 3, "invalid value: integer `-1`, expected u8"),
            ("open = true\nname = \"A\"\nshape = \"x\"\n", 3, "unknown field `shape`"),
            ("open = true\nname = \"A\"\nshare = nan\nhours.mon = [99999999999999999999]\n", 4, "floating point"),
            ("\n\nopen = true\n", 1, "missing field `name`"),
            ("open = true\nname = \"A\"\nname = \"B\"\n", 3, "duplicate key"),
            ("open = true\nname = \"A\nhours = {}\n", 2, "invalid basic string"),
        ] {
            let error = read::<Shop>(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {error}");
            assert_eq!(error.line, Some(line), "{text}: {error}");
        }
    }
}
