//! Durable Objects: one owner for each thing that must have one.

pub(crate) mod quota;
pub(crate) mod thread;

/// The platform's class around a room of this crate. It stands in the crate of each worker that owns such rooms: what is
/// exported to the platform in a library would be in every worker that uses the library.
#[macro_export]
macro_rules! room {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[worker::durable_object]
        pub struct $name {
            room: $crate::$name,
        }

        impl worker::DurableObject for $name {
            fn new(state: worker::State, env: worker::Env) -> Self {
                Self { room: $crate::$name::new(state, env) }
            }

            async fn fetch(&self, request: worker::Request) -> worker::Result<worker::Response> {
                self.room.fetch(request).await
            }

            async fn alarm(&self) -> worker::Result<worker::Response> {
                self.room.alarm().await
            }

            async fn websocket_message(
                &self,
                socket: worker::WebSocket,
                message: worker::WebSocketIncomingMessage,
            ) -> worker::Result<()> {
                self.room.websocket_message(socket, message).await
            }

            async fn websocket_close(
                &self,
                socket: worker::WebSocket,
                code: usize,
                reason: String,
                was_clean: bool,
            ) -> worker::Result<()> {
                self.room.websocket_close(socket, code, reason, was_clean).await
            }

            async fn websocket_error(&self, socket: worker::WebSocket, error: worker::Error) -> worker::Result<()> {
                self.room.websocket_error(socket, error).await
            }
        }
    };
}
