//! Drops the template tags of site generators from Markdown, outside of code.

/// Tags: how they begin and end. `{:` is kramdown's attribute list.
const TAGS: [(&str, &str); 3] = [("{%", "%}"), ("{{", "}}"), ("{:", "}")];

/// The Markdown without template tags. Fenced and inline code keeps its braces; a tag that is not closed on its line
/// is text.
pub(super) fn strip(markdown: &str) -> String {
    let mut kept = String::with_capacity(markdown.len());
    let mut in_fence = false;
    for line in markdown.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        if is_fence {
            in_fence = !in_fence;
        }
        if in_fence || is_fence || !line.contains('{') {
            kept.push_str(line);
        } else {
            strip_line(line, &mut kept);
        }
    }
    kept
}

fn strip_line(line: &str, kept: &mut String) {
    // Every other part between backticks is code.
    for (at, part) in line.split('`').enumerate() {
        if at > 0 {
            kept.push('`');
        }
        if at % 2 == 1 {
            kept.push_str(part);
            continue;
        }
        let mut rest = part;
        while let Some((before, after)) = next_tag(rest) {
            kept.push_str(before);
            rest = after;
        }
        kept.push_str(rest);
    }
}

/// The text before the first tag and after it.
fn next_tag(text: &str) -> Option<(&str, &str)> {
    TAGS.iter()
        .filter_map(|(open, close)| {
            let (before, inside) = text.split_once(open)?;
            let (_, after) = inside.split_once(close)?;
            Some((before, after))
        })
        .min_by_key(|(before, _)| before.len())
}
