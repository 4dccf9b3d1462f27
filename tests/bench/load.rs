//! A closed loop of load: each connection asks, waits for the whole answer, asks again.
//!
//! Connections are kept alive and there is nothing between a request and its socket: on a small machine the load and the
//! worker share the cores, so what the load costs is what the worker lacks.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

use crate::subject::{Endpoint, Subject};

/// What one turn found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turn {
    /// Milliseconds of each answer.
    pub(crate) latencies: Vec<f64>,
    pub(crate) requests_per_second: f64,
    /// Milliseconds of processor time that workerd spent on each: unlike the rate, it hardly depends on what else the
    /// machine does meanwhile.
    pub(crate) processor_ms: f64,
}

/// Loads a worker with this many connections for a while. Fails on the first answer that is not 2xx.
pub(crate) async fn turn(
    subject: &Arc<Subject>,
    endpoint: Endpoint,
    connections: usize,
    lasting: Duration,
) -> Result<Turn> {
    let mut senders = Vec::with_capacity(connections);
    for _ in 0..connections {
        senders.push(connect(subject.worker.port).await?);
    }
    let busy_before = subject.worker.processor_seconds()?;
    let began = Instant::now();
    let end = began + lasting;
    let mut loops: JoinSet<Result<Vec<f64>>> = JoinSet::new();
    for mut sender in senders {
        let subject = Arc::clone(subject);
        loops.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < end {
                latencies.push(ask(&mut sender, &subject, endpoint).await?);
            }
            Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(done) = loops.join_next().await {
        latencies.extend(done??);
    }
    let elapsed = began.elapsed().as_secs_f64();
    let busy = subject.worker.processor_seconds()? - busy_before;
    let count = f64::from(u32::try_from(latencies.len()).context("too many answers to count")?);
    Ok(Turn { requests_per_second: count / elapsed, processor_ms: busy * 1e3 / count, latencies })
}

async fn connect(port: u16) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.context("the worker takes no connection")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// One request and its whole answer; gives the milliseconds between.
async fn ask(sender: &mut SendRequest<Full<Bytes>>, subject: &Subject, endpoint: Endpoint) -> Result<f64> {
    let request = subject.request(endpoint)?;
    let began = Instant::now();
    sender.ready().await?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    let took = began.elapsed().as_secs_f64() * 1e3;
    let failure = || format!("{} answered {status}: {}", subject.name, String::from_utf8_lossy(&body));
    ensure!(status.is_success() && !body.is_empty(), failure());
    Ok(took)
}
