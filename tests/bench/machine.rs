//! On what was measured: the machine's size, the date, the versions that decide the figures. No names of machines.

use std::{fs, process::Command, thread};

use anyhow::{Context as _, Result};
use buoy_shared::time::Timestamp;
use buoy_tests::root::root;
use serde_json::Value;

/// Pairs of name and value, in the order in which they are shown.
pub(crate) fn facts() -> Result<Vec<(String, String)>> {
    let cores = thread::available_parallelism().context("the number of cores is unknown")?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
    let date = Timestamp::from_millis(i64::try_from(now)?).to_rfc3339();
    let facts = [
        ("date (UTC)", date.chars().take(16).collect::<String>().replace('T', " ")),
        ("cores", cores.to_string()),
        ("memory", memory()?),
        ("busy before the run (load average of a minute)", load_average()?),
        ("workerd", package_version("workerd")?),
        ("Chromium", chromium_version()?),
        ("Node", said_by("node", "--version")?.trim_start_matches('v').to_owned()),
        ("Hono (the peer)", package_version("hono")?),
    ];
    Ok(facts.map(|(name, value)| (name.to_owned(), value)).into())
}

fn memory() -> Result<String> {
    let text = fs::read_to_string("/proc/meminfo").context("/proc/meminfo tells the memory")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:")).context("MemTotal is missing")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(format!("{} GiB", (kibibytes + (1 << 19)) >> 20))
}

fn load_average() -> Result<String> {
    let text = fs::read_to_string("/proc/loadavg").context("/proc/loadavg tells the load")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}

fn package_version(package: &str) -> Result<String> {
    let file = root().join("node_modules").join(package).join("package.json");
    let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    let json: Value = serde_json::from_str(&text)?;
    Ok(json.get("version").and_then(Value::as_str).context("a package without a version")?.to_owned())
}

fn chromium_version() -> Result<String> {
    let text = said_by("chromium", "--version")?;
    Ok(text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap_or("?").to_owned())
}

fn said_by(program: &str, argument: &str) -> Result<String> {
    let output = Command::new(program).arg(argument).output().with_context(|| format!("{program} was not found"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
