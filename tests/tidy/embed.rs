//! The embed contract is on one page, and the page is true: its attributes, methods and events are those of the code and of
//! the npm package's types. That its examples run is shown by `journeys/embed_page.rs`.

use crate::sources::sources;
use buoy_tests::root::root;
use std::collections::BTreeSet;
use std::fs;

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The first cells of the table below a heading, without their backticks; `mark` is the heading's.
fn cells_below(page: &str, mark: &str, heading: &str) -> BTreeSet<String> {
    let (_, part) = page.split_once(&format!("\n{mark} {heading}\n")).expect("the heading");
    let part = part.split(&format!("\n{mark} ")).next().unwrap_or_default();
    let part = part.split("\n## ").next().unwrap_or_default();
    let cells = part.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    cells.map(|(name, _)| name.to_owned()).collect()
}

fn first_cells(page: &str, heading: &str) -> BTreeSet<String> {
    cells_below(page, "##", heading)
}

/// The text between two marks.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("`{begin}` is gone"));
    rest.split_once(end).unwrap_or_else(|| panic!("`{end}` is gone")).0
}

#[test]
fn every_method_is_on_the_page_and_in_the_types() {
    let loader = text("widget/loader.js");
    let table = between(&loader, "const methods = {\n", "\n  };");
    let methods = keys(table);
    assert_eq!(first_cells(&text("docs/embed.md"), "Methods"), methods, "docs/embed.md");
    let types = text("widget/npm/index.d.ts");
    for method in &methods {
        assert!(types.contains(&format!("'{method}'")), "widget/npm/index.d.ts lacks {method}");
    }
}

/// The names in a table of functions: its keys, bare or in quotes.
fn keys(table: &str) -> BTreeSet<String> {
    let key = |line: &str| {
        let entry = line.strip_prefix("    ")?;
        let name = match entry.strip_prefix('\'') {
            Some(quoted) => quoted.split('\'').next()?,
            None => entry.split(|letter: char| !letter.is_ascii_alphanumeric()).next()?,
        };
        (!name.is_empty()).then(|| name.to_owned())
    };
    table.lines().filter_map(key).collect()
}

/// All code blocks of a page, one after the other.
fn code_of(page: &str) -> String {
    page.split("\n```").skip(1).step_by(2).collect()
}

#[test]
fn every_attribute_method_and_event_stands_in_an_example() {
    let page = text("docs/embed.md");
    let code = code_of(&page);
    for attribute in first_cells(&page, "Attributes of the tag") {
        assert!(code.contains(&format!("{attribute}=\"")), "no example has {attribute}");
    }
    for name in first_cells(&page, "Methods").iter().chain(&first_cells(&page, "Events")) {
        assert!(code.contains(&format!("'{name}'")), "no example has '{name}'");
    }
}

#[test]
fn every_call_of_another_messenger_that_is_mapped_is_on_the_page() {
    let (shims, page) = (text("widget/shims.js"), text("docs/embed.md"));
    for (vendor, shim) in
        [("Intercom", "intercom"), ("Beacon", "beacon"), ("Chatwoot", "chatwoot"), ("Zendesk", "zendesk")]
    {
        let (_, code) = shims.split_once(&format!("\nconst {shim} = ")).expect("the shim");
        let mapped = keys(between(code, "const methods = {\n", "\n  };"));
        assert!(mapped.len() > 9, "{vendor}: {mapped:?}");
        assert_eq!(cells_below(&page, "###", vendor), mapped, "docs/embed.md: {vendor}");
        assert!(page.contains(&format!("data-shim=\"{shim}\"")), "no example of {vendor}");
        assert!(text("widget/npm/index.d.ts").contains(&format!("'{shim}'")), "index.d.ts lacks {shim}");
    }
    let events = between(&shims, "for (const event of [", "]").split(", ");
    for event in events.map(|event| event.trim_matches('\'')) {
        assert!(page.contains(&format!("`{event}`")), "docs/embed.md lacks {event}");
    }
}

#[test]
fn every_event_is_on_the_page_and_in_the_types() {
    let mut events = BTreeSet::new();
    let panel = sources("widget/src", &["rs"]).into_iter().map(|source| source.code().to_owned());
    for code in panel.chain([text("widget/loader.js")]) {
        for call in code.split("emit(").skip(1) {
            let call = call.trim_start();
            let Some(mark) = call.chars().next().filter(|mark| matches!(mark, '\'' | '"')) else { continue };
            events.insert(call[1..].split(mark).next().expect("a name").to_owned());
        }
    }
    assert!(events.len() > 5, "{events:?}");
    assert_eq!(first_cells(&text("docs/embed.md"), "Events"), events, "docs/embed.md");
    let types = text("widget/npm/index.d.ts");
    let declared = between(&types, "export interface BuoyEvents {\n", "\n}");
    let declared = declared.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
    let declared: BTreeSet<String> = declared.map(|(name, _)| name.trim_matches('\'').to_owned()).collect();
    assert_eq!(declared, events, "widget/npm/index.d.ts");
}

#[test]
fn every_attribute_is_on_the_page_in_the_types_and_in_use() {
    let page = first_cells(&text("docs/embed.md"), "Attributes of the tag");
    let (loader, style) = (text("widget/loader.js"), text("widget/style.css"));
    let talk = text("widget/talk/diagnostics.js");
    for attribute in &page {
        let name = attribute.strip_prefix("data-").expect("a data attribute");
        let mut words = name.split('-');
        let first = words.next().unwrap_or_default().to_owned();
        let camel = words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..]);
        let is_used =
            loader.contains(attribute) || style.contains(attribute) || loader.contains(&camel) || talk.contains(&camel);
        assert!(is_used, "nothing reads {attribute}");
        assert!(text("widget/npm/index.d.ts").contains(&format!("  {camel}")), "index.d.ts lacks {camel}");
    }
    let settings = between(&text("widget/npm/index.d.ts"), "export interface BuoySettings {\n", "\n}").to_owned();
    let named = settings.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(':')).map(|(name, _)| name);
    let named = named.filter(|name| !name.starts_with('/') && !name.starts_with('*')).count();
    // Beside the attributes: where the script is, and the nonce.
    assert_eq!(named, page.len() + 2, "{settings}");
    let properties: BTreeSet<&str> = style
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--buoy-")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let told = text("docs/embed.md");
    for property in properties.iter().filter(|name| !name.ends_with("-ink")) {
        assert!(told.contains(&format!("`--buoy-{property}`")), "docs/embed.md lacks --buoy-{property}");
    }
}
