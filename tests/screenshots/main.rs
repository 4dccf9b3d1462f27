//! `cargo xtask screenshots`: what a visitor sees, as pictures to look at.
//!
//! Every view × desktop and phone × light and dark × English, Russian and Arabic, into `target/buoy/screenshots`, named
//! `<view>.<device>.<theme>.<locale>.png`. With `--readme` four of them are also written to `docs/screenshots`, as
//! `<view>.png` and at half size.
//!
//! It walks through the demo page as a person would, by the stable hooks alone, and fails on any error a page makes. It
//! waits for conditions, never for durations. It judges nothing: looking at the pictures is for people.

mod walk;
mod words;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use buoy_tests::{
    demo,
    edge::Edge,
    root::{product, root},
};
use serde_json::json;

use crate::{
    walk::{Look, Place},
    words::{WORDS, Words},
};

/// The four that a reader of the README sees, there by the names of their views.
const FOR_README: [&str; 4] =
    ["home.desktop.light.en", "banner.desktop.light.en", "search.desktop.light.en", "thread.phone.dark.ru"];

#[tokio::main]
async fn main() -> Result<()> {
    let for_readme: &[&str] = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => &[],
        [flag] if flag == "--readme" => &FOR_README,
        other => bail!("unknown arguments {other:?}; known is --readme"),
    };
    let (pictures, readme) = (root().join("target/buoy/screenshots"), root().join("docs/screenshots"));
    empty(&pictures)?;
    if !for_readme.is_empty() {
        fs::create_dir_all(&readme).with_context(|| format!("could not make {}", readme.display()))?;
    }
    let _exists = product("assets/index.html");
    for words in &WORDS {
        let edge = Edge::start();
        let (policy, articles) =
            if words.locale == "ar" { words::arabic() } else { (demo::policy(), demo::articles()) };
        let staff = demo::put_site(&edge, &[&edge.url()], words.agent, &policy, &articles).await;
        let Words { incident, incident_body, .. } = words;
        let draft = json!({ "title": incident, "body": incident_body, "impact": "major", "components": ["payments"] });
        let _declared = staff.post("/api/support/incidents/").json(&draft).send().await.expect(201);
        for look in Look::ALL {
            let place =
                Place { url: edge.url(), staff: staff.clone(), pictures: &pictures, readme: &readme, for_readme };
            walk::walk(&place, words, look).await?;
            eprintln!("taken: {}.{}.{}", look.device(), look.theme(), words.locale);
        }
    }
    eprintln!("{} pictures in {}", fs::read_dir(&pictures)?.count(), pictures.display());
    Ok(())
}

/// Pictures of an earlier run would be looked at as if they were new.
fn empty(folder: &PathBuf) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))
}
