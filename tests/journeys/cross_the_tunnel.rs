//! A visitor writes from a train (A4, W4, W5): three tabs, three tickets with a file each, twenty messages, over a line that
//! refuses, delays, cuts and resets, while the edge is killed twice. Each arrives once, in order within its thread.

use crate::steps::{path_at_the_desk, tickets_at_the_desk};
use buoy_tests::{
    browser::Browser,
    edge::{Edge, Site},
    pages::Pages,
    stage::Stage,
    tunnel::Tunnel,
    wait,
};
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};
use std::{fs, sync::atomic::Ordering};

const TICKETS: usize = 3;
const MESSAGES: usize = 20;

/// So many connections have to have ended badly before a tunnel is left, so that a run in which nothing went wrong is none.
const BAD_ENDS: u32 = 8;

/// What browsers say besides where a socket is lost, or an answer ends within its head.
const SAID_OF_BROKEN_ANSWERS: [&str; 5] =
    ["blocked by CORS policy", "WebSocket", "ws://", "The network connection was lost", "Load failed"];

/// A visitor on a train.
struct Journey {
    edge: Edge,
    site: Site,
    tunnel: Tunnel,
    browser: Browser,
    tabs: Vec<WindowHandle>,
}

impl Journey {
    /// Three tabs with an open form each; the train is not in the tunnel yet.
    async fn begin() -> Self {
        let (edge, pages) = (Edge::start(), Pages::start().await);
        let site = edge.new_site("school", &[&pages.origin()]).await;
        let tunnel = Tunnel::to(edge.port()).await;
        pages.fill("edge", &tunnel.url());
        pages.fill("site", &site.id);
        let browser = Browser::open().await;
        browser.speak("en").await;
        browser.expect_lost_line();
        SAID_OF_BROKEN_ANSWERS.iter().for_each(|said| browser.expect_error(said));
        browser.goto(&pages.url("plain.html")).await;
        let mut tabs = vec![browser.tab().await];
        while tabs.len() < TICKETS {
            tabs.push(browser.new_tab(&pages.url("plain.html")).await);
        }
        for tab in &tabs {
            browser.switch_to(tab.clone()).await;
            browser.eval("return Buoy('newTicket')").await;
            browser.hook("attach").await;
        }
        Self { edge, site, tunnel, browser, tabs }
    }

    /// Commands go to a tab.
    async fn sit_at(&self, tab: usize) {
        self.browser.switch_to(self.tabs[tab].clone()).await;
    }

    /// How many connections have ended badly so far.
    fn bad_ends(&self) -> u32 {
        let fates = self.tunnel.fates();
        [&fates.refused, &fates.cut, &fates.reset].iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// The train comes out once enough has gone wrong in there; the browser notices, as browsers do.
    async fn leave_the_tunnel(&self, bad_ends_before: u32) {
        wait::until("enough connections that ended badly", || async {
            (self.bad_ends() >= bad_ends_before + BAD_ENDS).then_some(())
        })
        .await;
        self.tunnel.be_rough(false);
        for tab in 0..TICKETS {
            self.sit_at(tab).await;
            self.browser.eval("window.dispatchEvent(new Event('online'))").await;
        }
    }

    /// `kill -9` for the edge in the middle of whatever it does, and a start on the same disk.
    fn kill_the_edge(&self) {
        self.edge.kill_9();
        self.edge.restart();
    }

    /// Every ticket as the desk has it, the oldest first.
    async fn at_the_desk(&self) -> Vec<Value> {
        let staff = self.site.staff();
        let list = staff.get("/api/support/agent/tickets/").send().await.expect(200).value();
        let mut tickets = Vec::new();
        for item in list["items"].as_array().expect("a list") {
            let path = path_at_the_desk(item);
            tickets.push(staff.get(&path).send().await.expect(200).value());
        }
        tickets.sort_by_key(|ticket| ticket["subject"].as_str().map(str::to_owned));
        tickets
    }
}

fn texts(ticket: &Value) -> Vec<&str> {
    ticket["messages"].as_array().expect("messages").iter().filter_map(|message| message["body"].as_str()).collect()
}

/// Message `number`, counted over all threads; it belongs to the thread of this tab.
fn message(number: usize) -> (usize, String) {
    (number % TICKETS, format!("message {number:02}"))
}

/// What a thread has to hold: what it began with, then its messages in the order in which they were written.
fn expected(tab: usize) -> Vec<String> {
    let own = (0..MESSAGES).map(message).filter(|(of, _)| *of == tab).map(|(_, text)| text);
    std::iter::once(format!("ticket {tab} from the train")).chain(own).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_three_tickets_with_files_and_twenty_messages_written_in_a_tunnel_arrive_once_and_in_order() {
    let train = Journey::begin().await;
    let disk = tempfile::tempdir().expect("a folder");
    train.tunnel.be_rough(true);
    for tab in 0..TICKETS {
        train.sit_at(tab).await;
        let file = disk.path().join(format!("file-{tab}.txt"));
        fs::write(&file, format!("what is in file {tab}")).expect("a file");
        train.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
        train.browser.type_into("subject", &format!("Ticket {tab}")).await;
        train.browser.type_into("body", &format!("ticket {tab} from the train")).await;
        train.browser.click("submit").await;
    }
    train.kill_the_edge();
    train.leave_the_tunnel(0).await;
    for tab in 0..TICKETS {
        train.sit_at(tab).await;
        train.browser.hook("receipt").await;
        // The bar above tells of every tab's ticket; once it is gone, nothing moves under the pointer.
        train.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
        train.browser.click("open-ticket").await;
        train.browser.wait_for_text("message", &format!("ticket {tab} from the train")).await;
    }

    let before = train.bad_ends();
    train.tunnel.be_rough(true);
    for (number, (tab, text)) in (0..MESSAGES).map(message).enumerate() {
        train.sit_at(tab).await;
        train.browser.type_into("reply", &text).await;
        train.browser.click("send").await;
        train.browser.wait_for_text("message", &text).await;
        if number == MESSAGES / 2 {
            train.kill_the_edge();
        }
    }
    train.leave_the_tunnel(before).await;
    nothing_is_lost_doubled_or_out_of_order(&train).await;
    train.browser.close().await;
}

/// A page whose line loses the body of the first answer to a ticket, but not its status.
const CUT_SHORT: &str = "<!doctype html><title>Cut short</title><link rel=icon href=data:,><script>\
    const ask = window.fetch; let isCut;\
    window.fetch = async (...asked) => {\
      const answer = await ask(...asked);\
      if (isCut || asked[1]?.method !== 'POST' || !asked[0].endsWith('/tickets/')) return answer;\
      isCut = true;\
      return new Response('', { status: answer.status });\
    }</script><script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\"></script>";

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_whose_answer_is_cut_short_is_asked_for_again_and_comes_once() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add("cut_short.html", CUT_SHORT);
    stage.open("cut_short.html").await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.type_into("subject", "Cannot pay").await;
    stage.browser.type_into("body", "The card is refused").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    stage.strike().await;
}

/// A page whose line takes no files while we say so: who they are is known by then, and their ticket waits.
const LOSES_ITS_LINE: &str = "<!doctype html><title>Loses its line</title><link rel=icon href=data:,><script>\
    const { send } = XMLHttpRequest.prototype; window.isLost = true;\
    XMLHttpRequest.prototype.send = function (...body) {\
      if (!window.isLost) return send.apply(this, body);\
      setTimeout(() => this.dispatchEvent(new Event('error')));\
    }</script><script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\"></script>";

/// A page that hears no answer to a ticket.
const HEARS_NOTHING: &str = "<!doctype html><title>Hears nothing</title><link rel=icon href=data:,><script>\
    const ask = window.fetch;\
    window.fetch = async (...asked) => {\
      const answer = await ask(...asked);\
      if (asked[1]?.method !== 'POST' || !asked[0].endsWith('/tickets/')) return answer;\
      window.isUnheard = true;\
      throw new TypeError('lost');\
    }</script><script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\"></script>";

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_file_that_another_tab_has_sent_is_not_sent_again_and_the_ticket_comes_once() {
    let stage = Stage::set("school").await;
    let (browser, disk) = (&stage.browser, tempfile::tempdir().expect("a folder"));
    browser.speak("en").await;
    stage.pages.add("loses.html", LOSES_ITS_LINE);
    stage.pages.add("unheard.html", HEARS_NOTHING);
    stage.open("loses.html").await;
    let first = browser.tab().await;
    browser.eval("return Buoy('newTicket')").await;
    let file = disk.path().join("bill.txt");
    fs::write(&file, "what I paid").expect("a file");
    browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    browser.type_into("subject", "Cannot pay").await;
    browser.type_into("body", "The card is refused").await;
    browser.click("submit").await;
    // It is kept, and its file is lost.
    browser.wait_for_text("outbox", "Waiting to be sent: 1").await;

    browser.new_tab(&stage.pages.url("unheard.html")).await;
    browser.wait_until("window.isUnheard").await;
    browser.switch_to(first).await;
    browser.eval("window.isLost = false; return window.dispatchEvent(new Event('online'))").await;
    browser.hook("receipt").await;
    let tickets = tickets_at_the_desk(&stage).await;
    assert_eq!(tickets.len(), 1, "{tickets:#?}");
    stage.strike().await;
}

/// A page of a browser that keeps no files in its tables, as WebKit does where a window is to leave nothing behind, and
/// whose line takes none.
const KEEPS_NO_FILES: &str = "<!doctype html><title>Keeps no files</title><link rel=icon href=data:,><script>\
    const { put } = IDBObjectStore.prototype;\
    IDBObjectStore.prototype.put = function (entry) {\
      if (entry.files.some(({ blob }) => blob)) throw new DOMException('no files', 'DataCloneError');\
      return put.call(this, entry);\
    };\
    XMLHttpRequest.prototype.send = function () {\
      setTimeout(() => this.dispatchEvent(new Event('error')));\
    }</script><script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\"></script>";

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_file_survives_a_reload_in_a_browser_that_keeps_no_files() {
    let stage = Stage::set("school").await;
    let disk = tempfile::tempdir().expect("a folder");
    stage.browser.speak("en").await;
    stage.pages.add("keeps_no_files.html", KEEPS_NO_FILES);
    stage.open("keeps_no_files.html").await;
    stage.browser.eval("return Buoy('newTicket')").await;
    let file = disk.path().join("bill.log");
    fs::write(&file, "what I paid").expect("a file");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.type_into("subject", "Cannot pay").await;
    stage.browser.type_into("body", "The card is refused").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;

    // Any page of the site sends what another left.
    stage.open("plain.html").await;
    let ticket = wait::until("the ticket at the desk", || async { tickets_at_the_desk(&stage).await.pop() }).await;
    let path = path_at_the_desk(&ticket);
    let full = stage.site.staff().get(&path).send().await.expect(200).value();
    let files = full["messages"][0]["attachments"].as_array().cloned().unwrap_or_default();
    assert_eq!(files.len(), 1, "{full:#}");
    assert_eq!(files[0]["name"], "bill.log");
    let path = format!("/api/support/uploads/{}/", files[0]["id"].as_str().expect("an id"));
    assert_eq!(stage.site.staff().get(&path).send().await.expect(200).text(), "what I paid");
    stage.strike().await;
}

/// On either side of the line.
async fn nothing_is_lost_doubled_or_out_of_order(train: &Journey) {
    for tab in 0..TICKETS {
        train.sit_at(tab).await;
        train.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
        let shown = "Array.from(document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=message]'), \
                     (node) => node.innerText.match(/message \\d\\d|ticket \\d from the train/)?.[0])";
        let expected = expected(tab);
        let all_sent = format!(
            "({shown}).length >= {} && \
             !document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=message][data-pending]')",
            expected.len()
        );
        train.browser.wait_until(&all_sent).await;
        assert_eq!(train.browser.eval(&format!("return {shown}")).await, json!(expected), "what tab {tab} shows");
    }
    let written = MESSAGES + TICKETS;
    wait::until("everything at the desk", || async {
        let all: usize = train.at_the_desk().await.iter().map(|ticket| texts(ticket).len()).sum();
        (all >= written).then_some(())
    })
    .await;
    let tickets = train.at_the_desk().await;
    assert_eq!(tickets.len(), TICKETS, "each ticket once: {tickets:#?}");
    for (tab, ticket) in tickets.iter().enumerate() {
        assert_eq!(texts(ticket), expected(tab), "thread {tab} at the desk");
        let files = ticket["messages"][0]["attachments"].as_array().cloned().unwrap_or_default();
        assert_eq!(files.len(), 1, "one file each: {files:#?}");
        assert_eq!(files[0]["name"], format!("file-{tab}.txt"));
        let path = format!("/api/support/uploads/{}/", files[0]["id"].as_str().expect("an id"));
        let stored = train.site.staff().get(&path).send().await.expect(200);
        assert_eq!(stored.text(), format!("what is in file {tab}"));
    }
}
