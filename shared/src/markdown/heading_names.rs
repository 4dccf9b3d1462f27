//! Names of headings that stand on lines of their own: `{: #name }` of kramdown, `<a name="name"></a>` of everybody. Put where
//! our dialect has them, at the heading's end, so that links into an article still lead to the place.

use super::anchors::anchor_chars;
use super::template::fence_of;

/// The Markdown with such names at the ends of the headings that they stand before, or, kramdown's, right behind. Lines stay
/// where they are.
pub(super) fn joined(markdown: &str) -> String {
    if !(markdown.contains("{:") || markdown.contains("></a>")) {
        return markdown.to_owned();
    }
    let mut lines: Vec<String> = markdown.split('\n').map(str::to_owned).collect();
    let mut fence: Option<(char, usize)> = None;
    let mut waiting: Option<(usize, String)> = None;
    for at in 0..lines.len() {
        let Some(line) = lines.get(at).cloned() else { break };
        match (fence, fence_of(&line)) {
            (None, Some((sign, length, _))) => fence = Some((sign, length)),
            (Some((open, length)), Some((sign, closing, true))) if sign == open && closing >= length => fence = None,
            (None, None) if line.trim().is_empty() => continue, // a name waits over empty lines
            (None, None) => {
                if let Some(name) = name_on(&line) {
                    let before = at.checked_sub(1).filter(|_| line.starts_with('{'));
                    let follows = |before: &usize| lines.get(*before).is_some_and(|before| !before.trim().is_empty());
                    match before.filter(follows) {
                        // Kramdown's stands right behind what it names, be that a heading or not.
                        Some(before) if give(&mut lines, before, &name) => clear(&mut lines, at),
                        Some(_) => waiting = None,
                        None => waiting = Some((at, name)),
                    }
                    continue;
                }
                if let Some((place, name)) = waiting.take()
                    && give(&mut lines, at, &name)
                {
                    clear(&mut lines, place);
                }
            }
            _ => {}
        }
        waiting = None;
    }
    lines.join("\n")
}

fn clear(lines: &mut [String], at: usize) {
    if let Some(line) = lines.get_mut(at) {
        line.clear();
    }
}

/// The name, if the line is nothing else.
fn name_on(line: &str) -> Option<String> {
    let kramdown = || {
        let list = line.strip_prefix("{:")?.trim_end().strip_suffix('}')?;
        list.split_whitespace().find_map(|one| one.strip_prefix('#')).map(str::to_owned)
    };
    let tag = || {
        let attribute = line.strip_prefix("<a ")?.trim_end().strip_suffix("></a>")?.trim();
        let value = ["name=", "id="].iter().find_map(|name| attribute.strip_prefix(name))?;
        Some(value.trim_matches(['"', '\'']).to_owned())
    };
    kramdown().or_else(tag).filter(|name| !name.is_empty() && anchor_chars(name) == *name)
}

/// Writes a name at the end of a heading that has none; whether it did.
fn give(lines: &mut [String], at: usize, name: &str) -> bool {
    let Some(line) = lines.get_mut(at) else { return false };
    let text = line.trim_start_matches('#');
    let is_heading = (1..=6).contains(&(line.len() - text.len())) && text.starts_with([' ', '\t']);
    if !is_heading || text.contains("{#") || text.contains("<a ") {
        return false;
    }
    // What closes a heading (`## Title ##`) would be text with a name behind it.
    let open = line.trim_end().trim_end_matches('#');
    let end = if open.ends_with([' ', '\t']) { open.trim_end() } else { line.trim_end() };
    *line = [end, " {#", name, "}"].concat();
    true
}
