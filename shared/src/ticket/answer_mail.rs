//! The team's answer as a mail, to whoever left an address with their ticket (C2).
//!
//! The form asks anybody for any address, so a mail says nothing but what a person of the team wrote, the ticket's subject
//! and our own words: a stranger who leaves somebody else's address does not choose what is sent there.

use crate::page_words::PageWords;
use crate::status_page::Mail;
use crate::text::{MESSAGE_CHARS_MAX, clean_line, clean_text, is_email};

/// Characters of a ticket's subject in the subject of a mail: of what a stranger may have written, enough to know it again.
pub const MAILED_SUBJECT_CHARS_MAX: usize = 100;

/// An answer, and what a mail says beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailedAnswer<'a> {
    /// The ticket's number.
    pub number: u32,
    /// What the ticket is about, in the words of whoever asked.
    pub subject: &'a str,
    /// The answer.
    pub body: &'a str,
    /// Who answers.
    pub author: Option<&'a str>,
    /// What the site is called.
    pub site: &'a str,
    /// The page that they wrote from, if it said so.
    pub page: Option<&'a str>,
    /// The site's own pages, as scheme and host.
    pub origins: &'a [String],
}

/// Whether answers may be mailed there: to an address, and not to the one that our mail comes from.
#[must_use]
pub fn may_be_mailed(address: &str, sender: &str) -> bool {
    is_email(address) && !address.eq_ignore_ascii_case(sender)
}

/// The mail with an answer. What it holds of others is lines without breaks where a header is made of them, and bounded.
#[must_use]
pub fn answer_mail(answer: &MailedAnswer<'_>, words: &PageWords) -> Mail {
    let subject = format!("[#{}] {}", answer.number, shortened(&clean_line(answer.subject), MAILED_SUBJECT_CHARS_MAX));
    let (site, number) = (clean_line(answer.site), answer.number.to_string());
    let who = match answer.author.map(clean_line) {
        Some(author) if !author.is_empty() => format!("{author}, {site}"),
        _ => site.clone(),
    };
    let told = words.mails.answer_where.replace("{number}", &number).replace("{site}", &site);
    let body = shortened(&clean_text(answer.body), MESSAGE_CHARS_MAX);
    let mut parts = vec![body.as_str(), "", &who, "", "-- ", &told];
    parts.extend(where_they_wrote(answer.page, answer.origins));
    parts.extend(["", words.mails.answer_why]);
    Mail { subject: subject.trim_end().to_owned(), text: parts.join("\n") }
}

/// The address to go on at: where they wrote, as far as it is one of the site's own, else the first of those. What a page
/// says of itself is never linked to: anybody can say anything.
fn where_they_wrote<'a>(page: Option<&str>, origins: &'a [String]) -> Option<&'a str> {
    let is_there = |origin: &str| {
        let rest = page.and_then(|page| page.strip_prefix(origin));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut known = origins.iter().map(String::as_str).filter(|origin| origin.starts_with("http"));
    known.clone().find(|origin| is_there(origin)).or_else(|| known.next())
}

fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => [text.split_at(end).0, "…"].concat(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer<'a>(origins: &'a [String]) -> MailedAnswer<'a> {
        MailedAnswer {
            number: 12,
            subject: "Card refused",
            body: "Please try again now.\nIt works.",
            author: Some("Dana"),
            site: "Acme",
            page: Some("https://app.example.com/pay"),
            origins,
        }
    }

    fn origins(addresses: &[&str]) -> Vec<String> {
        addresses.iter().map(|address| (*address).to_owned()).collect()
    }

    #[test]
    fn c2_a_mail_has_the_answer_who_gave_it_where_to_go_on_and_why_it_came() {
        let known = origins(&["https://acme.example", "https://app.example.com"]);
        let mail = answer_mail(&answer(&known), PageWords::compiled("en"));
        assert_eq!(mail.subject, "[#12] Card refused");
        assert_eq!(
            mail.text,
            "Please try again now.\nIt works.\n\nDana, Acme\n\n-- \nYou wrote to Acme (#12). This answer also stands in the \
             help window of the page where you wrote, in the same browser. Please go on there: a reply to this mail does not \
             join the conversation.\nhttps://app.example.com\n\nYou get this mail because this address was given with the \
             question. If that was not you, do nothing."
        );
        let mail = answer_mail(&answer(&known), PageWords::compiled("ru"));
        assert!(mail.text.contains("\n-- \nВы писали в Acme (#12)."), "{}", mail.text);
    }

    #[test]
    fn c2_a_mail_in_every_language_names_ticket_and_site() {
        for locale in ["ar", "de", "es", "fr", "ja", "pt-BR", "tr", "zh-CN"] {
            let words = PageWords::read(locale, PageWords::written(locale).expect("a file")).expect("words");
            let mail = answer_mail(&answer(&[]), &words);
            let below = mail.text.split("\n-- \n").nth(1).expect("what stands below the answer");
            assert!(below.contains("Acme") && below.contains("#12") && !below.contains('{'), "{locale}: {below}");
        }
    }

    #[test]
    fn c2_a_mail_links_to_the_sites_own_pages_alone() {
        for (page, known, link) in [
            (Some("https://app.example.com/a/b"), vec!["https://www.example.com", "https://app.example.com"], Some(1)),
            (Some("https://app.example.com"), vec!["https://www.example.com", "https://app.example.com"], Some(1)),
            (Some("https://app.example.com.evil.example/"), vec!["https://app.example.com"], Some(0)),
            (Some("https://app.example.com@evil.example/"), vec!["https://app.example.com"], Some(0)),
            (Some("https://evil.example/"), vec!["https://app.example.com"], Some(0)),
            (None, vec!["null", "https://app.example.com"], Some(1)),
            (Some("https://evil.example/"), vec!["null"], None),
            (Some("https://evil.example/"), vec![], None),
        ] {
            let known = origins(&known);
            let expected = link.and_then(|place: usize| known.get(place)).map(String::as_str);
            assert_eq!(where_they_wrote(page, &known), expected, "{page:?} {known:?}");
        }
    }

    #[test]
    fn c2_nothing_that_somebody_wrote_makes_a_header_or_a_mail_without_end() {
        let long = "x".repeat(MESSAGE_CHARS_MAX + 1);
        for (subject, author, body, line) in [
            ("Hi\r\nBcc: eve@example.com", "Dana\nTo: eve@example.com", "a", "[#12] Hi Bcc: eve@example.com"),
            ("\u{202e}Hi\u{0}\u{7f}", "Dana", "a", "[#12] Hi"),
            ("", "Dana", "a", "[#12]"),
            (&long, "Dana", &long, &format!("[#12] {}…", "x".repeat(MAILED_SUBJECT_CHARS_MAX))),
        ] {
            let told = MailedAnswer { subject, author: Some(author), body, site: "Ac\r\nme", ..answer(&[]) };
            let mail = answer_mail(&told, PageWords::compiled("en"));
            assert_eq!(mail.subject, line);
            assert!(!mail.text.contains('\r') && !mail.text.contains("\nTo:") && mail.text.contains("Ac me"));
            assert!(mail.text.chars().count() < MESSAGE_CHARS_MAX + 1_000);
        }
    }

    #[test]
    fn c2_no_answer_goes_to_what_is_no_address_or_to_our_own() {
        for (address, may) in [
            ("ann@example.com", true),
            ("Help@Example.com", false),
            ("ann@example.com\r\nBcc: eve@example.com", false),
            ("ann@example.com, eve@example.com", false),
            ("", false),
        ] {
            assert_eq!(may_be_mailed(address, "help@example.com"), may, "{address}");
        }
    }
}
