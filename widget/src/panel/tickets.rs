//! The visitor's tickets: all of them as a list, and one of them as a row (W5).

use super::el::{El, live, nothing};
use super::icon::{NEXT, WRITE, icon};
use super::pieces::{block, failed, icon_button, line, list, paragraph, press, skeleton, word_button};
use crate::app::{App, Remote, View};
use crate::client::Failure;
use crate::words::ticket_status;
use buoy_shared::texts::Text;
use buoy_shared::ticket::{TicketStatus, TicketSummary};

/// The view.
pub(crate) fn tickets(app: App) -> El {
    app.fetch_tickets();
    live(move || {
        app.tickets.with(|now| match now {
            Remote::Loading => block("page", [skeleton(&app.say(Text::HomeTickets), 4)]),
            Remote::Failed(failure) => block("page", [missed(app, failure)]),
            Remote::Ready(tickets) if tickets.items.is_empty() => empty(app),
            Remote::Ready(tickets) => {
                let rows = tickets.items.iter().map(|ticket| ticket_row(app, ticket));
                let more = match tickets.next_cursor {
                    Some(_) => word_button("button quiet", "more", &app.say(Text::TicketsMore), move || {
                        app.fetch_more_tickets();
                    }),
                    None => nothing(),
                };
                block("page", [list("card", rows).hook("tickets"), more])
            }
        })
    })
}

/// That they are not to be had now, which is not the same as none.
pub(crate) fn missed(app: App, failure: &Failure) -> El {
    failed(app, &app.parts().words.unloaded(failure), move || app.retry_tickets())
}

fn empty(app: App) -> El {
    let write = icon_button("button", "new-ticket", WRITE, &app.say(Text::WriteToUs), move || app.write());
    block(
        "page empty",
        [
            line("empty-title", &app.say(Text::TicketsEmpty)),
            paragraph("muted", &app.say(Text::TicketsEmptyHint)),
            write,
        ],
    )
}

/// The status as a small label.
pub(crate) fn status_label(app: App, status: TicketStatus) -> El {
    line("status", &app.say(ticket_status(status))).attr("data-status", status.as_str())
}

/// A ticket as a row that opens its thread.
pub(crate) fn ticket_row(app: App, ticket: &TicketSummary) -> El {
    let id = ticket.id.to_string();
    let words = &app.parts().words;
    let unread = if ticket.unread == 0 {
        nothing()
    } else {
        let count = ticket.unread.to_string();
        line("unread", &count)
            .attr("role", "img")
            .attr("aria-label", &words.fill(Text::TicketUnread, &[("count", &count)]))
    };
    let number = words.fill(Text::ReceiptNumber, &[("number", &ticket.number.to_string())]);
    let meta = [&number, " · ", &words.moment(ticket.updated_at)].concat();
    let text = [
        line("row-title", &ticket.subject),
        block("row-meta", [status_label(app, ticket.status), line("muted", &meta)]),
    ];
    press("row", "ticket", move || app.go(View::Thread(id.clone()))).attr("data-ticket", ticket.id.as_str()).all([
        block("row-text", text),
        unread,
        icon(NEXT),
    ])
}
