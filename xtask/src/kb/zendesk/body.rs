//! The HTML of an article as Markdown, and what of it Markdown cannot keep: links within the old help centre are made to
//! lead to where things are now, and what is lost is noted.

use std::collections::BTreeSet;

use buoy_shared::{article::is_safe_link, markdown};
use htmd::Node;

use super::links::{Meaning, Moved};
use crate::kb::html::{
    self, FRAMES, HEADINGS, anchor,
    dom::{attribute, children, is_within, set_attribute, tag},
    frame_address, place_of, table,
};

/// A text, and what was lost on the way, in words.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) markdown: String,
    pub(super) lost: Vec<String>,
}

/// HTML as Markdown; what is in no tag we know stays as its text.
pub(super) fn read(html: &str, moved: &Moved) -> Body {
    let Ok(page) = html::page(html) else {
        return Body {
            markdown: markdown::plain_braces(html),
            lost: vec!["its HTML, which cannot be read".to_owned()],
        };
    };
    let mut look = Look { moved, places: BTreeSet::new(), lost: Vec::new() };
    look.name_places(&page);
    look.visit(&page);
    // No site generator read it: what looks like its tags is text.
    Body { markdown: html::with_names(&markdown::plain_braces(&html::markdown(&page))), lost: look.lost }
}

/// One look at the whole page before it is converted: links are made to lead to where things are now, and what cannot be
/// kept is noted.
struct Look<'a> {
    moved: &'a Moved,
    /// The names of headings.
    places: BTreeSet<String>,
    lost: Vec<String>,
}

impl Look<'_> {
    fn name_places(&mut self, node: &Node) {
        if tag(node).is_some_and(|tag| HEADINGS.contains(&tag)) {
            self.places.extend(place_of(node));
        }
        children(node).iter().for_each(|child| self.name_places(child));
    }

    fn visit(&mut self, node: &Node) {
        match tag(node).unwrap_or_default() {
            "a" => self.link(node),
            "img" => self.picture(node),
            frame if FRAMES.contains(&frame) => match frame_address(node) {
                Some(address) => self.note(format!("a <{frame}> is a link now: {address}")),
                None => self.note(format!("a <{frame}> without an address that can be shown")),
            },
            lost @ ("script" | "svg" | "canvas" | "math" | "input" | "select" | "textarea" | "button") => {
                self.note(format!("a <{lost}>"));
            }
            "td" | "th" if table::span(node, "colspan") > 1 || table::span(node, "rowspan") > 1 => {
                self.note("cells over several columns or rows: the others are empty now".to_owned());
            }
            "table" if is_within(node, &["td", "th"]) => {
                self.note("a table within a table: its cells are lines now".to_owned());
            }
            _ => {}
        }
        children(node).iter().for_each(|child| self.visit(child));
    }

    fn link(&mut self, node: &Node) {
        let Some(address) = attribute(node, "href") else { return };
        if let Some(place) = address.strip_prefix('#') {
            let name = anchor(place);
            if self.places.contains(&name) {
                set_attribute(node, "href", &format!("#{name}"));
            } else {
                self.note(format!("the place that {address} leads to: only headings have names"));
            }
            return;
        }
        match self.moved.meaning(&address) {
            Meaning::Article(now) => set_attribute(node, "href", &now),
            Meaning::Old => {
                let address = self.moved.old(&address);
                set_attribute(node, "href", &address);
                self.note(format!("a link that stays in the old help centre: {address}"));
            }
            Meaning::Elsewhere => {}
        }
    }

    fn picture(&mut self, node: &Node) {
        match attribute(node, "src") {
            Some(address) if !is_safe_link(&address) && !address.starts_with("//") => {
                self.note("a picture that is part of the page".to_owned());
            }
            Some(address) if address.starts_with("//") => {
                set_attribute(node, "src", &format!("https:{address}"));
                self.picture(node);
            }
            Some(address) if self.moved.meaning(&address) != Meaning::Elsewhere => {
                let address = self.moved.old(&address);
                set_attribute(node, "src", &address);
                self.note(format!("a picture that stays in the old help centre: {address}"));
            }
            Some(_) => {}
            None => self.note("a picture without an address".to_owned()),
        }
    }

    fn note(&mut self, what: String) {
        if !self.lost.contains(&what) {
            self.lost.push(what);
        }
    }
}
