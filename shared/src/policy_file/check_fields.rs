//! Checks what the forms of categories ask.

use super::check_desk::check_named;
use super::{Finding, require};
use crate::policy::{CHOICES_MAX, FIELD_CHARS_MAX, FIELDS_MAX, FieldKind, FormField, Policy};

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    for (place, category) in policy.categories.iter().enumerate() {
        let list = format!("categories.{place}.fields");
        check_named("field", &list, &category.fields, &policy.site.locales)?;
        require(category.fields.len() <= FIELDS_MAX, &format!("@{list}"), || {
            format!("category {:?} asks more than {FIELDS_MAX} fields; leave some out", category.key)
        })?;
        for (place, field) in category.fields.iter().enumerate() {
            check_field(field, &format!("{list}.{place}"), &policy.site.locales)?;
        }
    }
    Ok(())
}

fn check_field(field: &FormField, here: &str, locales: &[String]) -> Result<(), Finding> {
    let key = &field.key;
    let count = field.choices.len();
    if field.kind == FieldKind::Choice {
        require((2..=CHOICES_MAX).contains(&count), &format!("@{here}.choices"), || {
            format!("field {key:?}: give it 2 to {CHOICES_MAX} choices")
        })?;
        check_named("choice", &format!("{here}.choices"), &field.choices, locales)?;
    } else {
        require(count == 0, &format!("@{here}.choices"), || {
            format!("field {key:?}: only a field of kind \"choice\" has choices")
        })?;
    }
    let is_number = field.kind == FieldKind::Number;
    require(field.min.is_none() || is_number, &format!("@{here}.min"), || {
        format!("field {key:?}: only a number has a min")
    })?;
    let Some(max) = field.max else { return Ok(()) };
    require(is_number || field.kind == FieldKind::Text, &format!("@{here}.max"), || {
        format!("field {key:?}: only a number or a text has a max")
    })?;
    let fits = is_number || usize::try_from(max).is_ok_and(|max| (1..=FIELD_CHARS_MAX).contains(&max));
    require(fits, &format!("@{here}.max"), || {
        format!("field {key:?}: a text has from 1 to {FIELD_CHARS_MAX} characters")
    })?;
    require(field.min.is_none_or(|min| min <= max), &format!("@{here}.max"), || {
        format!("field {key:?}: max must not be below min")
    })
}

#[cfg(test)]
mod tests {
    use crate::policy_file::parse;

    const SCHOOL: &str = include_str!("../../../presets/school/policy.toml");
    const BEFORE: &str = "label = { ru = \"Оплата\", en = \"Payment\" }\nqueue = \"finance\"\n";
    const NAME: &str = "label = { ru = \"Поле\", en = \"Field\" }";

    /// The school's policy with fields for payments.
    fn with(fields: &str) -> String {
        assert!(SCHOOL.contains(BEFORE));
        SCHOOL.replacen(BEFORE, &format!("{BEFORE}{fields}\n"), 1)
    }

    fn field(rest: &str) -> String {
        format!("[[categories.fields]]\nkey = \"a\"\n{NAME}\n{rest}")
    }

    #[test]
    fn w4_fields_of_every_kind_are_read() {
        let choices = format!("kind = \"choice\"\nchoices = [{{ key = \"x\", {NAME} }}, {{ key = \"y\", {NAME} }}]");
        for rest in [
            "kind = \"text\"\nrequired = true\nmax = 40",
            "kind = \"number\"\nmin = -5\nmax = 5",
            "kind = \"date\"",
            "kind = \"checkbox\"",
            &choices,
        ] {
            let policy = parse(&with(&field(rest))).unwrap_or_else(|error| panic!("{rest}: {error}"));
            assert_eq!(policy.categories[1].fields.len(), 1);
        }
    }

    #[test]
    fn w4_a_wrong_field_is_refused_on_its_line_with_the_remedy() {
        let one = format!("kind = \"choice\"\nchoices = [{{ key = \"x\", {NAME} }}]");
        let twice = format!("kind = \"choice\"\nchoices = [{{ key = \"x\", {NAME} }},\n{{ key = \"x\", {NAME} }}]");
        let eleven =
            (0..11).map(|at| field("kind = \"date\"").replace("\"a\"", &format!("\"a{at}\""))).collect::<Vec<_>>();
        let again = format!("{}\n{}", field("kind = \"date\""), field("kind = \"date\""));
        for (fields, part, hint) in [
            (field("kind = \"colour\""), "colour", "unknown variant"),
            (field("kind = \"text\"\nmax = 501"), "max = 501", "from 1 to 500"),
            (field("kind = \"text\"\nmax = 0"), "max = 0", "from 1 to 500"),
            (field("kind = \"text\"\nmin = 3"), "min = 3", "only a number has a min"),
            (field("kind = \"date\"\nmax = 3"), "max = 3", "only a number or a text"),
            (field("kind = \"number\"\nmin = 3\nmax = 2"), "max = 2", "not be below min"),
            (field(&one), "choices = [", "2 to 50 choices"),
            (field(&twice), "{ key = \"x\", label = { ru = \"Поле\", en = \"Field\" } }]", "stands twice"),
            (field("kind = \"text\"\nchoices = []\nlimit = 3"), "limit = 3", "unknown field"),
            (eleven.join("\n"), "[[categories.fields]]", "more than 10"),
            (again, "", "stands twice"),
            (
                "[[categories.fields]]\nkey = \"a\"\nkind = \"date\"\nlabel = { ru = \"Поле\" }".to_owned(),
                "label = { ru = \"Поле\" }",
                "no label for \"en\"",
            ),
        ] {
            let text = with(&fields);
            let error = parse(&text).expect_err(&fields);
            assert!(error.message.contains(hint), "{fields}: {error}");
            let line = error.line.and_then(|line| text.lines().nth(line - 1)).unwrap_or_default();
            assert!(line.contains(part), "{fields}: {error} blames {line}");
        }
    }
}
