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
    let (word, variable, commands) = match bot {
        Bot::Support => ("support", "SUPPORT_BOT_TOKEN", &AGENT_COMMANDS[..]),
        Bot::Customer => ("customer", "TELEGRAM_BOT_TOKEN", &CUSTOMER_COMMANDS[..]),
    };
    let token = std::env::var(variable).with_context(|| format!("set {variable} to the bot's token"))?;
    let address = format!("{}/api/support/telegram/{word}/", url.trim_end_matches('/'));
    let webhook = json!({
        "url": address, "secret_token": secret::of_token(&token), "allowed_updates": ["message", "callback_query"],
    });
    call(api, &token, "setWebhook", &webhook)?;
    let menu: Vec<Value> =
        commands.iter().map(|(command, text)| json!({ "command": command, "description": text })).collect();
    call(api, &token, "setMyCommands", &json!({ "commands": menu }))?;
    note(&format!("updates of the {word} bot go to {address}"));
    Ok(())
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

    #[test]
    fn telegram_is_told_where_updates_go_and_the_secret_that_each_must_show() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let api = format!("http://{}", listener.local_addr().expect("an address"));
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a call");
            let mut seen = String::new();
            let mut buffer = [0; 4_096];
            while !seen.ends_with('}') {
                let read = stream.read(&mut buffer).expect("bytes");
                seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
            let body = r#"{"ok":true}"#;
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("an answer");
            seen
        });
        let body = json!({ "url": "https://a.example/", "secret_token": secret::of_token("1:t") });
        call(&api, "1:t", "setWebhook", &body).expect("it is taken");
        let seen = server.join().expect("the server ends");
        assert!(seen.starts_with("POST /bot1:t/setWebhook"), "{seen}");
        assert!(seen.contains(&secret::of_token("1:t")), "{seen}");
    }
}
