//! HTML as a tree of elements, written out once: every text is escaped where it is written, every element is closed
//! because it is one value, and there is no way to put markup in as text.
//!
//! For the few pages that the edge renders (`help_centre`). It knows no templates, no components and no browser.

/// Elements without an end tag.
const VOID: [&str; 6] = ["meta", "link", "img", "br", "hr", "input"];

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct El {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Element(El),
    Text(String),
    /// JSON that stands in a `script` as data: its `<`, `>` and `&` are escapes of JSON already.
    Data(String),
}

/// An element of this name, empty.
#[must_use]
pub const fn el(name: &'static str) -> El {
    El { name, attributes: Vec::new(), children: Vec::new() }
}

impl El {
    /// With an attribute. Those that hold addresses take only what the caller has checked.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// With more text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.children.push(Node::Text(text.to_owned()));
        self
    }

    /// With one more element.
    #[must_use]
    pub fn child(mut self, child: El) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// With more elements.
    #[must_use]
    pub fn all(mut self, children: Vec<El>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// The element as text.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::with_capacity(1_024);
        self.write_into(&mut out, false);
        out
    }

    /// The element as XML, for feeds: every element is closed, and what XML 1.0 knows no way to write is left out.
    #[must_use]
    pub fn write_xml(&self) -> String {
        let mut out = String::with_capacity(1_024);
        self.write_into(&mut out, true);
        out.retain(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
        out
    }

    fn write_into(&self, out: &mut String, is_xml: bool) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        out.push('>');
        if !is_xml && VOID.contains(&self.name) {
            return;
        }
        // A line break at the start of `pre` is dropped by browsers.
        if !is_xml && self.name == "pre" {
            out.push('\n');
        }
        for child in &self.children {
            match child {
                Node::Element(element) => element.write_into(out, is_xml),
                Node::Text(text) => escape(text, out),
                Node::Data(json) => out.push_str(json),
            }
        }
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }
}

/// Data for machines that read pages (`application/ld+json`), which no text in it can end.
#[must_use]
pub fn data(json: &serde_json::Value) -> El {
    let mut safe = String::new();
    for letter in json.to_string().chars() {
        match letter {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            letter => safe.push(letter),
        }
    }
    let mut script = el("script").attr("type", "application/ld+json");
    script.children.push(Node::Data(safe));
    script
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_cannot_become_markup() {
        let element = el("p").attr("title", "\"><b>'").text("</p><script>&").child(el("br")).text("x");
        assert_eq!(element.write(), "<p title=\"&quot;&gt;&lt;b&gt;&#39;\">&lt;/p&gt;&lt;script&gt;&amp;<br>x</p>");
    }

    #[test]
    fn xml_closes_every_element_and_has_no_letter_that_xml_has_not() {
        let element =
            el("feed").child(el("link").attr("href", "/?a&b")).child(el("title").text("a\u{1}<b>\u{b}\u{85}"));
        assert_eq!(element.write_xml(), "<feed><link href=\"/?a&amp;b\"></link><title>a&lt;b&gt;</title></feed>");
    }

    #[test]
    fn data_cannot_end_its_script_and_stays_json() {
        let value = serde_json::json!({ "name": "</script><!-- & 'x' \"y\"" });
        let written = data(&value).write();
        let inner = written.strip_prefix("<script type=\"application/ld+json\">").unwrap();
        let inner = inner.strip_suffix("</script>").unwrap();
        assert!(!inner.contains(['<', '>', '&']), "{inner}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(inner).unwrap(), value);
    }
}
