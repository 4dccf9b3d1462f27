//! The icons, as paths on a 24 by 24 grid. They are decoration: the words beside them or the label say the same.

use super::el::{El, svg_el};

pub(crate) const BACK: &str = "M15 5l-7 7 7 7";
pub(crate) const NEXT: &str = "M9 5l7 7-7 7";
pub(crate) const CLOSE: &str = "M6 6l12 12M18 6L6 18";
pub(crate) const SEARCH: &str = "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4 4";
pub(crate) const ARTICLE: &str = "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5";
pub(crate) const WRITE: &str = "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3";
pub(crate) const SEND: &str = "M12 19V5M6 11l6-6 6 6";
pub(crate) const DONE: &str = "M5 12.5l4.5 4.5L19 7.5";
pub(crate) const CLOCK: &str = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2";

/// One icon.
pub(crate) fn icon(shape: &str) -> El {
    let drawing = svg_el("svg").attr("viewBox", "0 0 24 24").attr("class", "icon").attr("aria-hidden", "true");
    drawing.add(svg_el("path").attr("d", shape))
}
