//! Every statement is bound to a site, unless a comment beside it says why not.

use crate::sources::sources;

/// What a statement that serves every site has beside it.
const EXCEPTION: &str = "// site-free:";

#[test]
fn every_statement_names_its_site() {
    let mut checked = 0;
    for source in sources("edge/src", &["rs"]) {
        for (at, _) in source.text.match_indices("Query::new(") {
            let statement = statement_at(&source.text[at..]);
            let before = &source.text[..at];
            let excused = before.lines().rev().take(3).any(|line| line.contains(EXCEPTION));
            let is_bound = statement.contains("site_id = ?") || is_insert(statement) || names_a_bound_piece(statement);
            assert!(excused || is_bound, "{}: no site in {statement}", source.path);
            checked += 1;
        }
    }
    assert!(checked > 30, "the statements were found: {checked}");
}

/// A row that is made says whose it is.
fn is_insert(statement: &str) -> bool {
    statement.contains("INSERT") && statement.contains("site_id")
}

/// A condition that several statements share, and that is bound itself.
fn names_a_bound_piece(statement: &str) -> bool {
    statement.contains("own_wish!()")
}

/// The text of a call up to the parenthesis that closes it; parentheses within texts are balanced in SQL too.
fn statement_at(text: &str) -> &str {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return &text[..=at];
                }
            }
            _ => {}
        }
    }
    text
}

#[test]
fn no_migration_makes_a_virtual_table() {
    for source in sources("edge/migrations", &["sql"]) {
        let statements: String = source.text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        assert!(
            !statements.to_uppercase().contains("VIRTUAL TABLE"),
            "{}: such a database cannot be exported",
            source.path
        );
    }
}
