//! Articles survive being read and printed (K3): `parse(print(tree)) == tree`, for cases of every trick, for whole
//! folders of real articles, and for whatever a seeded mutation makes of both.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test: failing loudly is its job")]

#[path = "markdown/corpus.rs"]
mod corpus;
#[path = "markdown/mutate.rs"]
mod mutate;
#[path = "markdown/tricks.rs"]
mod tricks;

use buoy_shared::markdown::{ParsedArticle, halves, parse};

/// The file of a site generator as it is sent: without template tags.
fn as_sent(source: &str) -> String {
    let (head, text) = halves(source);
    head + &text
}

/// Reads a source, prints it, and holds that reading and printing that changes nothing.
fn holds_its_form(source: &str) -> ParsedArticle {
    let first = parse(source).unwrap_or_else(|error| panic!("{error}: {source:?}"));
    if let Err(difference) = same_again(&first) {
        panic!("{difference}\n--- source ---\n{source}");
    }
    first
}

/// What is different when an article is printed and read again.
fn same_again(first: &ParsedArticle) -> Result<(), String> {
    let printed = first.to_markdown();
    let second = parse(&printed).map_err(|error| format!("{error}\n--- printed ---\n{printed}"))?;
    if second.blocks != first.blocks {
        let at = first.blocks.iter().zip(&second.blocks).position(|(a, b)| a != b);
        let at = at.unwrap_or_else(|| first.blocks.len().min(second.blocks.len()));
        return Err(format!(
            "block {at} differs:\n{:?}\n{:?}\n--- printed ---\n{printed}",
            first.blocks.get(at),
            second.blocks.get(at)
        ));
    }
    let again = second.to_markdown();
    if again != printed {
        return Err(format!("printed twice it differs:\n--- first ---\n{printed}\n--- second ---\n{again}"));
    }
    if (&second.title, &second.keywords) != (&first.title, &first.keywords) {
        return Err(format!("the head differs:\n--- printed ---\n{printed}"));
    }
    Ok(())
}
