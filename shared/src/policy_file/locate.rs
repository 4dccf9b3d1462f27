//! Finds the line of a finding. A place such as `sla.3.calendar` is looked up in the parsed file, so that the fourth
//! promise is blamed and not the first that says the same.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line, from 1, that a place stands on; where it is missing, the closest thing around it that is there.
pub(super) fn line(text: &str, place: &str) -> Option<usize> {
    let parsed = DeTable::parse(text).ok()?;
    let mut found = None;
    let mut here: Option<&DeValue<'_>> = None;
    for step in place.split('.') {
        let next = match (here, found) {
            (None, None) => in_table(parsed.get_ref(), step),
            (Some(DeValue::Table(table)), _) => in_table(table, step),
            (Some(DeValue::Array(array)), _) => {
                step.parse::<usize>().ok().and_then(|at| array.get(at)).map(|value| (value.span().start, value))
            }
            _ => None,
        };
        let Some((offset, value)) = next else { break };
        found = Some(offset);
        here = Some(value.get_ref());
    }
    found.map(|offset| super::line_of(text, offset))
}

fn in_table<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<(usize, &'a Spanned<DeValue<'i>>)> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(name, value)| (name.span().start, value))
}
