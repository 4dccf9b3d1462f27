//! The little that is asked of a parsed page: names, attributes, texts, and what stands around a node.

use std::rc::Rc;

use htmd::Node;
use markup5ever_rcdom::NodeData;

/// The name of an element.
pub(in crate::kb) fn tag(node: &Node) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

/// An attribute that says something.
pub(in crate::kb) fn attribute(node: &Node, key: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    let attrs = attrs.borrow();
    let value = attrs.iter().find(|attr| &*attr.name.local == key)?.value.trim().to_owned();
    Some(value).filter(|value| !value.is_empty())
}

/// Gives an attribute that is there another value.
pub(in crate::kb) fn set_attribute(node: &Node, key: &str, value: &str) {
    let NodeData::Element { attrs, .. } = &node.data else { return };
    for attr in attrs.borrow_mut().iter_mut().filter(|attr| &*attr.name.local == key) {
        attr.value = value.into();
    }
}

pub(in crate::kb) fn children(node: &Node) -> Vec<Rc<Node>> {
    node.children.borrow().iter().cloned().collect()
}

/// The text as it stands, a `<br>` being a line break.
pub(in crate::kb) fn raw_text(node: &Node) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        NodeData::Element { name, .. } if &*name.local == "br" => "\n".to_owned(),
        _ => children(node).iter().map(|child| raw_text(child)).collect(),
    }
}

/// Whether it stands in one of these elements.
pub(in crate::kb) fn is_within(node: &Node, tags: &[&str]) -> bool {
    // A parent is kept in a cell that can only be looked at by taking it out.
    let above = node.parent.take();
    let parent = above.as_ref().and_then(std::rc::Weak::upgrade);
    node.parent.set(above);
    parent.is_some_and(|parent| tag(&parent).is_some_and(|name| tags.contains(&name)) || is_within(&parent, tags))
}
