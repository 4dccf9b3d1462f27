//! A way to the edge that can be cut: for engines that cannot be put offline themselves.

use std::sync::Arc;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A forwarder of connections. It ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct Line {
    port: u16,
    is_cut: Arc<watch::Sender<bool>>,
}

impl Line {
    /// A line to a port on loopback.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let is_cut = Arc::new(watch::Sender::new(false));
        let cuts = Arc::clone(&is_cut);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(forward(near, target, cuts.subscribe()));
            }
        });
        Self { port, is_cut }
    }

    /// The address of its near end, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Cuts it, open connections too, or joins it again.
    pub fn cut(&self, is_cut: bool) {
        self.is_cut.send_replace(is_cut);
    }
}

/// Carries bytes both ways until either end has done, or the line is cut.
async fn forward(mut near: TcpStream, target: u16, mut is_cut: watch::Receiver<bool>) {
    if *is_cut.borrow() {
        return;
    }
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
    tokio::select! {
        _ended = copy_bidirectional(&mut near, &mut far) => {}
        _cut = is_cut.wait_for(|is_cut| *is_cut) => {}
    }
}
