//! How much is measured: the arguments, and every number of repetitions.

use std::time::Duration;

use anyhow::{Result, bail};

/// What a run does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Fewer repetitions.
    pub(crate) quick: bool,
    /// Write BENCHMARKS.md too.
    pub(crate) write: bool,
    /// One bit for each section that is wanted.
    sections: u32,
}

impl Plan {
    /// Reads `--quick`, `--write` and `--only a,b`.
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>, known: &[&str]) -> Result<Self> {
        let mut plan = Self { quick: false, write: false, sections: u32::MAX };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => plan.quick = true,
                "--write" => plan.write = true,
                "--only" => plan.sections = sections(&arguments.next().unwrap_or_default(), known)?,
                other => bail!("unknown argument {other:?}; known are --quick, --write and --only {}", known.join(",")),
            }
        }
        if plan.write && plan.sections != u32::MAX {
            bail!("--write publishes a whole run, --only measures a part: use one of them");
        }
        Ok(plan)
    }

    pub(crate) fn wants(&self, known: &[&str], name: &str) -> bool {
        known.iter().position(|known| *known == name).is_some_and(|bit| self.sections & (1 << bit) != 0)
    }

    const fn choose(self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    /// Pairs of page loads with and without the tag; the budget names 15.
    pub(crate) const fn pairs(self) -> usize {
        self.choose(15, 3)
    }

    /// Openings of the panel, and banners, of each kind. Odd, so that the median is a measured value.
    pub(crate) const fn openings(self) -> usize {
        self.choose(9, 3)
    }

    /// Fresh workerds for the start-up time.
    pub(crate) const fn starts(self) -> usize {
        self.choose(15, 5)
    }

    /// Every how many phrases the peers of the search engine are asked: the slowest take a minute for all.
    pub(crate) const fn peer_phrases_step(self) -> usize {
        self.choose(1, 4)
    }

    /// Phrases typed key by key.
    pub(crate) const fn phrases(self) -> usize {
        self.choose(usize::MAX, 3)
    }

    /// Turns that ours and the peer take at each cell of the throughput table.
    pub(crate) const fn rounds(self) -> usize {
        self.choose(5, 1)
    }

    /// How long one turn lasts: long enough for some hundred writes, which are bound by the disk.
    pub(crate) const fn turn(self) -> Duration {
        Duration::from_millis(if self.quick { 1_000 } else { 3_000 })
    }
}

fn sections(list: &str, known: &[&str]) -> Result<u32> {
    list.split(',').try_fold(0, |bits, name| match known.iter().position(|known| *known == name) {
        Some(bit) => Ok(bits | (1 << bit)),
        None => bail!("no section {name:?}; there are {}", known.join(", ")),
    })
}
