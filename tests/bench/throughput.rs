//! The edge beside a Hono worker doing the same: the same machine, the same workerd, the same minutes.
//!
//! The two take turns (A B, B A, …), so that whatever else the machine does hits both. The median turn counts.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{
    fixture::Fixture,
    load::{Turn, turn},
    peer::Peer,
    plan::Plan,
    report::{Budget, Section},
    stats::{Sample, ms, ratio},
    subject::{Endpoint, ORIGIN, Subject, compare, copy_site},
    tables::Table,
};

const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Before each turn, uncounted: new connections, and whatever the other's turn pushed out of a cache.
const WARM_UP: Duration = Duration::from_millis(300);

/// Once at the start: compiled code, caches of policies, pages of the database.
const FIRST_WARM_UP: Duration = Duration::from_millis(1_500);

/// The budget of the design.
const RATIO_MIN: f64 = 1.0;

/// All turns of one worker at one cell.
#[derive(Default)]
struct Cell {
    rates: Vec<f64>,
    latencies: Vec<f64>,
}

impl Cell {
    fn add(&mut self, turn: Turn) {
        self.rates.push(turn.requests_per_second);
        self.latencies.extend(turn.latencies);
    }
}

pub(crate) async fn measure(plan: Plan) -> Result<Section> {
    let fixture = Fixture::start(ORIGIN).await?;
    let peer = tokio::task::block_in_place(Peer::start)?;
    copy_site(&fixture, peer.port).await?;
    let port = fixture.edge.url().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).context("the edge's port")?;
    // Leaked, because every connection's task asks them; the bench ends soon after.
    let ours: &Subject = Box::leak(Box::new(Subject::new("the edge", port, &fixture.site.id).await?));
    let hono: &Subject = Box::leak(Box::new(Subject::new("the peer", peer.port, &fixture.site.id).await?));
    let odd_headers = compare(ours, hono).await?;
    for (subject, endpoint) in [ours, hono].into_iter().flat_map(|subject| Endpoint::ALL.map(|one| (subject, one))) {
        turn(subject, endpoint, 16, FIRST_WARM_UP).await?;
    }

    let mut section = Section::new("Throughput, beside a Hono worker doing the same");
    let head = ["endpoint, connections", "edge req/s", "Hono req/s", "ratio", "edge p50", "p99", "Hono p50", "p99"];
    let mut table = Table::new(&head);
    let mut worst = BTreeMap::<&str, f64>::new();
    let mut data = Vec::new();
    for endpoint in Endpoint::ALL {
        for connections in CONNECTIONS {
            let cells = take_turns(plan, [ours, hono], endpoint, connections).await?;
            let relation = describe(&mut table, &mut data, endpoint, connections, cells);
            let lowest = worst.entry(endpoint.name()).or_insert(f64::INFINITY);
            *lowest = lowest.min(relation);
        }
    }
    section.table(table);
    section.keep("cells", data);
    if !odd_headers.is_empty() {
        section.note(&format!("Headers that only one of the two sends: {}.", odd_headers.join(", ")));
    }
    section.note(&format!(
        "{} x {} s for each, by turns, over kept-alive connections on loopback; requests a second are the \
         median turn. Both run under `edge/dev/serve.mjs` with D1 and KV on disk. Before the run their answers are compared: same \
         status, fields and promises. Writes wait for the disk, so their ratio says more about SQLite than about us.",
        plan.rounds(),
        plan.turn().as_secs()
    ));
    for (name, lowest) in worst {
        let what = format!("throughput over Hono, {name}, worst of 1, 16 and 64 connections");
        section.budget(Budget::at_least(&what, RATIO_MIN, lowest, ratio));
    }
    Ok(section)
}

async fn take_turns(
    plan: Plan,
    subjects: [&'static Subject; 2],
    endpoint: Endpoint,
    connections: usize,
) -> Result<[Cell; 2]> {
    let mut cells = [Cell::default(), Cell::default()];
    for round in 0..plan.rounds() {
        let mut order: Vec<(&Subject, &mut Cell)> = subjects.into_iter().zip(&mut cells).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (subject, cell) in order {
            turn(subject, endpoint, connections, WARM_UP).await?;
            cell.add(turn(subject, endpoint, connections, plan.turn()).await?);
        }
    }
    Ok(cells)
}

/// Adds a row; gives the ratio of the medians.
fn describe(
    table: &mut Table,
    data: &mut Vec<Value>,
    endpoint: Endpoint,
    connections: usize,
    [ours, hono]: [Cell; 2],
) -> f64 {
    let rates = [&ours, &hono].map(|cell| Sample::new(cell.rates.iter().copied()));
    let [our_rate, hono_rate] = rates.map(|rates| rates.median());
    let times = [&ours, &hono].map(|cell| {
        let latencies = Sample::new(cell.latencies.iter().copied());
        [latencies.median(), latencies.percentile(99)]
    });
    let relation = our_rate / hono_rate;
    data.push(json!({
        "endpoint": endpoint.name(), "connections": connections, "ratio": relation,
        "edge": { "requests_per_second": ours.rates, "p50_p99_ms": times[0] },
        "hono": { "requests_per_second": hono.rates, "p50_p99_ms": times[1] },
    }));
    let name = format!("{}, {connections}", endpoint.name());
    let cells = [name, format!("{our_rate:.0}"), format!("{hono_rate:.0}"), ratio(relation)];
    table.row(cells.into_iter().chain(times.into_iter().flatten().map(ms)));
    relation
}
