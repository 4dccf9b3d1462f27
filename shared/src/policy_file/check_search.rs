//! Checks what the policy says about searching: words that mean the same.

use super::{Finding, at, require};
use crate::policy::{Policy, SYNONYM_CHARS_MAX, SYNONYM_GROUPS_MAX, SYNONYM_WORDS_MAX};
use crate::search::fold;

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    for (locale, groups) in &policy.search.synonyms {
        let here = at(&["search", "synonyms", locale]);
        require(policy.site.locales.contains(locale), &here, || {
            format!("search.synonyms: {locale:?} is not one of the site's locales; add it there or leave the words out")
        })?;
        require(groups.len() <= SYNONYM_GROUPS_MAX, &here, || {
            format!("search.synonyms: at most {SYNONYM_GROUPS_MAX} groups a language; every visitor downloads them")
        })?;
        for (place, group) in groups.iter().enumerate() {
            check_group(group, &format!("{here}.{place}"))?;
        }
    }
    Ok(())
}

fn check_group(group: &[String], here: &str) -> Result<(), Finding> {
    require((2..=SYNONYM_WORDS_MAX).contains(&group.len()), here, || {
        format!("search.synonyms: a group has 2 to {SYNONYM_WORDS_MAX} words, such as [\"invoice\", \"bill\"]")
    })?;
    let folded: Vec<String> = group.iter().map(|word| fold(word)).collect();
    for (place, (word, spelling)) in group.iter().zip(&folded).enumerate() {
        let here = format!("{here}.{place}");
        let letters = |letter: char| letter.is_alphanumeric() || letter == '-';
        let is_word = word.chars().any(char::is_alphanumeric) && word.chars().all(letters);
        require(is_word && word.chars().count() <= SYNONYM_CHARS_MAX, &here, || {
            format!(
                "search.synonyms: {word:?} must be one word of at most {SYNONYM_CHARS_MAX} letters; join several by hyphens, as in e-mail"
            )
        })?;
        require(!folded.iter().take(place).any(|earlier| earlier == spelling), &here, || {
            format!("search.synonyms: {word:?} stands twice in its group; name it once")
        })?;
    }
    Ok(())
}
