//! From nothing to the first answer: the worker on a fresh workerd, and the whole local edge.

use std::{process::Stdio, time::Instant};

use anyhow::{Context as _, Result, bail};
use buoy_tests::{edge::Edge, root::root};
use serde::Deserialize;
use tokio::task::block_in_place;

use crate::{
    plan::Plan,
    report::{Budget, Section},
    served::build_hono,
    stats::{Sample, ms},
    tables::Table,
};

/// The budget of the design.
const WORKER_MS_MAX: f64 = 50.0;

/// What `startup.mjs` prints.
#[derive(Debug, Deserialize)]
struct Starts {
    empty: Vec<f64>,
    worker: Vec<f64>,
}

pub(crate) async fn measure(plan: Plan) -> Result<Section> {
    let mut section = Section::new("Start-up");
    let mut table = Table::new(&["fresh workerd to first answer, over an empty worker", "min", "median", "max"]);
    let mut ours = f64::NAN;
    for (name, main) in [("the peer (Hono)", build_hono()?), ("the edge", root().join("edge/build/index.js"))] {
        let mut node = std::process::Command::new("node");
        node.arg(root().join("tests/bench/startup.mjs")).arg(main).arg(plan.starts().to_string());
        let output = block_in_place(|| node.stderr(Stdio::inherit()).output()).context("node was not found")?;
        if !output.status.success() {
            bail!("startup.mjs ended with {}", output.status);
        }
        let Starts { empty, worker } =
            serde_json::from_slice(&output.stdout).context("startup.mjs printed no figures")?;
        let base = Sample::new(empty).median();
        let extra = Sample::new(worker.iter().map(|took| took - base));
        table.row(std::iter::once(name.to_owned()).chain(extra.spread(ms)));
        section.keep(name, &worker);
        ours = extra.median();
    }
    section.table(table);

    let mut table = Table::new(&["the whole local edge", "min", "median", "max"]);
    let mut starts = Vec::new();
    for _ in 0..plan.openings() {
        let began = Instant::now();
        let edge = block_in_place(Edge::start);
        starts.push(began.elapsed().as_secs_f64() * 1e3);
        drop(edge);
    }
    let spread = Sample::new(starts.iter().copied()).spread(ms);
    table.row(std::iter::once("spawn to serving, with fresh state and all migrations".to_owned()).chain(spread));
    section.table(table);
    section.keep("edge_ms", starts);
    section.note(
        "workerd reports no start-up time. The first figure is an upper bound of it: reading and compiling the modules, the \
         global scope and the first request, less what the same costs with an empty worker.",
    );
    section.budget(Budget::at_most("worker start-up", WORKER_MS_MAX, ours, ms));
    Ok(section)
}
