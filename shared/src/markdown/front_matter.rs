//! The few keys of a front matter that an article needs: title, description, keywords.
//!
//! Not a YAML parser: a line `key: value` at the left margin, quotes around it dropped, lists as `[a, b]` or as
//! following `- item` lines. Whatever else stands there belongs to other tools and is passed over.

/// What the front matter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// `title`.
    pub title: Option<String>,
    /// `description` or `summary`.
    pub description: Option<String>,
    /// `keywords` and `tags`.
    pub keywords: Vec<String>,
}

/// The line that opens and closes a front matter.
const FENCE: &str = "---";

/// Splits a source into its front matter and its Markdown. An unclosed front matter is no front matter.
pub(super) fn split(source: &str) -> (FrontMatter, &str) {
    let source = source.trim_start_matches('\u{feff}');
    let Some(after_fence) =
        source.strip_prefix(FENCE).and_then(|rest| rest.trim_start_matches([' ', '\t']).strip_prefix('\n'))
    else {
        return (FrontMatter::default(), source);
    };
    let mut length = 0;
    for line in after_fence.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            let (head, rest) = after_fence.split_at_checked(length).unwrap_or((after_fence, ""));
            return (read(head), rest.strip_prefix(line).unwrap_or(rest));
        }
        length += line.len();
    }
    (FrontMatter::default(), source)
}

fn read(head: &str) -> FrontMatter {
    let mut front = FrontMatter::default();
    let mut in_list = false;
    for line in head.lines() {
        if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| in_list) {
            front.keywords.push(unquote(item));
            continue;
        }
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '\t', '#', '-'])) else {
            continue;
        };
        let value = unquote(value);
        in_list = matches!(key, "keywords" | "tags") && value.is_empty();
        match key {
            "title" => front.title = Some(value),
            "description" | "summary" => front.description = Some(value),
            "keywords" | "tags" => front.keywords.extend(list(&value)),
            _ => {}
        }
    }
    front
}

/// `[a, b]`, or words between commas or spaces.
fn list(value: &str) -> Vec<String> {
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    inner.split(',').map(unquote).filter(|item| !item.is_empty()).collect()
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.replace("\\\"", "\"").replace("''", "'");
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_and_without_quotes() {
        for (head, title) in [
            ("title: Pay", "Pay"),
            ("title: \"Pay: now\"", "Pay: now"),
            ("title: 'It''s'", "It's"),
            ("title: \"a \\\"b\\\"\"", "a \"b\""),
        ] {
            assert_eq!(read(head).title.as_deref(), Some(title));
        }
    }

    #[test]
    fn lists_come_in_three_forms_and_nested_keys_are_passed_over() {
        for head in ["tags: [a, \"b c\"]", "tags: a, b c", "tags:\n  - a\n  - b c\nextra:\n  title: no"] {
            assert_eq!(
                read(head),
                FrontMatter { keywords: vec!["a".into(), "b c".into()], ..FrontMatter::default() },
                "{head}"
            );
        }
    }

    #[test]
    fn an_unclosed_front_matter_is_text() {
        assert_eq!(split("---\ntitle: x\n"), (FrontMatter::default(), "---\ntitle: x\n"));
        assert_eq!(split("no fence"), (FrontMatter::default(), "no fence"));
        assert_eq!(split("---\ntitle: x\n---\nbody").1, "body");
    }
}
