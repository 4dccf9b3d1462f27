//! `cargo xtask screenshots`: what a visitor sees, as pictures to look at.
//!
//! Every view × desktop and phone × light and dark × English and Russian, into `target/buoy/screenshots`, named
//! `<view>.<device>.<theme>.<locale>.png`. With `--readme` four of them are also written to `docs/screenshots`, as
//! `<view>.png` and at half size.
//!
//! It walks through the demo page as a person would, by the stable hooks alone, and fails on any error a page makes. It
//! waits for conditions, never for durations. It judges nothing: looking at the pictures is for people.

mod walk;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use buoy_tests::{
    demo,
    edge::Edge,
    root::{product, root},
};
use serde_json::json;

use crate::walk::{Look, Place, Words};

/// English and Russian, as the preset speaks them.
const WORDS: [Words; 2] = [
    Words {
        locale: "en",
        agent: "Vera",
        incident: "Card payments fail for some",
        incident_body: "Some banks decline every payment since 10:20. \
               We are talking to our payment provider. Lessons are not affected.",
        search: "pay",
        subject: "Charged twice for the spring course",
        body: "I paid by card this morning and my bank shows the amount twice. \
               My account says “paid” once. Could you look into it?",
        email: "anna@example.com",
        answer: "Hello! I can see both charges; the second one is only reserved and \
               will be released by your bank within three days.",
        thanks: "Thank you, that was quick!",
        solution: "The reservation is gone; your bank shows one payment now.",
    },
    Words {
        locale: "ru",
        agent: "Вера",
        incident: "Оплата картой проходит не у всех",
        incident_body: "С 10:20 часть банков отклоняет платежи. Мы уже разбираемся \
               вместе с платёжным сервисом. Уроки идут как обычно.",
        search: "опла",
        subject: "Деньги за весенний курс списали дважды",
        body: "Утром оплатила картой, банк показывает списание два раза, а в кабинете один платёж. Проверьте, пожалуйста.",
        email: "anna@example.com",
        answer: "Здравствуйте! Вижу оба платежа: второй только зарезервирован, банк вернёт его в течение трёх дней.",
        thanks: "Спасибо, очень быстро!",
        solution: "Резерв снят: теперь банк показывает один платёж.",
    },
];

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
        let staff = demo::put_demo_site(&edge, &[&edge.url()], words.agent).await;
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
