//! The edge beside a Hono worker doing the same: the same machine, the same workerd, the same minutes.
//!
//! The two take turns (A B, B A, …), so that whatever else the machine does hits both. The median turn counts.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::{
    load::{Turn, turn},
    plan::Plan,
    report::{Budget, Section},
    served::{EDGE, HONO, Served, build_hono},
    stats::{Sample, ms, ratio},
    subject::{Endpoint, Subject, compare, put_sites},
    tables::Table,
};

const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Before each turn, uncounted: new connections, and whatever the other's turn pushed out of a cache.
const WARM_UP: Duration = Duration::from_millis(300);

/// Once at the start: compiled code, caches of policies, pages of the database.
const FIRST_WARM_UP: Duration = Duration::from_millis(1_500);

/// Requests a second, then milliseconds: processor time of workerd for one request, and how long an answer took.
const HEAD: [&str; 10] = [
    "endpoint, connections",
    "edge req/s",
    "Hono req/s",
    "ratio",
    "edge processor",
    "Hono processor",
    "edge p50",
    "edge p99",
    "Hono p50",
    "Hono p99",
];

/// The budget of the design.
const RATIO_MIN: f64 = 1.0;

/// All turns of one worker at one cell.
#[derive(Default)]
struct Cell {
    rates: Vec<f64>,
    processor_ms: Vec<f64>,
    latencies: Vec<f64>,
}

impl Cell {
    fn add(&mut self, turn: Turn) {
        self.rates.push(turn.requests_per_second);
        self.processor_ms.push(turn.processor_ms);
        self.latencies.extend(turn.latencies);
    }
}

pub(crate) async fn measure(plan: Plan) -> Result<Section> {
    build_hono()?;
    let (edge, peer) = block_in_place(|| anyhow::Ok((Served::start(EDGE)?, Served::start(HONO)?)))?;
    put_sites(&edge, &peer).await?;
    let (ours, hono) = (Subject::new("the edge", edge).await?, Subject::new("the peer", peer).await?);
    let (ours, hono) = (&Arc::new(ours), &Arc::new(hono));
    let odd_headers = compare(ours, hono).await?;
    for (subject, endpoint) in [ours, hono].into_iter().flat_map(|subject| Endpoint::ALL.map(|one| (subject, one))) {
        turn(subject, endpoint, 16, FIRST_WARM_UP).await?;
    }

    let mut section = Section::new("Throughput, beside a Hono worker doing the same");
    let mut table = Table::new(&HEAD);
    let mut data = Vec::new();
    for endpoint in Endpoint::ALL {
        let mut relations = Vec::new();
        for connections in CONNECTIONS {
            let cells = take_turns(plan, [ours, hono], endpoint, connections).await?;
            relations.push(describe(&mut table, &mut data, endpoint, connections, cells));
        }
        section.budget(budget(endpoint, relations));
    }
    section.table(table);
    section.keep("cells", data);
    if !odd_headers.is_empty() {
        section.note(&format!("Headers that only one of the two sends: {}.", odd_headers.join(", ")));
    }
    section.note(&format!(
        "{} x {} s for each, by turns, over kept-alive connections on loopback; requests a second are the median turn. Both run \
         under `edge/dev/serve.mjs` with D1 and KV on disk, on the same tables and indexes, and count in an object of their own. Before the run their answers are compared: same status, fields and \
         promises. The processor columns are what workerd spent on one request, storage included; they are steadier than the \
         rates on a busy machine. The budget's figure is the geometric mean of an endpoint's three ratios. Writes wait for the \
         disk, so their ratio says more about SQLite than about us.",
        plan.rounds(),
        plan.turn().as_secs()
    ));
    Ok(section)
}

/// The promise for one endpoint: its mean over the numbers of connections, and the worst of them beside it.
fn budget(endpoint: Endpoint, relations: Vec<f64>) -> Budget {
    let relations = Sample::new(relations);
    let what = format!("throughput over Hono: {}", endpoint.name());
    let worst = format!("worst {}", ratio(relations.min()));
    Budget::at_least(&what, RATIO_MIN, relations.geometric_mean(), ratio).explained(&worst)
}

async fn take_turns(
    plan: Plan,
    subjects: [&Arc<Subject>; 2],
    endpoint: Endpoint,
    connections: usize,
) -> Result<[Cell; 2]> {
    let mut cells = [Cell::default(), Cell::default()];
    for round in 0..plan.rounds() {
        let mut order: Vec<(&Arc<Subject>, &mut Cell)> = subjects.into_iter().zip(&mut cells).collect();
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
    let processor = [&ours, &hono].map(|cell| Sample::new(cell.processor_ms.iter().copied()).median());
    let times = [&ours, &hono].map(|cell| {
        let latencies = Sample::new(cell.latencies.iter().copied());
        [latencies.median(), latencies.percentile(99)]
    });
    let relation = our_rate / hono_rate;
    data.push(json!({
        "endpoint": endpoint.name(), "connections": connections, "ratio": relation,
        "edge": { "requests_per_second": ours.rates, "processor_ms": ours.processor_ms, "p50_p99_ms": times[0] },
        "hono": { "requests_per_second": hono.rates, "processor_ms": hono.processor_ms, "p50_p99_ms": times[1] },
    }));
    let name = format!("{}, {connections}", endpoint.name());
    let cells = [name, format!("{our_rate:.0}"), format!("{hono_rate:.0}"), ratio(relation)];
    table.row(cells.into_iter().chain(processor.into_iter().chain(times.into_iter().flatten()).map(ms)));
    relation
}
