//! What a customer filled in beside subject and text, against what the policy asks for the category (W4). Every value
//! travels and is kept as a text: `4711`, `card`, `12.50`, `2026-11-21`, `true`.

use crate::policy::{FieldKind, FormField, Policy};
use crate::text::{FieldCode, FieldError, Refusals};
use crate::time::days_in_month;
use std::collections::BTreeMap;

use super::{NewTicket, TicketDraft};

/// Letters of a number, with sign and point: more are not counted with.
const NUMBER_CHARS_MAX: usize = 18;
/// Years of a day that somebody may mean.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2199;

impl NewTicket {
    /// As [`NewTicket::check`], with what the policy asks for the chosen category.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept; those of the category are named `fields.<key>`.
    pub fn check_against(draft: &TicketDraft, policy: &Policy) -> Result<Self, Vec<FieldError>> {
        let checked = Self::check(draft, &policy.category_keys());
        let chosen = policy.categories.iter().find(|category| Some(&category.key) == draft.category.as_ref());
        let mut refusals = Refusals::default();
        let asked = chosen.map_or(&[][..], |category| &category.fields);
        let fields = check(&mut refusals, asked, &draft.fields);
        match (checked, refusals.into_result(fields)) {
            (Ok(ticket), Ok(fields)) => Ok(ticket.with_fields(fields)),
            (checked, fields) => Err([checked.err(), fields.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

/// Checks the values for a category; what is blank is left out.
fn check(refusals: &mut Refusals, asked: &[FormField], given: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    for key in given.keys() {
        if !asked.iter().any(|field| field.key == *key) {
            refusals.push(&name_of(key), FieldCode::UnknownField, "the category asks for no such field");
        }
    }
    let mut kept = BTreeMap::new();
    for field in asked {
        let name = name_of(&field.key);
        let given = given.get(&field.key).map(String::as_str);
        let value = refusals.optional_line(&name, given, field.chars_max()).unwrap_or_default();
        let is_ticked = field.kind != FieldKind::Checkbox || value == "true";
        if value.is_empty() || (field.required && !is_ticked) {
            if field.required {
                refusals.push(&name, FieldCode::Required, "the category needs this");
            }
            continue;
        }
        if let Some((code, detail)) = fault(field, &value) {
            refusals.push(&name, code, detail);
        }
        kept.insert(field.key.clone(), value);
    }
    kept
}

fn name_of(key: &str) -> String {
    ["fields.", key].concat()
}

/// What is wrong with a value that is there.
fn fault(field: &FormField, value: &str) -> Option<(FieldCode, &'static str)> {
    match field.kind {
        FieldKind::Text => None,
        FieldKind::Choice if field.choices.iter().any(|choice| choice.key == value) => None,
        FieldKind::Choice => Some((FieldCode::UnknownValue, "expected the key of one of the choices")),
        FieldKind::Number => match Number::read(value) {
            None => Some((FieldCode::InvalidFormat, "expected a number such as 12 or 12.50")),
            Some(number) => {
                let is_below = field.min.is_some_and(|min| number < Number::whole(min));
                let is_above = field.max.is_some_and(|max| number > Number::whole(max));
                (is_below || is_above).then_some((FieldCode::InvalidFormat, "out of the range that the form names"))
            }
        },
        FieldKind::Date if is_day(value) => None,
        FieldKind::Date => Some((FieldCode::InvalidFormat, "expected a day such as 2026-11-21")),
        FieldKind::Checkbox if matches!(value, "true" | "false") => None,
        FieldKind::Checkbox => Some((FieldCode::UnknownValue, "expected true or false")),
    }
}

/// A number as far as it is compared with whole ones: what is left of its point, and to which side of that the rest goes.
/// Read as a float it would bring the edge tables of ten kilobytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    whole: i64,
    rest: i8,
}

impl Number {
    fn whole(value: i32) -> Self {
        Self { whole: i64::from(value), rest: 0 }
    }

    /// A number as people write it; nothing that only programs read, such as `1e9` or `inf`.
    fn read(value: &str) -> Option<Self> {
        let (sign, digits) = value.strip_prefix('-').map_or((1, value), |digits| (-1, digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if value.len() > NUMBER_CHARS_MAX || !is_plain(whole) || !is_plain(part) {
            return None;
        }
        let is_whole = part.bytes().all(|digit| digit == b'0');
        let whole = i64::from(sign).checked_mul(whole.parse().ok()?)?;
        Some(Self { whole, rest: if is_whole { 0 } else { sign } })
    }
}

fn is_day(value: &str) -> bool {
    let part = |range: std::ops::Range<usize>| {
        value.get(range).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<i64>().ok()
    };
    let joints = (value.get(4..5), value.get(7..8)) == (Some("-"), Some("-"));
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else { return false };
    let is_month = (1..=12).contains(&month);
    value.len() == 10 && joints && is_month && YEARS.contains(&year) && (1..=days_in_month(year, month)).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Keyed;

    fn field(kind: FieldKind, required: bool, min: Option<i32>, max: Option<i32>) -> FormField {
        let choice = |key: &str| Keyed { key: key.to_owned(), label: BTreeMap::new() };
        let choices = if kind == FieldKind::Choice { vec![choice("card"), choice("bank")] } else { Vec::new() };
        FormField { key: "a".to_owned(), kind, label: BTreeMap::new(), required, min, max, choices }
    }

    /// What is kept of a value, or why it is refused.
    fn outcome(field: &FormField, value: Option<&str>) -> Result<Option<String>, FieldCode> {
        let given = value.map(|value| ("a".to_owned(), value.to_owned())).into_iter().collect();
        let mut refusals = Refusals::default();
        let kept = check(&mut refusals, std::slice::from_ref(field), &given);
        refusals.into_result(kept.get("a").cloned()).map_err(|errors| {
            assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["fields.a"]);
            errors[0].code
        })
    }

    #[test]
    fn w4_each_kind_of_field_takes_what_it_is_for_and_names_what_it_is_not() {
        use FieldCode::{InvalidFormat, Required, TooLong, UnknownValue};
        use FieldKind::{Checkbox, Choice, Date, Number, Text};
        let long = "x".repeat(501);
        let cases: &[(FormField, &str, Option<FieldCode>)] = &[
            (field(Text, true, None, None), " Order 4711 ", None),
            (field(Text, true, None, None), " ", Some(Required)),
            (field(Text, false, None, None), " ", None),
            (field(Text, false, None, Some(3)), "abc", None),
            (field(Text, false, None, Some(3)), "abcd", Some(TooLong)),
            (field(Text, false, None, None), &long[..500], None),
            (field(Text, false, None, None), &long, Some(TooLong)),
            (field(Choice, true, None, None), "card", None),
            (field(Choice, true, None, None), "cash", Some(UnknownValue)),
            (field(Choice, true, None, None), "", Some(Required)),
            (field(Number, false, None, None), "12.50", None),
            (field(Number, false, None, None), "-3", None),
            (field(Number, false, None, None), "1e9", Some(InvalidFormat)),
            (field(Number, false, None, None), "inf", Some(InvalidFormat)),
            (field(Number, false, None, None), "12,50", Some(InvalidFormat)),
            (field(Number, false, None, None), ".5", Some(InvalidFormat)),
            (field(Number, false, None, None), "-", Some(InvalidFormat)),
            (field(Number, false, None, None), &"1".repeat(19), Some(InvalidFormat)),
            (field(Number, false, Some(1), Some(9)), "1", None),
            (field(Number, false, Some(1), Some(9)), "0.99", Some(InvalidFormat)),
            (field(Number, false, Some(1), Some(9)), "9.01", Some(InvalidFormat)),
            (field(Number, false, Some(1), Some(9)), "9.00", None),
            (field(Number, false, Some(-9), Some(-1)), "-9.00", None),
            (field(Number, false, Some(-9), Some(-1)), "-9.01", Some(InvalidFormat)),
            (field(Number, false, Some(-9), Some(-1)), "-0.99", Some(InvalidFormat)),
            (field(Number, false, Some(0), None), "-0.01", Some(InvalidFormat)),
            (field(Date, false, None, None), "2028-02-29", None),
            (field(Date, false, None, None), "2026-02-29", Some(InvalidFormat)),
            (field(Date, false, None, None), "2026-13-01", Some(InvalidFormat)),
            (field(Date, false, None, None), "21.11.2026", Some(InvalidFormat)),
            (field(Date, false, None, None), "1899-12-31", Some(InvalidFormat)),
            (field(Date, false, None, None), "2026-1é-1", Some(InvalidFormat)),
            (field(Checkbox, true, None, None), "true", None),
            (field(Checkbox, true, None, None), "false", Some(Required)),
            (field(Checkbox, false, None, None), "false", None),
            (field(Checkbox, false, None, None), "yes", Some(UnknownValue)),
        ];
        for (field, value, refused) in cases {
            assert_eq!(outcome(field, Some(value)).err(), *refused, "{:?} {value}", field.kind);
        }
        assert_eq!(outcome(&field(Text, true, None, None), Some(" Order 4711 ")), Ok(Some("Order 4711".to_owned())));
        assert_eq!(outcome(&field(Text, false, None, None), None), Ok(None), "a blank value is left out");
        assert_eq!(outcome(&field(Checkbox, true, None, None), None), Err(Required));
    }

    #[test]
    fn w4_what_the_category_does_not_ask_is_refused_by_name() {
        let mut refusals = Refusals::default();
        check(&mut refusals, &[], &BTreeMap::from([("colour".to_owned(), "red".to_owned())]));
        let errors = refusals.into_result(()).unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("fields.colour", FieldCode::UnknownField));
    }
}
