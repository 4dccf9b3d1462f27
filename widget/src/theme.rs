//! Colours that can be read: the site chooses an accent, we make sure that words on it and in it have contrast (WCAG AA).
//!
//! Writes three custom properties on the loader's element by CSSOM, which no policy forbids. It must not touch the page.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ShadowRoot};

/// Contrast that WCAG 2.2 asks of text.
const CONTRAST_MIN: f64 = 4.5;
/// How far a colour moves towards black or white at a time.
const STEP: f64 = 0.06;
/// The luminance of the panel's grounds in `style.css`: the darkest of the light theme, the lightest of the dark one.
const LIGHT_GROUND: f64 = 0.9;
const DARK_GROUND: f64 = 0.018;

type Rgb = [f64; 3];

fn parse(hex: &str) -> Option<Rgb> {
    let digits = hex.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some([16, 8, 0].map(|shift| f64::from(number >> shift & 255) / 255.0))
}

/// The browser's power function: ours would be carried along.
#[cfg(target_arch = "wasm32")]
fn pow(base: f64, exponent: f64) -> f64 {
    js_sys::Math::pow(base, exponent)
}
#[cfg(not(target_arch = "wasm32"))]
fn pow(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

fn luminance(color: Rgb) -> f64 {
    let linear = |part: f64| if part <= 0.040_45 { part / 12.92 } else { pow((part + 0.055) / 1.055, 2.4) };
    let [red, green, blue] = color.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The nearest colour towards `goal` (0 black, 1 white) that can be read on a ground.
fn readable(mut color: Rgb, goal: f64, ground: f64) -> Rgb {
    while contrast(luminance(color), ground) < CONTRAST_MIN && color.iter().any(|part| (part - goal).abs() > STEP) {
        color = color.map(|part| part + (goal - part) * STEP);
    }
    color
}

fn css(color: Rgb) -> String {
    let digit = |value: u32| char::from_digit(value & 15, 16).unwrap_or('0');
    let mut text = String::from("#");
    for part in color {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let value = (part * 255.0).round() as u32;
        text.push(digit(value >> 4));
        text.push(digit(value));
    }
    text
}

/// Sets ink for the accent, and the accent as ink for both themes, on the element that the loader made.
pub(crate) fn apply(container: &HtmlElement, site_accent: &str) {
    let Some(host) = container
        .get_root_node()
        .dyn_into::<ShadowRoot>()
        .ok()
        .and_then(|root| root.host().dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let host_accent = crate::browser::window()
        .get_computed_style(container)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("--buoy-accent").ok());
    let Some(accent) = host_accent.and_then(|text| parse(&text)).or_else(|| parse(site_accent)) else { return };
    let ink = if contrast(luminance(accent), 1.0) >= CONTRAST_MIN { [1.0; 3] } else { [0.0; 3] };
    let style = host.style();
    for (name, color) in [
        ("--ink-on-accent", ink),
        ("--accent-on-light", readable(accent, 0.0, LIGHT_GROUND)),
        ("--accent-on-dark", readable(accent, 1.0, DARK_GROUND)),
    ] {
        let _ = style.set_property(name, &css(color));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_becomes_readable_on_both_grounds() {
        for hex in ["#ffff00", "#000000", "#ffffff", "#2456d6", "#7f7f7f", "#ff0000", "#00e5c3"] {
            let accent = parse(hex).unwrap();
            assert!(
                contrast(luminance(readable(accent, 0.0, LIGHT_GROUND)), LIGHT_GROUND) >= CONTRAST_MIN,
                "{hex} on light"
            );
            assert!(
                contrast(luminance(readable(accent, 1.0, DARK_GROUND)), DARK_GROUND) >= CONTRAST_MIN,
                "{hex} on dark"
            );
        }
    }

    #[test]
    fn colours_read_back_as_they_were_written() {
        for hex in ["#000000", "#2456d6", "#ffffff"] {
            assert_eq!(css(parse(hex).unwrap()), hex);
        }
        assert!(["", "2456d6", "#123", "#gggggg"].iter().all(|text| parse(text).is_none()));
    }
}
