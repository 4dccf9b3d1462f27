//! Buttons below messages. Telegram gives a button 64 bytes to say what it does, so it says a verb and a number, and
//! whoever presses it is looked up again.

use crate::delivery::event::{EventKind, Happening, cut};
use crate::delivery::words::is_russian;
use crate::telegram::reply::{Said, say};
use serde_json::{Value, json};

/// Bytes that a button may carry.
pub const DATA_BYTES_MAX: usize = 64;

/// One button.
#[must_use]
pub fn button(text: &str, data: &str) -> Value {
    json!({ "text": text, "callback_data": data })
}

/// A keyboard of rows.
#[must_use]
pub fn keyboard(rows: &[Vec<Value>]) -> Value {
    json!({ "inline_keyboard": rows })
}

/// What can be done with a ticket.
#[must_use]
pub fn for_ticket(number: u32, russian: bool) -> Value {
    let words = if russian {
        ["Взять себе", "Ответить", "Шаблон", "Отложить на час", "Решено"]
    } else {
        ["Assign to me", "Reply", "Macro", "Snooze for an hour", "Solve"]
    };
    let [assign, reply, prepared, snooze, solve] = words;
    let of = |text: &str, verb: &str| button(text, &format!("{verb}:{number}"));
    keyboard(&[
        vec![of(assign, "assign"), of(reply, "reply"), of(prepared, "macro")],
        vec![of(snooze, "snooze"), of(solve, "solve")],
    ])
}

/// Letters of a subject on a button: an app shows hardly more.
const SUBJECT_CHARS: usize = 40;

/// The tickets that a customer's words may be about, by number and subject, and a new one.
#[must_use]
pub fn into_one_of<'a>(tickets: impl Iterator<Item = (u32, &'a str)>, russian: bool) -> Value {
    let mut rows: Vec<Vec<Value>> = tickets
        .map(|(number, subject)| {
            vec![button(&format!("#{number} {}", cut(subject, SUBJECT_CHARS)), &format!("into:{number}"))]
        })
        .collect();
    rows.push(vec![button(say(Said::OpenOne, russian), "into:new")]);
    keyboard(&rows)
}

/// What can be done about an event.
#[must_use]
pub fn for_event(happening: &Happening, locale: &str) -> Option<Value> {
    let russian = is_russian(locale);
    if let Some(ticket) = &happening.data.ticket {
        return Some(for_ticket(ticket.number, russian));
    }
    if let (EventKind::IncidentDrafted, Some(draft)) = (happening.kind, &happening.data.incident) {
        let [publish, reject] =
            if russian { ["Объявить", "Отклонить"] } else { ["Publish", "Reject"] };
        let of = |text: &str, verb: &str| button(text, &format!("{verb}:{}", draft.id));
        return Some(keyboard(&[vec![of(publish, "publish"), of(reject, "reject")]]));
    }
    let page = happening.data.page.as_ref().filter(|_| happening.kind == EventKind::PageTriggered)?;
    let text = if russian { "Принять" } else { "Acknowledge" };
    Some(keyboard(&[vec![button(text, &format!("ack:{}", page.id))]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buttons_of_the_largest_number_fit_what_telegram_gives_them() {
        for russian in [false, true] {
            let keyboard = for_ticket(u32::MAX, russian);
            let rows = keyboard["inline_keyboard"].as_array().expect("rows");
            let data: Vec<&str> = rows
                .iter()
                .flat_map(|row| row.as_array().expect("a row"))
                .filter_map(|b| b["callback_data"].as_str())
                .collect();
            assert_eq!(
                data,
                ["assign:4294967295", "reply:4294967295", "macro:4294967295", "snooze:4294967295", "solve:4294967295"]
            );
            assert!(data.iter().all(|data| data.len() <= DATA_BYTES_MAX));
        }
    }
}
