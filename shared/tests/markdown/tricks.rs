//! One small source for each thing that real articles do to a reader of Markdown.

use super::{as_sent, holds_its_form};

/// A name, a source below a title, and what its normal form is.
const TRICKS: &[(&str, &str, &str)] = &[
    ("setext headings", "One\n===\n\nx\n\nTwo\n---\n\ny", "## One\n\nx\n\n## Two\n\ny\n"),
    ("a name of one's own", "## Go live {#live}\n\nx", "## Go live {#live}\n\nx\n"),
    ("a name by an old tag", "## <a name=\"live\"></a>Go live\n\nx", "## Go live {#live}\n\nx\n"),
    ("a name on the line before", "{: #live }\n\n## Go live ##\n\nx", "## Go live {#live}\n\nx\n"),
    ("a name on the line behind", "## Go live\n{: .big #live}\n\nx", "## Go live {#live}\n\nx\n"),
    ("a name by a tag before", "x\n\n<a id='live'></a>\n### Go C#\n\ny", "x\n\n### Go C\\# {#live}\n\ny\n"),
    ("a name in code", "```\n{: #a }\n```\n\n## Go\n\nx", "```\n{: #a }\n```\n\n## Go\n\nx\n"),
    ("the same heading twice", "## A\n\n## A\n\nx", "## A\n\n## A\n\nx\n"),
    ("a heading that ends in braces", "## Use &#123;x}\n\ny", "## Use &#123;x}\n\ny\n"),
    ("a heading that ends as its code begins", "Use `b {\n` x}\n---\n\ny", "## Use `b { ` x&#125;\n\ny\n"),
    (
        "marks inside of words",
        "un*frigging*believable **\"so\"**&#104;e",
        "u&#110;_frigging_&#98;elievable **\"so\"**&#104;e\n",
    ),
    ("marks in marks", "***both*** and **a *b* c** ~~old~~", "_**both**_ and **a _b_ c** ~~old~~\n"),
    ("a mark with a space at its end", "<b>Note: </b>now", "**Note:** now\n"),
    (
        "letters that mean something",
        "1\\. * _ [x] <b &amp;amp; `` ` `` \\\\ ~",
        "1\\. \\* \\_ \\[x\\] \\<b &amp;amp; `` ` `` \\\\ \\~\n",
    ),
    ("hard breaks", "one  \ntwo\\\nthree<br>four", "one\\\ntwo\\\nthree\\\nfour\n"),
    ("tight and loose lists", "* a\n* b\n\n  more\n* c", "- a\n\n- b\n\n  more\n\n- c\n"),
    ("lists in lists", "1) a\n   - b\n     - c\n2) d", "1. a\n   - b\n     - c\n2. d\n"),
    ("two lists in a row", "- a\n\n* b\n\n1. c\n\n1) d", "- a\n\n* b\n\n1. c\n\n1) d\n"),
    ("a list that begins at five", "5. five\n6. six", "5. five\n6. six\n"),
    ("tasks", "- [x] done\n- [ ] open", "- [x] done\n- [ ] open\n"),
    (
        "code in a list",
        "- run\n\n      cargo\n\n- ```sh\n  ls\n  ```",
        "- run\n\n  ```\n  cargo\n  ```\n\n- ```sh\n  ls\n  ```\n",
    ),
    ("fences within fences", "````md\n```\nx\n```\n````", "````md\n```\nx\n```\n````\n"),
    ("tildes and blank lines", "~~~\n\n  x\n\n~~~", "```\n\n  x\n\n```\n"),
    ("a quotation with a list", "> a\n>\n> - b\n> - c", "> a\n>\n> - b\n> - c\n"),
    ("two quotations", "> a\n\n> b", "> a\n\n> b\n"),
    ("a callout", "> [!WARNING]\n> Hot.\n>\n> ```\n> x\n> ```", "> [!WARNING]\n> Hot.\n>\n> ```\n> x\n> ```\n"),
    (
        "a table",
        "a | b | c\n:-|:-:|--:\n1 | x \\| y\n`p\\|q` | **z** | <br>",
        "| a | b | c |\n| :-- | :-: | --: |\n| 1 | x \\| y |  |\n| `p\\|q` | **z** |  |\n",
    ),
    ("a table with breaks in its cells", "| a |\n|---|\n| one<br>two |", "| a |\n| --- |\n| one<br>two |\n"),
    ("pictures", "![a *b*](/i.png \"t\") [![c](d.png)](e)", "![a b](/i.png) [![c](d.png)](e)\n"),
    (
        "odd addresses",
        "[a](<b c(d)>) [e](f?g=1&copy;=2) <https://h.example/?i=j>",
        "[a](<b%20c(d)>) [e](f?g=1©=2) [https://h.example/?i=j](https://h.example/?i=j)\n",
    ),
    (
        "an address of mail",
        "Write to <help@acme.example>.",
        "Write to [help@acme.example](mailto:help@acme.example).\n",
    ),
    (
        "references",
        "[a][r] and [r].\n\n[r]: https://example.com 'T'",
        "[a](https://example.com) and [r](https://example.com).\n",
    ),
    ("a link without words", "[](/a)", "[/a](/a)\n"),
    (
        "braces that are text",
        "{% x %} {{ y }} {z} [a](/u/{{id}}/{b}) `{{ c }}`\n{: .list}",
        "&#123;% x %} &#123;{ y }} {z} [a](/u/%7B%7Bid%7D%7D/%7Bb%7D) `{{ c }}` &#123;: .list}\n",
    ),
    ("a name that no heading takes", "{: #a }\n\nx\n\n## Go\n\ny", "&#123;: #a }\n\nx\n\n## Go\n\ny\n"),
    (
        "html of the plain kind",
        "<p>One <em>two</em> <a href=\"/x\">three</a></p>\n<ul><li>four</li></ul>",
        "One _two_ [three](/x)\n\nfour\n",
    ),
    (
        "html that must not run",
        "<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> <style>y</style>z",
        "x ![](x) z\n",
    ),
    ("rules", "a\n\n***\n\n- - -\n\nb", "a\n\n___\n\n___\n\nb\n"),
    (
        "what only looks like a list",
        "a\\\n&#45; b\\\n&#43; c\\\n1&#41; d\\\n&#35; e\\\n&gt; f",
        "a\\\n\\- b\\\n\\+ c\\\n1\\) d\\\n\\# e\\\n\\> f\n",
    ),
    ("scripts without capital letters", "**重要**次 *اقرأ* هذا", "**重要**&#27425; _اقرأ_ هذا\n"),
    ("a footnote stays text", "a[^1]\n\n[^1]: b c", "a\\[^1\\]\n\n\\[^1\\]: b c\n"),
];

/// The same for what only the file of a site generator has.
const TAGS: &[(&str, &str, &str)] = &[
    ("two names for one heading", "{: #a }\n\n## Go {#live}\n\nx", "## Go {#live}\n\nx\n"),
    ("a name of something else", "{: #a }\n\nx\n\n## Go live\n\ny", "x\n\n## Go live\n\ny\n"),
    ("a name of a table", "| a |\n|---|\n| b |\n{: #a }\n\n## Go\n\ny", "| a |\n| --- |\n| b |\n\n## Go\n\ny\n"),
    (
        "template tags",
        "{% include x %}\n[a]({{ site.baseurl }}/b){:target=\"_blank\"} `{{ c }}`\n{: .list}",
        "[a](/b) `{{ c }}`\n",
    ),
    (
        "braces in indented code",
        "See:\n\n    Hello {{ user.name }}\n\n    {% if x %}\n\nand\n\n1. one\n\n    {{ gone }}two\n\n        {{ kept }}\n\n> \t    {{ quoted }}",
        "See:\n\n```\nHello {{ user.name }}\n\n{% if x %}\n```\n\nand\n\n1. one\n\n   two\n\n   ```\n    {{ kept }}\n   ```\n\n> ```\n>   {{ quoted }}\n> ```\n",
    ),
    ("braces that are no tags", "{\\% x %} {&#123; y }}", "&#123;% x %} &#123;{ y }}\n"),
];

#[test]
fn k3_every_trick_has_one_normal_form_that_reads_as_itself() {
    let mut wrong = Vec::new();
    let source = |trick: &str| format!("# T\n\nFirst.\n\n{trick}\n");
    let tricks = TRICKS.iter().map(|(name, trick, expected)| (name, source(trick), expected));
    let tags = TAGS.iter().map(|(name, trick, expected)| (name, as_sent(&source(trick)), expected));
    for (name, source, expected) in tricks.chain(tags) {
        let article = holds_its_form(&source);
        let printed = article.to_markdown();
        let body = printed.strip_prefix("---\ntitle: \"T\"\n---\n\nFirst.\n\n").expect("a head and a first line");
        if body != *expected {
            wrong.push(format!("{name}:\n{body:?}\n{expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sources for the mutations.
pub(crate) fn seeds() -> Vec<String> {
    let front =
        "---\ntitle: \"Pay: now\"\ntags: [a, \"b, c\"]\ncategory: x\norder: 3\nredirect_from:\n  - /old/\n---\n";
    let tricks = TRICKS.iter().chain(TAGS);
    tricks.map(|(_, source, _)| format!("{front}\n# Pay: now\n\nFirst.\n\n{source}\n\nLast.\n")).collect()
}
