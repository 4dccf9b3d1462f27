//! What people write to the bot, understood: the commands of B in their exact forms, and nothing guessed.

use crate::incident::IncidentStatus;
use crate::text::clean_line;

/// What somebody asks of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Register, with a code or the name of a site, or see what one may do.
    Start(String),
    /// What this bot can do.
    Help,
    /// Open tickets, the most urgent first; a customer's own.
    Tickets,
    /// Those that are mine.
    My,
    /// One ticket.
    View(u32),
    /// Answer one.
    Reply(u32, String),
    /// Leave an internal note.
    Note(u32, String),
    /// Open a ticket.
    New(String),
    /// Figures.
    Stats,
    /// Declare an incident.
    Incident {
        /// One line for the banner.
        title: String,
        /// What is known, when more was said.
        body: Option<String>,
    },
    /// Tell what is known of an incident.
    Update {
        /// The end of its id, when several are open.
        which: Option<String>,
        /// How far the team is; none is as before.
        phase: Option<IncidentStatus>,
        /// What is to be said.
        text: String,
    },
    /// Resolve an incident; the end of its id says which, when several are open.
    Resolve(Option<String>, String),
    /// The state of the system.
    Status,
    /// Promises that are past or near.
    Sla,
    /// Who is on call.
    OnCall,
    /// A command that was not understood: what its right form is.
    Malformed(&'static str),
    /// No command at all.
    Text(String),
}

/// Reads a message. `bot` is the bot's name without `@`: in groups a command may name whom it is for, and one for another
/// bot is none of ours. A bot that does not know its name obeys no command that names one.
#[must_use]
pub fn parse(text: &str, bot: &str) -> Option<Command> {
    let text = text.trim();
    let Some(rest) = text.strip_prefix('/') else { return Some(Command::Text(text.to_owned())) };
    let (head, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (word, addressee) = head.split_once('@').map_or((head, None), |(word, name)| (word, Some(name)));
    if addressee.is_some_and(|name| !name.eq_ignore_ascii_case(bot)) {
        return None;
    }
    let argument = argument.trim();
    Some(match word {
        "start" => Command::Start(argument.to_owned()),
        "help" => Command::Help,
        "tickets" => Command::Tickets,
        "my" => Command::My,
        "stats" => Command::Stats,
        "status" => Command::Status,
        "sla" => Command::Sla,
        "oncall" => Command::OnCall,
        "reply" => with_number(argument, Command::Reply, "/reply <id> <text>"),
        "note" => with_number(argument, Command::Note, "/note <id> <text>"),
        "new" => if_said(argument, Command::New, "/new <text>"),
        "incident" => incident(argument),
        "update" => update(None, argument),
        "resolve" => if_said(argument, |text| Command::Resolve(None, text), "/resolve <text>"),
        "view" => number(argument).map_or(Command::Malformed("/view_<id>"), Command::View),
        other => match other.split_once('_') {
            Some(("view", id)) => number(id).map_or(Command::Malformed("/view_<id>"), Command::View),
            Some(("update", end)) if !end.is_empty() => update(Some(end.to_owned()), argument),
            Some(("resolve", end)) if !end.is_empty() => {
                if_said(argument, |text| Command::Resolve(Some(end.to_owned()), text), "/resolve <text>")
            }
            _ => Command::Malformed("/help"),
        },
    })
}

/// What is known, after how far the team is if that was said. Only the very word counts: a sentence that begins with it in
/// a capital letter is a sentence.
fn update(which: Option<String>, argument: &str) -> Command {
    let (word, rest) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    let phases = [IncidentStatus::Identified, IncidentStatus::Monitoring];
    let phase = phases.into_iter().find(|phase| phase.as_str() == word);
    let text = if phase.is_some() { rest.trim() } else { argument };
    if_said(text, |text| Command::Update { which, phase, text }, "/update [identified|monitoring] <text>")
}

fn number(text: &str) -> Option<u32> {
    text.trim_start_matches('#').parse().ok().filter(|number| *number > 0)
}

fn with_number(argument: &str, make: impl Fn(u32, String) -> Command, form: &'static str) -> Command {
    let (id, text) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    match (number(id), text.trim()) {
        (Some(number), text) if !text.is_empty() => make(number, text.to_owned()),
        _ => Command::Malformed(form),
    }
}

fn if_said(argument: &str, make: impl FnOnce(String) -> Command, form: &'static str) -> Command {
    if argument.is_empty() { Command::Malformed(form) } else { make(argument.to_owned()) }
}

/// A title, and after a dash or on the next line what is known.
fn incident(argument: &str) -> Command {
    let parts =
        argument.split_once('\n').or_else(|| [" - ", " — ", " – "].iter().find_map(|dash| argument.split_once(dash)));
    let (title, body) = parts.unwrap_or((argument, ""));
    let (title, body) = (clean_line(title), body.trim());
    if title.is_empty() {
        return Command::Malformed("/incident <title>");
    }
    Command::Incident { title, body: (!body.is_empty()).then(|| body.to_owned()) }
}

/// A press of a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Give me the ticket.
    Assign(u32),
    /// I want to answer it.
    Reply(u32),
    /// Which macros are there.
    Macros(u32),
    /// Send the macro at this place of the policy's list.
    Macro(u32, usize),
    /// Show it to me again in an hour.
    Snooze(u32),
    /// It is done: ask me why it happened.
    Solve(u32),
    /// Why it happened.
    Cause(u32, String),
    /// I take the page.
    Acknowledge(String),
    /// This draft is an incident.
    Publish(String),
    /// This draft is none.
    Reject(String),
    /// A customer wants to open a ticket.
    New,
    /// A customer wants to see theirs.
    Mine,
    /// A customer's words that the question replies to go into this ticket of theirs; none is a new one.
    Into(Option<u32>),
}

/// Reads what a button carried.
#[must_use]
pub fn pressed(data: &str) -> Option<Press> {
    let mut parts = data.split(':');
    let (verb, first, second) = (parts.next()?, parts.next(), parts.next());
    let ticket = || number(first?);
    Some(match verb {
        "assign" => Press::Assign(ticket()?),
        "reply" => Press::Reply(ticket()?),
        "macro" => match second {
            Some(place) => Press::Macro(ticket()?, place.parse().ok()?),
            None => Press::Macros(ticket()?),
        },
        "snooze" => Press::Snooze(ticket()?),
        "solve" => Press::Solve(ticket()?),
        "cause" => Press::Cause(ticket()?, second?.to_owned()),
        "ack" => Press::Acknowledge(first?.to_owned()),
        "publish" => Press::Publish(first?.to_owned()),
        "reject" => Press::Reject(first?.to_owned()),
        "new" => Press::New,
        "mine" => Press::Mine,
        "into" if first == Some("new") => Press::Into(None),
        "into" => Press::Into(Some(ticket()?)),
        _ => return None,
    })
}

/// The ticket that a message of the bot is about: every such message begins with its number.
#[must_use]
pub fn ticket_of(text: &str) -> Option<u32> {
    let digits: String = text.strip_prefix('#')?.chars().take_while(char::is_ascii_digit).collect();
    number(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> String {
        words.to_owned()
    }

    #[test]
    fn b_every_command_is_read_in_its_exact_form() {
        use IncidentStatus::{Identified, Monitoring};
        const FORM: &str = "/update [identified|monitoring] <text>";
        let update = |which: Option<&str>, phase, said: &str| Command::Update {
            which: which.map(text),
            phase,
            text: text(said),
        };
        let incident = |title: &str, body: Option<&str>| Command::Incident { title: text(title), body: body.map(text) };
        for (written, command) in [
            ("/start", Command::Start(text(""))),
            ("/start abc123", Command::Start(text("abc123"))),
            ("/tickets", Command::Tickets),
            ("/tickets@desk_bot", Command::Tickets),
            ("/TICKETS", Command::Malformed("/help")),
            ("  /my ", Command::My),
            ("/view_12", Command::View(12)),
            ("/view_12@Desk_Bot", Command::View(12)),
            ("/view 12", Command::View(12)),
            ("/view #12", Command::View(12)),
            ("/view_0", Command::Malformed("/view_<id>")),
            ("/view_x", Command::Malformed("/view_<id>")),
            ("/view_99999999999", Command::Malformed("/view_<id>")),
            ("/reply 12 hello\nthere", Command::Reply(12, text("hello\nthere"))),
            ("/reply 12", Command::Malformed("/reply <id> <text>")),
            ("/reply hello", Command::Malformed("/reply <id> <text>")),
            ("/note #12 angry", Command::Note(12, text("angry"))),
            ("/stats", Command::Stats),
            ("/incident", Command::Malformed("/incident <title>")),
            ("/incident Payments failing", incident("Payments failing", None)),
            (
                "/incident Проблемы с оплатой - не проходят платежи",
                incident("Проблемы с оплатой", Some("не проходят платежи")),
            ),
            ("/incident Sign-in down\nSince 9:00.", incident("Sign-in down", Some("Since 9:00."))),
            ("/incident - x", incident("- x", None)),
            ("/resolve Fixed by a restart", Command::Resolve(None, text("Fixed by a restart"))),
            ("/resolve_ab12cd Fixed", Command::Resolve(Some(text("ab12cd")), text("Fixed"))),
            ("/resolve", Command::Malformed("/resolve <text>")),
            ("/resolve_", Command::Malformed("/help")),
            ("/update Chasing it", update(None, None, "Chasing it")),
            ("/update identified  It is the bank", update(None, Some(Identified), "It is the bank")),
            ("/update_ab12cd monitoring\nPayments pass", update(Some("ab12cd"), Some(Monitoring), "Payments pass")),
            ("/update Monitoring shows less errors", update(None, None, "Monitoring shows less errors")),
            ("/update resolved now", update(None, None, "resolved now")),
            ("/update", Command::Malformed(FORM)),
            ("/update_ab12cd", Command::Malformed(FORM)),
            ("/update identified ", Command::Malformed(FORM)),
            ("/update_", Command::Malformed("/help")),
            ("/status", Command::Status),
            ("/sla", Command::Sla),
            ("/oncall", Command::OnCall),
            ("/new My login fails", Command::New(text("My login fails"))),
            ("/new", Command::Malformed("/new <text>")),
            ("/drop tables", Command::Malformed("/help")),
            ("hello", Command::Text(text("hello"))),
            ("", Command::Text(text(""))),
        ] {
            assert_eq!(parse(written, "desk_bot"), Some(command), "{written:?}");
        }
        assert_eq!(parse("/tickets@another_bot", "desk_bot"), None);
        assert_eq!(parse("/incident@another_bot Payments", ""), None);
    }

    #[test]
    fn a_press_is_read_and_what_no_button_of_ours_carries_is_not() {
        for (data, press) in [
            ("assign:12", Some(Press::Assign(12))),
            ("macro:12", Some(Press::Macros(12))),
            ("macro:12:3", Some(Press::Macro(12, 3))),
            ("cause:12:product_bug", Some(Press::Cause(12, text("product_bug")))),
            ("ack:pge_1", Some(Press::Acknowledge(text("pge_1")))),
            ("publish:dft_1", Some(Press::Publish(text("dft_1")))),
            ("reject:dft_1", Some(Press::Reject(text("dft_1")))),
            ("new", Some(Press::New)),
            ("into:12", Some(Press::Into(Some(12)))),
            ("into:new", Some(Press::Into(None))),
            ("into", None),
            ("into:x", None),
            ("assign", None),
            ("assign:x", None),
            ("macro:12:x", None),
            ("", None),
            ("drop:1", None),
        ] {
            assert_eq!(pressed(data), press, "{data}");
        }
    }

    #[test]
    fn a_message_of_the_bot_says_which_ticket_it_is_about_by_its_beginning_alone() {
        for (written, number) in [
            ("#12 Cannot pay", Some(12)),
            ("#12", Some(12)),
            ("see #12", None),
            ("#", None),
            ("#0 x", None),
            ("12", None),
        ] {
            assert_eq!(ticket_of(written), number, "{written}");
        }
    }
}
