//! Which kind of page of an application it is: `/orders/4711/edit` is `/orders/*/edit` (W3). Words stay, also where they name somebody.

/// Segments that are told apart; deeper pages count with those above them.
const SEGMENTS_MAX: usize = 6;

/// Characters of a segment that can be the name of a page; longer ones are somebody's, or a secret.
const SEGMENT_CHARS_MAX: usize = 30;

/// The path of an address with `*` for each segment that may name a person or a thing: one with a digit, with anything but
/// letters, `-`, `_` and `.`, or a long one. What follows `?` or `#` is left out. Empty for what is no path.
#[must_use]
pub fn path_shape(page: &str) -> String {
    let path = page.split(['?', '#']).next().unwrap_or_default();
    let Some(path) = path.strip_prefix('/') else { return String::new() };
    let segments = path.split('/').filter(|segment| !segment.is_empty()).take(SEGMENTS_MAX);
    let mut shape: String =
        segments.map(|segment| format!("/{}", if is_a_name_of_a_page(segment) { segment } else { "*" })).collect();
    if shape.is_empty() {
        shape.push('/');
    }
    shape
}

fn is_a_name_of_a_page(segment: &str) -> bool {
    segment.len() <= SEGMENT_CHARS_MAX
        && segment.chars().all(|one| one.is_ascii_alphabetic() || matches!(one, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::path_shape;

    #[test]
    fn w3_pages_of_one_kind_are_one_page_without_numbers_addresses_and_secrets() {
        for (page, shape) in [
            ("/billing", "/billing"),
            ("/billing/", "/billing"),
            ("/billing/?token=secret#part", "/billing"),
            ("/orders/4711/edit", "/orders/*/edit"),
            ("/users/ann@example.com", "/users/*"),
            ("/users/ann", "/users/ann"),
            ("/users/%D0%90%D0%BD%D0%BD%D0%B0", "/users/*"),
            ("/invite/aVeryLongSecretThatSomebodyWasSent", "/invite/*"),
            ("/sign-in.html", "/sign-in.html"),
            ("/", "/"),
            ("//", "/"),
            ("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f"),
            ("", ""),
            ("Checkout", ""),
            ("javascript:alert(1)", ""),
        ] {
            assert_eq!(path_shape(page), shape, "{page}");
        }
    }
}
