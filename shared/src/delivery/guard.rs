//! Which addresses the desk may be told to call: never its own house.
//!
//! An address is typed by a person of one site and called by a machine that stands inside a network, so it is refused
//! unless it is plainly a public web server: https, the ordinary port, a dotted name, no name and password in it. Numbers
//! are refused in every spelling: the parser of the web's own standard reads `0x7f.1` and `2130706433` as the address
//! they are before this looks at it. What a name resolves to is the platform's to guard.

use url::{Host, Url};

/// Characters of an address.
pub const ADDRESS_CHARS_MAX: usize = 500;

/// Endings of names that never leave a house.
const INNER_ENDINGS: [&str; 8] =
    ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "onion"];

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsafeAddress {
    /// It is no address at all, or too long.
    Malformed,
    /// It is not https.
    NotHttps,
    /// It carries a name or a password.
    Credentials,
    /// It names another port than that of https.
    Port,
    /// Its host is a number.
    Number,
    /// Its host is a name that is not of the public network.
    InnerName,
}

impl std::fmt::Display for UnsafeAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "expected an address such as https://hooks.example.com/support",
            Self::NotHttps => "expected an address that begins with https://",
            Self::Credentials => "an address with a name or password in it is not called",
            Self::Port => "only the port of https is called",
            Self::Number => "expected a host's name, not its number",
            Self::InnerName => "expected a name of the public network",
        })
    }
}

/// Checks an address that a person gave. `loopback_allowed` lets `http://127.0.0.1:<port>` through as well, for an
/// installation on somebody's own machine; nothing else.
///
/// # Errors
/// The first reason not to call it.
pub fn check(address: &str, loopback_allowed: bool) -> Result<Url, UnsafeAddress> {
    if address.len() > ADDRESS_CHARS_MAX || address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(UnsafeAddress::Malformed);
    }
    let url = Url::parse(address).map_err(|_| UnsafeAddress::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UnsafeAddress::Credentials);
    }
    if loopback_allowed && url.scheme() == "http" && url.host_str() == Some("127.0.0.1") {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(UnsafeAddress::NotHttps);
    }
    if url.port().is_some() {
        return Err(UnsafeAddress::Port);
    }
    match url.host() {
        Some(Host::Domain(name)) if is_public(name) => Ok(url),
        Some(Host::Domain(_)) => Err(UnsafeAddress::InnerName),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(UnsafeAddress::Number),
        None => Err(UnsafeAddress::Malformed),
    }
}

fn is_public(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let ends_with =
        |ending: &str| name.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    let is_inner = INNER_ENDINGS.into_iter().any(ends_with);
    name.contains('.') && name.split('.').all(|label| !label.is_empty()) && !is_inner
}

#[cfg(test)]
mod tests {
    use super::UnsafeAddress::{Credentials, InnerName, Malformed, NotHttps, Number, Port};
    use super::*;

    #[test]
    fn only_plainly_public_addresses_are_called() {
        for (address, expected) in [
            ("https://hooks.example.com/support?x=1", Ok(())),
            ("https://hooks.example.com:443/", Ok(())),
            ("https://HOOKS.example.com./", Ok(())),
            ("https://xn--e1afmkfd.xn--p1ai/", Ok(())),
            ("http://hooks.example.com/", Err(NotHttps)),
            ("ftp://hooks.example.com/", Err(NotHttps)),
            ("javascript:alert(1)", Err(NotHttps)),
            ("file:///etc/passwd", Err(NotHttps)),
            ("https://127.0.0.1/", Err(Number)),
            ("https://2130706433/", Err(Number)),
            ("https://0177.0.0.1/", Err(Number)),
            ("https://0x7f.1/", Err(Number)),
            ("https://127.1/", Err(Number)),
            ("https://127.0.0.1./", Err(Number)),
            ("https://169.254.169.254/latest/meta-data/", Err(Number)),
            ("https://8.8.8.8/", Err(Number)),
            ("https://[::1]/", Err(Number)),
            ("https://[::ffff:127.0.0.1]/", Err(Number)),
            ("https://[fd00::1]/", Err(Number)),
            ("https://localhost/", Err(InnerName)),
            ("https://LOCALHOST./", Err(InnerName)),
            ("https://db.localhost/", Err(InnerName)),
            ("https://intranet/", Err(InnerName)),
            ("https://printer.local/", Err(InnerName)),
            ("https://metadata.google.internal/", Err(InnerName)),
            ("https://router.home.arpa/", Err(InnerName)),
            ("https://a..b.com/", Err(InnerName)),
            ("https://mylocal.example/", Ok(())),
            ("https://user@hooks.example.com/", Err(Credentials)),
            ("https://user:pass@hooks.example.com/", Err(Credentials)),
            ("https://hooks.example.com@127.0.0.1/", Err(Credentials)),
            ("https://hooks.example.com:8443/", Err(Port)),
            ("https://hooks.example.com:22/", Err(Port)),
            ("https://", Err(Malformed)),
            ("hooks.example.com", Err(Malformed)),
            ("", Err(Malformed)),
            ("https://hooks.example.com/\n", Err(Malformed)),
            ("https://hooks.exa mple.com/", Err(Malformed)),
            ("https://hooks.example.com\\@127.0.0.1/", Err(Malformed)),
        ] {
            assert_eq!(check(address, false).map(drop), expected, "{address}");
        }
        let long = format!("https://hooks.example.com/{}", "a".repeat(ADDRESS_CHARS_MAX));
        assert_eq!(check(&long, false).map(drop), Err(Malformed));
    }

    #[test]
    fn an_installation_on_ones_own_machine_may_allow_loopback_and_nothing_more() {
        for (address, expected) in [
            ("http://127.0.0.1:9000/hook", Ok(())),
            ("http://2130706433:9000/hook", Ok(())),
            ("http://127.0.0.2:9000/", Err(NotHttps)),
            ("http://localhost:9000/", Err(NotHttps)),
            ("http://10.0.0.1/", Err(NotHttps)),
            ("http://[::1]:9000/", Err(NotHttps)),
            ("https://127.0.0.1/", Err(Number)),
            ("http://u:p@127.0.0.1:9000/", Err(Credentials)),
        ] {
            assert_eq!(check(address, true).map(drop), expected, "{address}");
        }
    }
}
