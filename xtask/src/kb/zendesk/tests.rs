//! A move from Zendesk, by exports as people have them.

use super::*;
use crate::kb::folder::Folder;

const EXPORT: &str = r#"{
    "count": 2,
    "categories": [{ "id": 1, "name": "All", "locale": "en-us" }],
    "sections": [{ "id": 7, "name": "Billing", "locale": "en-us", "category_id": 1 }],
    "articles": [
        { "id": 42, "title": "How to pay: by card", "locale": "en-us", "section_id": 7, "position": 3, "draft": false,
          "html_url": "https://acme.example/hc/en-us/articles/42-How-to-pay", "label_names": ["card", "visa"],
          "edited_at": "2024-02-03T10:00:00Z", "user_segment_id": null,
          "body": "<h2>Steps</h2><ol><li>Open <strong>Pay</strong></li><li>See <a href=\"/hc/x\">this</a> <img src=\"/hc/article_attachments/9/i.png\" alt=\"b\"></li></ol><pre><code>curl -X POST\n  -d 1</code></pre><table><thead><tr><th>Plan</th><th>Price</th></tr></thead><tbody><tr><td>A</td><td>1</td></tr></tbody></table><p><img src=\"https://acme.example/i.png\" alt=\"The button\"></p><script>alert(1)</script>" },
        { "id": 43, "title": "Secret", "locale": "ru", "user_segment_id": 9, "body": "<p>Только для своих</p>" }
    ]
}"#;

#[test]
fn k3_a_zendesk_export_becomes_markdown_with_everything_in_it() {
    let mut export = Export::default();
    export.add(EXPORT).unwrap();
    let files = export.articles();
    let paths: Vec<String> = files.iter().map(|written| written.path.display().to_string()).collect();
    assert_eq!(paths, ["en/how-to-pay.md", "ru/secret.md"]);
    let expected = "---\ntitle: \"How to pay: by card\"\ncategory: \"Billing\"\nupdated: \"2024-02-03\"\nkeywords: [\"card\", \"visa\"]\n\
        redirect_from: [\"/hc/en-us/articles/42-How-to-pay\", \"/hc/en-us/articles/42\"]\norder: 3\n---\n\n## Steps\n\n1. Open **Pay**\n2. See [this](https://acme.example/hc/x) ![b](https://acme.example/hc/article_attachments/9/i.png)\n\n\
        ```\ncurl -X POST\n  -d 1\n```\n\n| Plan | Price |\n| --- | --- |\n| A | 1 |\n\n![The button](https://acme.example/i.png)\n";
    assert_eq!(files[0].markdown, expected);
    assert!(
        files[1].markdown.contains("draft: true") && files[1].markdown.contains("Только для своих"),
        "{}",
        files[1].markdown
    );
}

#[test]
fn k3_braces_of_a_zendesk_article_are_text_and_stay() {
    let body = "<h2>Set {color}</h2><p>Write {{ticket.id}} or {% now %} {: x}, see <a href=\"/hc/{{x}}\">this</a>, \
        not <code>{{a}}</code>.</p><pre><code>{{ b }}\n{% c %}</code></pre><ul><li>{{ d }}</li></ul>";
    let mut export = Export::default();
    let article = serde_json::json!({ "id": 1, "title": "Use {{name}}", "locale": "en-us", "body": body });
    export.add(&serde_json::json!({ "articles": [article] }).to_string()).unwrap();
    let [Written { markdown: source, .. }] = export.articles().try_into().unwrap();
    let read = markdown::parse(&source).unwrap();
    assert_eq!((read.title.as_str(), read.headings.as_str()), ("Use {{name}}", "Set {color}"));
    let body = "Write {{ticket.id}} or {% now %} {: x}, see this, not {{a}}.\n{{ b }}\n{% c %}\n{{ d }}";
    assert_eq!(read.body, body, "{source}");
    assert!(source.contains("/hc/%7B%7Bx%7D%7D"), "{source}");
    assert!(!export.articles()[0].markdown.contains("`&#123;"), "{source}");
}

#[test]
fn what_is_no_export_is_refused_and_two_articles_of_one_name_keep_theirs() {
    assert!(Export::default().add("[]").is_err());
    assert!(Export::default().add("{\"articles\": [{}]}").is_err());
    let mut export = Export::default();
    export.add(r#"{"articles":[{"id":1,"title":"A","locale":"en","body":"x"},{"id":2,"title":"A","locale":"en","body":"y"}]}"#).unwrap();
    let paths: Vec<String> = export.articles().iter().map(|written| written.path.display().to_string()).collect();
    assert_eq!(paths, ["en/a.md", "en/a-2.md"]);
}

fn one(body: &str) -> Written {
    let mut export = Export::default();
    let article = serde_json::json!({ "id": 42, "title": "T", "locale": "en-us", "body": body,
        "html_url": "https://help.acme.example/hc/en-us/articles/42-T" });
    export.add(&serde_json::json!({ "articles": [article] }).to_string()).unwrap();
    let [written] = export.articles().try_into().unwrap();
    written
}

/// The text below the front matter.
fn text_of(written: &Written) -> &str {
    written.markdown.rsplit("\n---\n\n").next().unwrap_or_default().trim_end()
}

#[test]
fn k3_tables_of_zendesk_keep_their_cells_with_and_without_heads() {
    for (name, table, expected) in [
        (
            "no head",
            "<table><tbody><tr><td>Plan</td><td>Price</td></tr><tr><td>A | B</td><td><p>1</p><p>2</p></td></tr></tbody></table>",
            "| Plan | Price |\n| --- | --- |\n| A \\| B | 1<br>2 |",
        ),
        (
            "heads of rows",
            "<table><tr><th>Plan</th><th>Price</th></tr><tr><th>A</th><td>10</td></tr><tr><th>B</th><td>20</td></tr></table>",
            "| Plan | Price |\n| --- | --- |\n| **A** | 10 |\n| **B** | 20 |",
        ),
        (
            "only heads of rows",
            "<table><tr><th>A</th><td>10</td></tr><tr><th>B</th><td>20</td></tr></table>",
            "| **A** | 10 |\n| --- | --- |\n| **B** | 20 |",
        ),
        (
            "cells over several rows and columns",
            "<table><tr><td>a</td><td>b</td><td>c</td></tr><tr><td rowspan=2>d</td><td colspan=2>e</td></tr><tr><td>f</td><td>g</td></tr></table>",
            "| a | b | c |\n| --- | --- | --- |\n| d | e |  |\n|  | f | g |",
        ),
        (
            "a last column over several rows",
            "<table><tr><td>a</td><td rowspan=2>b</td></tr><tr><td>c</td></tr></table>",
            "| a | b |\n| --- | --- |\n| c |  |",
        ),
        (
            "a list and code in cells",
            "<table><tr><td>How</td><td>What</td></tr><tr><td><ul><li>a</li><li>b</li></ul></td><td><pre>x | y\nz</pre></td></tr></table>",
            "| How | What |\n| --- | --- |\n| • a<br>• b | `x \\| y`<br>`z` |",
        ),
        ("a frame around a text", "<table><tr><td><p>One</p><p>Two</p></td></tr></table>", "One\n\nTwo"),
    ] {
        assert_eq!(text_of(&one(table)), expected, "{name}");
    }
    assert_eq!(
        one("<table><tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr></table></td></tr></table>").lost,
        ["a table within a table: its cells are lines now"]
    );
}

#[test]
fn k3_code_of_zendesk_without_a_code_tag_keeps_its_lines() {
    let written = one(
        "<p>Run</p><pre>git pull\n  # {{ x }} *not* marked<br>make</pre><pre class=\"language-sh\"><span>a</span> ```</pre>",
    );
    let expected = "Run\n\n```\ngit pull\n  # {{ x }} *not* marked\nmake\n```\n\n````sh\na ```\n````";
    assert_eq!((text_of(&written), written.lost.len()), (expected, 0));
}

#[test]
fn k3_a_video_of_zendesk_becomes_a_link_and_what_is_lost_is_named() {
    let written = one("<p>See</p><iframe src=\"//www.video.example/embed/1\" title=\"How to [pay]\"></iframe>\
         <video controls><source src=\"https://cdn.example/a (1).mp4\"></video><iframe></iframe><script>track()</script>");
    let expected = "See\n\n[How to (pay)](https://www.video.example/embed/1)\n\n\
        [https://cdn.example/a (1).mp4](https://cdn.example/a%20%281%29.mp4)";
    assert_eq!(text_of(&written), expected);
    assert_eq!(
        written.lost,
        [
            "a <iframe> is a link now: https://www.video.example/embed/1",
            "a <video> is a link now: https://cdn.example/a (1).mp4",
            "a <iframe> without an address that can be shown",
            "a <script>",
        ]
    );
}

#[test]
fn k3_headings_of_zendesk_keep_the_names_that_links_lead_to() {
    let written = one(
        "<p><a href=\"#h_01AB\">1</a> <a href=\"#h.x\">2</a> <a href=\"#p\">3</a></p><h2 id=\"h_01AB\">Set {up}</h2><p id=p>x</p><h3><a name=\"h.x\"></a>Go</h3><p>y</p>",
    );
    let expected = "[1](#h_01AB) [2](#hx) [3](#p)\n\n## Set &#123;up} {#h_01AB}\n\nx\n\n### Go {#hx}\n\ny";
    assert_eq!(text_of(&written), expected);
    assert_eq!(written.lost, ["the place that #p leads to: only headings have names"]);
}

#[test]
fn k3_a_section_of_zendesk_is_found_in_another_language_and_told_from_its_namesake() {
    let mut export = Export::default();
    let article = |id: u64, locale: &str, section: u64| serde_json::json!({ "id": id, "title": "T", "locale": locale, "section_id": section, "body": "x" });
    let file = serde_json::json!({
        "articles": [article(1, "ru", 7), article(2, "en-us", 8), article(3, "en-us", 9)],
        "sections": [
            { "id": 7, "name": "FAQ", "locale": "en-us", "category_id": 1 },
            { "id": 8, "name": "FAQ", "locale": "en-us", "category_id": 2 },
        ],
        "categories": [{ "id": 1, "name": "Web", "locale": "en-us" }, { "id": 2, "name": "App", "locale": "en-us" }],
    });
    export.add(&file.to_string()).unwrap();
    let sections: Vec<Option<String>> =
        export.articles().iter().map(|written| markdown::parse(&written.markdown).unwrap().front.section).collect();
    assert_eq!(sections, [Some("Web / FAQ".to_owned()), Some("App / FAQ".to_owned()), None]);
    assert_eq!(export.articles()[2].lost, ["its section: no file names section 9"]);
}

#[test]
fn k3_translations_of_zendesk_are_read_and_a_file_that_brings_nothing_is_refused() {
    let mut export = Export::default();
    assert!(export.add("{\"tickets\": []}").unwrap_err().to_string().contains("translations"));
    export.add(r#"{"articles":[{"id":42,"title":"Pay","locale":"en-us","body":"x","label_names":["card"]}]}"#).unwrap();
    let translations = serde_json::json!({ "translations": [
        { "id": 1, "source_id": 42, "source_type": "Article", "locale": "en-us", "title": "Pay", "body": "x" },
        { "id": 2, "source_id": 42, "source_type": "Article", "locale": "ru", "title": "Оплата", "body": "у" },
        { "id": 3, "source_id": 42, "source_type": "Article", "locale": "de", "title": "Z", "body": "z", "draft": true },
        { "id": 4, "source_id": 43, "source_type": "Article", "locale": "ru", "title": "Кому?", "body": "у" },
        { "id": 5, "source_id": 7, "source_type": "Section", "locale": "ru", "title": "Счета", "body": "" },
    ]});
    export.add(&translations.to_string()).unwrap();
    let found: Vec<(String, bool)> = export
        .articles()
        .iter()
        .map(|written| (written.path.display().to_string(), written.markdown.contains("draft: true")))
        .collect();
    let expected = [("en/pay.md", false), ("ru/pay.md", false), ("de/pay.md", true), ("ru/article-43.md", true)];
    assert_eq!(found, expected.map(|(path, is_draft)| (path.to_owned(), is_draft)));
    assert!(export.articles()[1].markdown.contains("keywords: [\"card\"]"), "{}", export.articles()[1].markdown);
    assert_eq!(export.articles()[3].lost, ["who may read it: no file has its article, so it is a draft"]);
}

#[test]
fn k3_a_language_of_three_letters_is_read_again_from_the_folder_that_was_made() {
    let mut export = Export::default();
    let article = |locale: &str| serde_json::json!({ "id": 42, "title": "Pay", "locale": locale, "body": locale });
    export.add(&serde_json::json!({ "articles": [article("en-us"), article("fil")] }).to_string()).unwrap();
    let root = std::env::temp_dir().join(format!("buoy-kb-zendesk-{}", std::process::id()));
    for Written { path, markdown, .. } in export.articles() {
        std::fs::create_dir_all(root.join(&path).parent().unwrap()).unwrap();
        std::fs::write(root.join(path), markdown).unwrap();
    }
    let folder = Folder::read(&root, "en").unwrap();
    let named: Vec<(&str, &str)> = folder.articles.iter().map(|one| (one.locale.as_str(), one.slug.as_str())).collect();
    assert_eq!(named, [("en", "pay"), ("fil", "pay")]);
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn k3_names_of_zendesk_articles_in_other_scripts_are_read_before_they_are_cut() {
    let mut export = Export::default();
    let article = |id: u64, title: &str, address: &str| serde_json::json!({ "id": id, "title": title, "locale": "ru", "body": "x", "html_url": address });
    let articles = [
        article(1, "Как оплатить 2024", "https://a.example/hc/ru/articles/1-%D0%9A%D0%B0%D0%BA-2024"),
        article(2, "Настройка API", "https://a.example/hc/ru/articles/2-%D0%9D%D0%B0-API"),
    ];
    export.add(&serde_json::json!({ "articles": articles }).to_string()).unwrap();
    let paths: Vec<String> = export.articles().iter().map(|written| written.path.display().to_string()).collect();
    assert_eq!(paths, ["ru/article-1.md", "ru/api.md"]);
}

#[test]
fn k3_links_into_the_old_help_centre_lead_to_the_articles_that_moved() {
    let written = one(
        "<p><a href=\"https://help.acme.example/hc/ru/articles/42#h_1\">a</a> <a href=\"/hc/articles/42-T\">b</a> \
         <a href=\"https://help.acme.example/hc/en-us/articles/43\">c</a> <a href=\"https://other.example/hc/articles/42\">d</a> \
         <img src=\"https://help.acme.example/hc/article_attachments/9/i.png\"></p>",
    );
    let text = text_of(&written);
    assert!(text.starts_with("[a](/help/t#h_1) [b](/help/t) [c](https://help.acme.example/hc/en-us/articles/43) [d](https://other.example/"), "{text}");
    assert_eq!(
        written.lost,
        [
            "a link that stays in the old help centre: https://help.acme.example/hc/en-us/articles/43",
            "a picture that stays in the old help centre: https://help.acme.example/hc/article_attachments/9/i.png",
        ]
    );
    let old = markdown::parse(&written.markdown).unwrap().front.redirect_from;
    assert_eq!(old, ["/hc/en-us/articles/42-T", "/hc/en-us/articles/42"]);
}
