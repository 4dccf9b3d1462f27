//! What awaits: an answer of the edge, or of the browser, and what to do with it while the panel is still there.
//!
//! What a call does is compiled once: only putting it into text and reading its answer belong to a route.

use crate::app::App;
use crate::client::{self, Ask, Call, Failure};
use buoy_shared::api::Endpoint;
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::spawn_local;

impl App {
    /// Calls the edge, then `act` with its answer, unless the panel is gone by then. What was asked in one visitor's name
    /// is dropped when somebody else is here meanwhile.
    pub(crate) fn call<E: Endpoint>(
        self,
        ask: Ask<'_>,
        body: &E::Request,
        act: impl FnOnce(Result<E::Response, Failure>) + 'static,
    ) {
        self.call_as::<E, E::Response>(ask, body, act);
    }

    /// A call whose answer is read as another type of the same JSON; see `tagged`.
    pub(crate) fn call_as<E: Endpoint, T: DeserializeOwned>(
        self,
        ask: Ask<'_>,
        body: &E::Request,
        act: impl FnOnce(Result<T, Failure>) + 'static,
    ) {
        let call = self.parts().client.prepare::<E>(&ask, body);
        self.send(call, Box::new(move |answer| act(client::read(answer))));
    }

    fn send(self, call: Call, act: Box<dyn FnOnce(Result<String, Failure>)>) {
        let parts = self.parts();
        let turn = parts.client.sessions.turn();
        let work = async move {
            let answer = parts.client.send(&call).await;
            let is_theirs = call.needs_token && parts.client.sessions.turn() != turn;
            (answer, is_theirs)
        };
        self.after(work, move |(answer, is_theirs)| {
            if !is_theirs {
                act(answer);
            }
        });
    }

    /// Does something that awaits, then `act` with its answer, unless the panel is gone by then.
    pub(crate) fn after<T: 'static>(self, work: impl Future<Output = T> + 'static, act: impl FnOnce(T) + 'static) {
        spawn_local(async move {
            let answer = work.await;
            if self.try_parts().is_some() {
                act(answer);
            }
        });
    }
}
