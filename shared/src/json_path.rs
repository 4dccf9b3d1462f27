//! Which field of a JSON text a parser complained about, from the place where it stopped.
//!
//! Found by looking at the text again, once there is something to complain about. A parser that carries the path along
//! would be compiled anew for each type of the contract, which was a tenth of the worker.

/// Where in nested objects and lists something is.
enum Step {
    /// In an object; the key that was read last.
    Key(Option<String>),
    /// In a list, at this place.
    Item(usize),
}

/// The path at a place that a parser names by line and column, both from 1: `context.cookie`, `tickets[2]`; empty at the
/// top.
#[must_use]
pub fn path_at(text: &str, line: usize, column: usize) -> String {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let end = before.saturating_add(column).min(text.len());
    let mut steps: Vec<Step> = Vec::new();
    let mut letters = text.bytes().enumerate().take_while(|(at, _)| *at < end);
    while let Some((at, letter)) = letters.next() {
        match letter {
            b'{' => steps.push(Step::Key(None)),
            // One that is refused itself was only looked at.
            b'[' if at + 1 < end => steps.push(Step::Item(0)),
            b'}' | b']' => drop(steps.pop()),
            b',' => match steps.last_mut() {
                Some(Step::Item(place)) => *place += 1,
                Some(Step::Key(key)) => *key = None,
                None => {}
            },
            b'"' => {
                let mut escaped = false;
                let mut length = 0;
                let closed = letters.by_ref().any(|(_, letter)| {
                    length += 1;
                    let closes = letter == b'"' && !escaped;
                    escaped = letter == b'\\' && !escaped;
                    closes
                });
                if let Some(Step::Key(key @ None)) = steps.last_mut()
                    && closed
                {
                    let quoted = text.get(at..=at + length).unwrap_or_default();
                    *key = serde_json::from_str(quoted).ok();
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for step in &steps {
        match step {
            Step::Key(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Step::Key(None) => {}
            Step::Item(place) => path.push_str(&["[", &place.to_string(), "]"].concat()),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by nobody: what matters is what is refused")]
    struct Outer {
        name: String,
        #[serde(default)]
        number: Option<u8>,
        #[serde(default)]
        inner: Inner,
        #[serde(default)]
        list: Vec<Inner>,
        #[serde(default)]
        map: BTreeMap<String, Kind>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read by nobody: what matters is what is refused")]
    struct Inner {
        #[serde(default)]
        words: Vec<String>,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(default)]
        at: Option<crate::time::Timestamp>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Round,
        Square,
    }

    /// The oracle carries the path along while it parses.
    fn carried(text: &str) -> String {
        let mut parser = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Outer>(&mut parser).unwrap_err();
        let path = error.path().to_string();
        if path == "." { String::new() } else { path }
    }

    #[test]
    fn the_path_is_the_one_that_a_parser_would_carry_along() {
        for text in [
            r#"{"name":5}"#,
            r#"{"name":null}"#,
            r#"{"name":true , "number":1}"#,
            r#"{"name":[1]}"#,
            r#"{"name":[]}"#,
            r#"{"name":{}}"#,
            r#"{"name":{"a":1}}"#,
            r#"{"name":"n","number":"x"}"#,
            r#"{"name":"n","number":300}"#,
            r#"{"name":"n","number":-1}"#,
            r#"{"name":"n","number":1.5}"#,
            r#"{"name":"n","inner":5}"#,
            r#"{"name":"n","inner":{"cookie":"x"}}"#,
            r#"{"name":"a \" { [ , b","inner":{"words":["x","y\\",3]}}"#,
            r#"{"name":"n","inner":{"words":["x",["y"]]}}"#,
            r#"{"name":"n","inner":{"kind":"flat"}}"#,
            r#"{"name":"n","inner":{"kind":5}}"#,
            r#"{"name":"n","inner":{"at":"yesterday"}}"#,
            r#"{"name":"n","list":[{},{"kind":"round"},{"kind":"flat"}]}"#,
            r#"{"name":"n","list":[{"words":["a"]},{"words":[1]}]}"#,
            r#"{"name":"n","list":{}}"#,
            r#"{"name":"n","map":{"a":"round","b":"flat"}}"#,
            r#"{"name":"n","map":{"a":"round","b \u0041":7}}"#,
            "{\n  \"name\": \"ж\",\n  \"list\": [\n    {\"words\": [\"ж\", 5]}\n  ]\n}",
            r#"{"unknown":1}"#,
        ] {
            let error = serde_json::from_str::<Outer>(text).unwrap_err();
            assert_eq!(path_at(text, error.line(), error.column()), carried(text), "{text}: {error}");
        }
    }

    #[test]
    fn no_text_and_no_place_panics() {
        for text in ["", "{", "[", "\"", "{\"a\\", "}}]]", "{\"я\":[{\"", "\n\n"] {
            for line in 0..4 {
                for column in 0..12 {
                    let _ = path_at(text, line, column);
                }
            }
        }
    }
}
