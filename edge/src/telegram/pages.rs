//! On call by the bot: who it is, and taking a page.

use super::Turn;
use crate::error::ApiError;
use crate::handlers::on_call::{acknowledge_page, on_call_now};
use crate::store::agents::Agent;
use buoy_shared::delivery::words::instant;
use buoy_shared::telegram::reply::{Said, say};

impl Turn<'_> {
    pub(super) async fn on_call(&mut self, agent: &Agent) -> Result<(), ApiError> {
        let levels = on_call_now(&self.db, &agent.site_id, self.cx.now).await?;
        let lines: Vec<String> = levels
            .iter()
            .filter_map(|level| {
                let until = level.until.map(instant).unwrap_or_default();
                Some(format!("{}: {} → {until}", level.level, level.name.as_deref()?))
            })
            .collect();
        let text = if lines.is_empty() { say(Said::NobodyOnCall, self.russian).to_owned() } else { lines.join("\n") };
        self.say(&text);
        Ok(())
    }

    pub(super) async fn acknowledge(&mut self, agent: &Agent, page: &str) -> Result<(), ApiError> {
        let said = match acknowledge_page(self.cx, &self.db, agent, page).await {
            Ok(_) => Said::Acknowledged,
            Err(error) if error.is_conflict() => Said::AlreadyTaken,
            Err(error) => return Err(error),
        };
        self.say(say(said, self.russian));
        Ok(())
    }
}
