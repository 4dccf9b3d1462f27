//! `cargo xtask telegram set-webhook`: tells Telegram where a bot's updates go, and the secret that each must show.
//!
//! The tokens come from the environment, as the worker has them: `SUPPORT_BOT_TOKEN` and `TELEGRAM_BOT_TOKEN`. They are
//! never printed.

use anyhow::{Context as _, Result, bail};
use buoy_shared::telegram::secret;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use ureq::Agent;

use crate::progress::note;

/// What to do with a bot.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Register where a bot's updates go, and its menu of commands.
    SetWebhook {
        /// Which bot.
        #[arg(long, value_enum, default_value = "support")]
        bot: Bot,
        /// The deployed edge, such as https://buoy.example.com.
        #[arg(long)]
        url: String,
        /// Telegram's Bot API.
        #[arg(long, default_value = "https://api.telegram.org")]
        api: String,
    },
}

/// Which bot.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Bot {
    /// The agents'.
    Support,
    /// The customers'.
    Customer,
}

/// The menu that an app shows, of commands that need nothing behind them.
const AGENT_COMMANDS: [(&str, &str); 7] = [
    ("tickets", "Open tickets, the most urgent first"),
    ("my", "Assigned to me"),
    ("sla", "Past or near their due time"),
    ("stats", "Figures of the last day"),
    ("status", "State of the system"),
    ("oncall", "Who is on call"),
    ("start", "Access and commands"),
];
const CUSTOMER_COMMANDS: [(&str, &str); 2] = [("start", "Open a ticket"), ("tickets", "My tickets")];

pub(crate) fn telegram(action: &Action) -> Result<()> {
    let Action::SetWebhook { bot, url, api } = action;
    let variable = bot.token_variable();
    let token = std::env::var(variable).with_context(|| format!("set {variable} to the bot's token"))?;
    let address = set_webhook(*bot, &token, url, api)?;
    note(&format!("updates of the {} bot go to {address}", bot.word()));
    Ok(())
}

impl Bot {
    const fn token_variable(self) -> &'static str {
        match self {
            Self::Support => "SUPPORT_BOT_TOKEN",
            Self::Customer => "TELEGRAM_BOT_TOKEN",
        }
    }

    /// The word in the path that its updates go to.
    const fn word(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Customer => "customer",
        }
    }

    const fn commands(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Support => &AGENT_COMMANDS,
            Self::Customer => &CUSTOMER_COMMANDS,
        }
    }
}

/// Registers where a bot's updates go, and its menu; gives the address.
fn set_webhook(bot: Bot, token: &str, url: &str, api: &str) -> Result<String> {
    let address = format!("{}/api/support/telegram/{}/", url.trim_end_matches('/'), bot.word());
    let webhook = json!({
        "url": address, "secret_token": secret::of_token(token), "allowed_updates": ["message", "callback_query"],
    });
    call(api, token, "setWebhook", &webhook)?;
    let menu: Vec<Value> =
        bot.commands().iter().map(|(command, text)| json!({ "command": command, "description": text })).collect();
    call(api, token, "setMyCommands", &json!({ "commands": menu }))?;
    Ok(address)
}

/// Calls a method; what Telegram says of a refusal holds no secret, the address does.
fn call(api: &str, token: &str, method: &str, body: &Value) -> Result<()> {
    let http = Agent::new_with_config(Agent::config_builder().http_status_as_error(false).build());
    let address = format!("{}/bot{token}/{method}", api.trim_end_matches('/'));
    let Ok(mut answer) = http.post(&address).send_json(body) else { bail!("{method}: Telegram did not answer") };
    let said: Value = answer.body_mut().read_json().unwrap_or_default();
    if said.get("ok") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    bail!("{method}: {}", said.get("description").and_then(Value::as_str).unwrap_or("refused"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// Answers so many calls by this body, one after the other; gives them as they came.
    fn telegram_that_says(body: &'static str, calls: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let api = format!("http://{}/", listener.local_addr().expect("an address"));
        let serve = move || {
            let (mut stream, _) = listener.accept().expect("a call");
            let mut seen = Vec::new();
            let mut buffer = [0; 4_096];
            while !is_whole(&seen) {
                let read = stream.read(&mut buffer).expect("bytes");
                assert!(read > 0, "the call broke off: {}", String::from_utf8_lossy(&seen));
                seen.extend_from_slice(&buffer[..read]);
            }
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            write!(stream, "{head}{body}").expect("an answer");
            String::from_utf8(seen).expect("UTF-8")
        };
        (api, std::thread::spawn(move || (0..calls).map(|_| serve()).collect()))
    }

    /// Whether a request has come with the whole of its body.
    fn is_whole(seen: &[u8]) -> bool {
        let text = String::from_utf8_lossy(seen).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        length.is_none_or(|length: usize| body.len() >= length)
    }

    fn body_of(call: &str) -> Value {
        serde_json::from_str(call.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
    }

    #[test]
    fn b_telegram_is_told_where_updates_go_the_secret_that_each_must_show_and_the_menu() {
        for (bot, word, first) in [(Bot::Support, "support", "tickets"), (Bot::Customer, "customer", "start")] {
            let (api, server) = telegram_that_says(r#"{"ok":true,"result":true}"#, 2);
            let address = set_webhook(bot, "1:t", "https://help.example.com/", &api).expect("it is taken");
            assert_eq!(address, format!("https://help.example.com/api/support/telegram/{word}/"));
            let calls = server.join().expect("the server ends");
            assert!(calls[0].starts_with("POST /bot1:t/setWebhook "), "{}", calls[0]);
            assert_eq!(
                body_of(&calls[0]),
                json!({ "url": address, "secret_token": secret::of_token("1:t"), "allowed_updates": ["message", "callback_query"] })
            );
            assert!(calls[1].starts_with("POST /bot1:t/setMyCommands "), "{}", calls[1]);
            assert_eq!(body_of(&calls[1])["commands"][0]["command"], first);
        }
    }

    #[test]
    fn a_refusal_of_telegram_is_told_without_the_token() {
        let (api, server) = telegram_that_says(r#"{"ok":false,"description":"Unauthorized"}"#, 1);
        let refused = set_webhook(Bot::Support, "1:t", "https://help.example.com", &api).expect_err("a refusal");
        assert_eq!(refused.to_string(), "setWebhook: Unauthorized");
        server.join().expect("the server ends");
        let silent = set_webhook(Bot::Support, "1:secret", "https://help.example.com", &api).expect_err("nobody there");
        assert!(!format!("{silent:?}").contains("secret"), "{silent:?}");
    }
}
