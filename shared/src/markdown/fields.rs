//! The fields of a front matter, flat: a key with its parents before it, and its values.
//!
//! TOML is read by its library. Of YAML only what front matters use is read, here: maps by indentation, lists in both
//! forms, quoted, plain and folded texts. Whoever writes more than that in a front matter loses that field, not the
//! article.

use toml::de::{DeTable, DeValue};

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name, after its parents' and dots: `extra.order`.
    pub(super) key: String,
    /// Its value, or the items of its list.
    pub(super) values: Vec<String>,
}

/// How deep maps are followed.
const DEPTH_MAX: usize = 4;

/// Reads TOML; what is not TOML has no fields.
pub(super) fn toml_fields(head: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    if let Ok(table) = DeTable::parse(head) {
        flatten(table.get_ref(), "", 0, &mut fields);
    }
    fields
}

fn flatten(table: &DeTable<'_>, before: &str, depth: usize, fields: &mut Vec<Field>) {
    for (name, value) in table {
        let name = name.get_ref();
        let key = if before.is_empty() { name.to_string() } else { [before, ".", name].concat() };
        match value.get_ref() {
            DeValue::Table(inner) if depth < DEPTH_MAX => flatten(inner, &key, depth + 1, fields),
            DeValue::Array(items) => {
                fields.push(Field { key, values: items.iter().filter_map(|item| scalar(item.get_ref())).collect() });
            }
            value => fields.push(Field { key, values: scalar(value).into_iter().collect() }),
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Float(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// A map that is open: how far it is indented, and its key.
struct Parent {
    indent: usize,
    key: String,
}

/// Reads the lines of a YAML front matter.
pub(super) fn yaml_fields(head: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut parents: Vec<Parent> = Vec::new();
    let mut lines = head.lines().peekable();
    while let Some(line) = lines.next() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(item) = text.strip_prefix("- ") {
            // A list may stand as far to the left as its key.
            parents.retain(|parent| parent.indent <= indent);
            if let (Some(_), Some(field)) = (parents.last(), fields.last_mut()) {
                field.values.push(unquote(item));
            }
            continue;
        }
        parents.retain(|parent| parent.indent < indent);
        let Some((name, value)) = split_key(text) else {
            // A plain text goes on in the next line.
            if let Some(last) = fields.last_mut().filter(|_| indent > 0).and_then(|field| field.values.last_mut()) {
                last.push(' ');
                last.push_str(text);
            }
            continue;
        };
        let before = parents.last().map(|parent| format!("{}.", parent.key)).unwrap_or_default();
        let key = format!("{before}{name}");
        let is_block = matches!(value, "|" | ">" | "|-" | ">-" | "|+" | ">+");
        let mut value = if is_block { String::new() } else { value.to_owned() };
        if is_block || (value.starts_with('[') && !value.contains(']')) {
            while let Some(more) = lines.next_if(|more| more.trim().is_empty() || indent_of(more) > indent || !is_block)
            {
                value.push(' ');
                value.push_str(more.trim());
                if !is_block && more.contains(']') {
                    break;
                }
            }
        }
        // A quoted text that is longer than a line goes on to the quote that closes it.
        while is_open(&value)
            && let Some(more) = lines.next_if(|more| more.trim().is_empty() || indent_of(more) > indent)
        {
            value = format!("{} {}", value.trim_end(), more.trim());
        }
        if value.is_empty() && parents.len() < DEPTH_MAX {
            parents.push(Parent { indent, key: key.clone() });
        }
        fields.push(Field { key, values: if is_block { vec![value.trim().to_owned()] } else { values(&value) } });
    }
    fields
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a quoted text begins here that nothing closes yet.
fn is_open(value: &str) -> bool {
    ['"', '\''].iter().any(|quote| value.strip_prefix(*quote).is_some_and(|text| closing(text, *quote).is_none()))
}

/// `key: value`; a colon within a text does not make it a key.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let is_key = !name.is_empty()
        && !name.contains([' ', '"', '\'', '[', '{'])
        && (value.is_empty() || value.starts_with([' ', '\t']));
    is_key.then(|| (name, value.trim()))
}

/// `[a, "b, c"]`, or one text; nothing for nothing.
fn values(value: &str) -> Vec<String> {
    // A comment may follow a list.
    let list =
        value.rsplit_once(']').filter(|(_, behind)| behind.trim().is_empty() || behind.trim_start().starts_with('#'));
    let Some(inner) = list.and_then(|(list, _)| list.strip_prefix('[')) else {
        return Some(unquote(value)).filter(|text| !text.is_empty()).into_iter().collect();
    };
    let mut items = Vec::new();
    let (mut item, mut quote, mut escaped) = (String::new(), None, false);
    for letter in inner.chars() {
        match (quote, letter) {
            (None, ',') => items.push(std::mem::take(&mut item)),
            (None, '"' | '\'') if item.trim().is_empty() => {
                quote = Some(letter);
                item.push(letter);
            }
            (Some(open), letter) if open == letter && !escaped => {
                quote = None;
                item.push(letter);
            }
            (_, letter) => item.push(letter),
        }
        escaped = letter == '\\' && !escaped && quote == Some('"');
    }
    items.push(item);
    items.iter().map(|item| unquote(item)).filter(|item| !item.is_empty()).collect()
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    if let Some(inner) = between_quotes(value, '"') {
        return unescape(inner);
    }
    if let Some(inner) = between_quotes(value, '\'') {
        return inner.replace("''", "'");
    }
    // A comment may follow a plain text.
    value.split_once(" #").map_or(value, |(text, _)| text).trim_end().to_owned()
}

/// What stands between quotes: to the one that closes, where nothing but a comment follows it, else to the end.
fn between_quotes(value: &str, quote: char) -> Option<&str> {
    let text = value.strip_prefix(quote)?;
    let end = closing(text, quote).filter(|end| {
        let behind = text.get(end + 1..).unwrap_or_default();
        behind.is_empty() || behind.starts_with([' ', '\t']) && behind.trim_start().starts_with('#')
    });
    end.map_or_else(|| text.strip_suffix(quote), |end| text.get(..end))
}

/// Where the quote stands that closes: in double ones a backslash keeps it from that, in single ones a second quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let is_twice = quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == quote);
        if letter == quote && !is_twice {
            return Some(at);
        }
        if letter == quote || (quote == '"' && letter == '\\') {
            letters.next();
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n' | 't' | 'r') => plain.push(' '),
                Some(kind @ ('x' | 'u' | 'U')) => plain.push(by_code(kind, &mut letters).unwrap_or(kind)),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            (letter, false) => plain.push(letter),
        }
    }
    plain
}

/// The letter of a code: two digits after `x`, four after `u`, eight after `U`. Where there are none, nothing is taken.
fn by_code(kind: char, letters: &mut std::str::Chars<'_>) -> Option<char> {
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        _ => 8,
    };
    let (code, rest) = letters.as_str().split_at_checked(digits)?;
    let is_code = code.bytes().all(|digit| digit.is_ascii_hexdigit());
    let letter = char::from_u32(u32::from_str_radix(code, 16).ok()?).filter(|_| is_code)?;
    *letters = rest.chars();
    Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_in_its_usual_forms_is_read() {
        for (head, expected) in [
            ("title: Pay # now", vec![("title", vec!["Pay"])]),
            ("title: \"a \\\"b\\\" # c\"", vec![("title", vec!["a \"b\" # c"])]),
            ("title: 'It''s'", vec![("title", vec!["It's"])]),
            ("title: \"a\" # b", vec![("title", vec!["a"])]),
            ("title: \"a \\\" # b\"  # \"c\"", vec![("title", vec!["a \" # b"])]),
            ("title: 'It''s' # 'c'", vec![("title", vec!["It's"])]),
            ("title: \"a\" and \"b\"", vec![("title", vec!["a\" and \"b"])]),
            ("tags:\n  - \"a\" # b\n  - 'c' #", vec![("tags", vec!["a", "c"])]),
            ("title: \"Caf\\xE9 \\u041E\\U0001F600 \\ux \\u+041\"", vec![("title", vec!["Café О😀 ux u+041"])]),
            (
                "text: 'Paying: by\n  card: or it''s a\n\n  bank'\nnext: x",
                vec![("text", vec!["Paying: by card: or it's a bank"]), ("next", vec!["x"])],
            ),
            ("text: \"Paying: by\n  card\" # b\nnext: x", vec![("text", vec!["Paying: by card"]), ("next", vec!["x"])]),
            ("text: 'tis\nnext: x", vec![("text", vec!["'tis"]), ("next", vec!["x"])]),
            ("tags: [/a, \"/b\"] # old", vec![("tags", vec!["/a", "/b"])]),
            ("tags: [a, \"b, c\", 'd']", vec![("tags", vec!["a", "b, c", "d"])]),
            ("tags:\n  - a\n  - b c", vec![("tags", vec!["a", "b c"])]),
            ("tags:\n- a\n- b\nnext: x", vec![("tags", vec!["a", "b"]), ("next", vec!["x"])]),
            ("tags: [a,\n  b]\nnext: x", vec![("tags", vec!["a", "b"]), ("next", vec!["x"])]),
            (
                "a:\n  b:\n    c: 1\n  d: 2\ne: 3",
                vec![("a", vec![]), ("a.b", vec![]), ("a.b.c", vec!["1"]), ("a.d", vec!["2"]), ("e", vec!["3"])],
            ),
            ("text: >-\n  one\n  two\nnext: x", vec![("text", vec!["one two"]), ("next", vec!["x"])]),
            (
                "text: one\n  two: no key\nnext: x",
                vec![("text", vec!["one"]), ("two", vec!["no key"]), ("next", vec!["x"])],
            ),
            ("text: one\n  and two\nnext: http://x", vec![("text", vec!["one and two"]), ("next", vec!["http://x"])]),
            ("- stray\n# comment\n: nothing", vec![]),
        ] {
            let fields = yaml_fields(head);
            let found: Vec<(&str, Vec<&str>)> = fields
                .iter()
                .map(|field| (field.key.as_str(), field.values.iter().map(String::as_str).collect()))
                .collect();
            assert_eq!(found, expected, "{head}");
        }
    }
}
