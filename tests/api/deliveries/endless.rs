//! Whoever is told may answer without end: we read how it begins, hang up, and go by its status.

use super::destination;
use crate::incident_life::declare;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Response;
use buoy_shared::api::DestinationTrial;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::receiver::{Behaviour, Receiver};
use buoy_tests::wait;
use flate2::{Compression, write::GzEncoder};
use futures_util::stream;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io::Write as _;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// Long enough that whoever reads until then has read much more than [`SENT_BYTES_MAX`].
const TIMEOUT_MS: u32 = 10_000;
/// A piece of an answer, and how long the next one takes: slow enough to fill no memory of the machine that tests.
const PIECE_BYTES: usize = 16 * 1024;
const PAUSE: Duration = Duration::from_millis(10);
/// What may be on its way until whoever has read enough hangs up.
const SENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What a compressed answer says before it comes to the point: a few kilobytes, as they are sent.
const PADDING_BYTES: usize = 2 * 1024 * 1024;
/// The status by which an answer is compressed, and has an end.
const COMPRESSED: u16 = 299;

/// A third party that says back what it was told, and then goes on without end.
struct Endless {
    port: u16,
    told: Arc<Told>,
}

struct Told {
    status: AtomicU16,
    calls: AtomicUsize,
    /// Bytes of each answer on which somebody hung up.
    ended: Mutex<Vec<usize>>,
}

/// An answer under way. Dropped when the other side hangs up.
struct Answering {
    told: Arc<Told>,
    sent: usize,
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.told.ended.lock().unwrap_or_else(PoisonError::into_inner).push(self.sent);
    }
}

impl Endless {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let (status, calls) = (AtomicU16::new(status), AtomicUsize::new(0));
        let told = Arc::new(Told { status, calls, ended: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&told));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, told }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn calls(&self) -> usize {
        self.told.calls.load(Ordering::Relaxed)
    }

    /// Waits until somebody hung up on so many answers; gives the bytes of each.
    async fn hung_up(&self, count: usize) -> Vec<usize> {
        wait::until(&format!("{count} answers that nobody reads any more"), || async {
            let ended = self.told.ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
            (ended.len() >= count).then_some(ended)
        })
        .await
    }
}

async fn answer(State(told): State<Arc<Told>>, said: Bytes) -> Response<Body> {
    told.calls.fetch_add(1, Ordering::Relaxed);
    let status = told.status.load(Ordering::Relaxed);
    if status == COMPRESSED {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&vec![b' '; PADDING_BYTES]).and_then(|()| packer.write_all(&said)).expect("memory");
        let packed = Body::from(packer.finish().expect("memory"));
        return Response::builder().header("content-encoding", "gzip").body(packed).expect("a valid answer");
    }
    let pieces = stream::unfold((Answering { told, sent: 0 }, said), |(mut answering, piece)| async move {
        tokio::time::sleep(PAUSE).await;
        answering.sent += piece.len();
        Some((Ok::<_, Infallible>(piece), (answering, Bytes::from(vec![b' '; PIECE_BYTES]))))
    });
    Response::builder().status(status).body(Body::from_stream(pieces)).expect("a valid answer")
}

fn edge_of(telegram: &str) -> Edge {
    let settings = json!({ "loopback": true, "timeout_ms": TIMEOUT_MS, "telegram": telegram }).to_string();
    Edge::with_test_clock_and(&[("DELIVERY", &settings), ("SUPPORT_BOT_TOKEN", "77:agents")])
}

async fn subscribe(edge: &Edge, site: &Site, address: &str) {
    let path = format!("/status/subscribe?site={}&locale=en", site.id);
    let form = format!("address={address}/in");
    edge.client().post(&path).body(form, "application/x-www-form-urlencoded").send().await.expect(200);
}

/// Lets incidents happen until somebody has heard of one.
async fn news_reach(edge: &Edge, site: &Site, heard: impl Fn() -> bool) {
    wait::until("news that reach a webhook", || async {
        declare(&site.staff(), &json!({ "title": "Slow", "severity": "p3" })).await;
        edge.run_cron().await;
        heard().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_strangers_webhook_that_answers_without_end_is_hung_up_on_and_its_first_words_count() {
    let stranger = Endless::start(200).await;
    let edge = edge_of("");
    let site = edge.new_site("school", &[]).await;
    subscribe(&edge, &site, &stranger.url()).await;
    let sent = stranger.hung_up(1).await;
    assert!(sent[0] < SENT_BYTES_MAX, "{sent:?} bytes");
    news_reach(&edge, &site, || stranger.calls() > 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_compressed_answer_is_read_no_further_than_one_that_is_not() {
    let (stranger, hook) = (Endless::start(COMPRESSED).await, Receiver::start().await);
    hook.behave(|before| if before == 0 { Behaviour::Echo } else { Behaviour::OK });
    let edge = edge_of("");
    let site = edge.new_site("school", &[]).await;
    subscribe(&edge, &site, &stranger.url()).await;
    wait::until("the stranger's challenge", || async { (stranger.calls() == 1).then_some(()) }).await;
    subscribe(&edge, &site, &hook.url()).await;
    wait::until("both challenges to be judged", || async {
        let path = format!("/__test/outbox?site={}", site.id);
        let tasks: Vec<Value> = edge.client().get(&path).send().await.expect(200).json();
        (!tasks.iter().any(|task| task["kind"] == "subscription_asked")).then_some(())
    })
    .await;
    news_reach(&edge, &site, || hook.calls().len() > 1).await;
    assert_eq!(stranger.calls(), 1, "it said the challenge back where nobody reads any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_an_answer_without_end_means_what_its_status_says() {
    let telegram = Endless::start(200).await;
    let edge = edge_of(&telegram.url());
    let site = edge.new_site("school", &[]).await;
    let draft = json!({ "kind": "telegram", "name": "Desk", "address": "-100500", "events": ["*"] });
    let path = format!("/api/support/agent/destinations/{}/test/", destination(&site, &draft).await.0);
    for (at, (status, error)) in
        [(200, None), (500, Some("it answered with a failure")), (403, Some("it is gone"))].into_iter().enumerate()
    {
        telegram.told.status.store(status, Ordering::Relaxed);
        let trial: DestinationTrial = site.staff().post(&path).send().await.expect(200).json();
        let expected =
            DestinationTrial { delivered: error.is_none(), status: Some(status), error: error.map(str::to_owned) };
        assert_eq!(trial, expected);
        let sent = telegram.hung_up(at + 1).await;
        assert!(sent[at] < SENT_BYTES_MAX, "{sent:?} bytes");
    }
}
