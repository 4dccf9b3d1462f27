//! Subscribing to the public status by mail and webhook (I1): nobody hears anything before they said so themselves, nobody
//! learns who is subscribed, and whoever has enough leaves with one click.

use crate::deliveries::verified_by_others;
use crate::incident_life::{declare, over, plan, update};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::html::{texts, valid_page};
use buoy_tests::http::Answer;
use buoy_tests::languages::{LANGUAGES, policy_of};
use buoy_tests::receiver::{Behaviour, Receiver};
use buoy_tests::wait::{self, now_millis};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A site that sends mail, each of which becomes a file.
struct Scene {
    edge: Edge,
    site: Site,
}

impl Scene {
    async fn open() -> Self {
        Self::open_with("school").await
    }

    async fn open_with(policy: &str) -> Self {
        let settings = json!({ "email_from": "status@example.com", "loopback": true }).to_string();
        let edge = Edge::with_test_clock_and(&[("DELIVERY", &settings)]);
        let site = edge.new_site(policy, &["https://app.example.com"]).await;
        Self { edge, site }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let sign = if path.contains('?') { '&' } else { '?' };
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let path = format!("{path}{sign}site={}&locale=en", self.site.id);
        self.edge.client().post(&path).body(body, "application/x-www-form-urlencoded").send().await
    }

    async fn subscribe(&self, address: &str, components: &[&str]) -> Answer {
        let mut form = vec![("address", address)];
        form.extend(components.iter().map(|key| ("component", *key)));
        self.post("/status/subscribe", &form).await
    }

    /// Nobody is told this, not even by a run so late that whatever was being sent is due again.
    async fn nobody_hears(&self, says: &str) {
        self.edge.run_cron_at(now_millis() + 300_000).await;
        assert_eq!(self.mails(says), Vec::<String>::new());
    }

    /// Texts of the mails so far that say this.
    fn mails(&self, says: &str) -> Vec<String> {
        let mut texts = Vec::new();
        read_below(&self.edge.scratch(), &mut texts);
        texts.retain(|text| text.contains(says));
        texts
    }

    async fn wait_for_mails(&self, says: &str, count: usize) -> Vec<String> {
        wait::until(&format!("{count} mails that say {says}"), || async {
            let mails = self.mails(says);
            (mails.len() >= count).then_some(mails)
        })
        .await
    }

    /// Asks by the form, and confirms by the link in the mail.
    async fn subscribed(&self, address: &str, components: &[&str]) {
        let before = self.mails("/status/subscribe/confirm").len();
        self.subscribe(address, components).await.expect(200);
        let mails = self.wait_for_mails("/status/subscribe/confirm", before + 1).await;
        let known: Vec<String> = mails.iter().map(|mail| link(mail, "/confirm")).collect();
        for path in known {
            self.post(&path, &[]).await.expect(200);
        }
    }
}

/// The texts of mails below a folder.
pub(crate) fn read_below(folder: &std::path::Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            read_below(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            texts.extend(std::fs::read_to_string(&path));
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The path of a link in a mail, with its code alone.
fn link(mail: &str, what: &str) -> String {
    let address = mail.split_whitespace().find(|word| word.contains(what)).unwrap_or_else(|| panic!("{what}: {mail}"));
    let code = address.rsplit("code=").next().expect("a code");
    format!("/status/subscribe{what}?code={code}")
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_reader_confirms_by_a_mail_hears_of_news_and_leaves_with_one_click() {
    let scene = Scene::open().await;
    let (site, staff) = (&scene.site, scene.site.staff());
    let asked = scene.subscribe("Ann@Example.com", &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&asked), "h1"), ["Look into your mailbox"]);
    let mail = scene.wait_for_mails("/status/subscribe/confirm", 1).await.remove(0);
    // Nobody hears anything unconfirmed, and a program that opens the link confirms nothing.
    let path = link(&mail, "/confirm");
    let client = scene.edge.client();
    let page = client.get(&format!("{path}&site={}&locale=en", site.id)).send().await.expect(200);
    assert_eq!(texts(&valid_page(&page), "button"), ["Confirm"]);
    let first = declare(&staff, &json!({ "title": "Before", "severity": "p3" })).await;
    scene.nobody_hears("Before").await;

    let confirmed = scene.post(&path, &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&confirmed), "h1"), ["You are subscribed"]);
    let again = scene.post(&path, &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&again), "h1"), ["There is no such subscription"], "a link is used once");
    update(&staff, &first, &over("All is well again.")).await;
    let told = scene.wait_for_mails("All is well again.", 1).await.remove(0);
    assert!(told.starts_with("Before — Resolved\n"), "{told}");
    assert!(told.contains(&format!("/status/incidents/{}?site={}", first.id, site.id)), "{told}");
    let work = plan(site, 3_600, 7_200).await;
    scene.wait_for_mails(&work.title, 1).await;

    // As a mail program posts it for its reader.
    let left = scene.post(&link(&told, "/leave"), &[("List-Unsubscribe", "One-Click")]).await.expect(200);
    assert_eq!(texts(&valid_page(&left), "h1"), ["You are not subscribed any more"]);
    declare(&staff, &json!({ "title": "After", "severity": "p3" })).await;
    scene.nobody_hears("After").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_who_chose_a_component_hears_of_it_and_of_what_names_none() {
    let scene = Scene::open().await;
    let staff = scene.site.staff();
    scene.subscribed("lessons@example.com", &["lessons"]).await;
    scene.subscribed("all@example.com", &[]).await;
    for (title, components, mails) in
        [("Slow lessons", vec!["lessons"], 2), ("No payments", vec!["payments"], 1), ("Everything", vec![], 2)]
    {
        declare(&staff, &json!({ "title": title, "severity": "p3", "components": components })).await;
        scene.wait_for_mails(title, mails).await;
        scene.edge.run_cron().await;
        assert_eq!(scene.mails(title).len(), mails, "{title}: each hears once");
    }
    // Another choice replaces the one before, once it is confirmed, and nobody hears twice.
    scene.subscribed("lessons@example.com", &["payments"]).await;
    declare(&staff, &json!({ "title": "Payments again", "severity": "p3", "components": ["payments"] })).await;
    scene.wait_for_mails("Payments again", 2).await;
    declare(&staff, &json!({ "title": "Lessons again", "severity": "p3", "components": ["lessons"] })).await;
    scene.wait_for_mails("Lessons again", 1).await;
    scene.edge.run_cron().await;
    assert_eq!((scene.mails("Payments again").len(), scene.mails("Lessons again").len()), (2, 1));
    // What was told long ago is not told again. (What was told just now may still be under way, and then it would be.)
    scene.edge.run_cron_at(now_millis() + 300_000).await;
    assert_eq!((scene.mails("Slow lessons").len(), scene.mails("No payments").len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_answers_the_same_about_a_known_address_and_an_unknown_one() {
    let scene = Scene::open().await;
    scene.subscribed("known@example.com", &[]).await;
    let known = scene.subscribe("known@example.com", &[]).await.expect(200);
    let unknown = scene.subscribe("unknown@example.com", &[]).await.expect(200);
    assert_eq!(known.text(), unknown.text());
    let of_nobody = scene.post("/status/subscribe/leave?code=nobody", &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&of_nobody), "h1"), ["There is no such subscription"]);
    for (address, component, said) in [
        ("nobody", "lessons", "an e-mail address such as"),
        ("", "lessons", "an e-mail address such as"),
        ("http://hooks.example.com/", "lessons", "an e-mail address such as"),
        ("https://169.254.169.254/latest", "lessons", "an e-mail address such as"),
        ("ann@example.com", "nothing", "There is no such component."),
    ] {
        let refused = scene.subscribe(address, &[component]).await.expect(422);
        assert!(refused.text().contains(said), "{address}: {}", refused.text());
    }
    let form = format!("/status/subscribe?site={}", scene.site.id);
    scene.edge.client().get(&form).send().await.expect(405);
    let site = Edge::shared().new_site("school", &[]).await;
    let path = format!("/status/subscribe?site={}&locale=en", site.id);
    let form = "application/x-www-form-urlencoded";
    let no_mail = Edge::shared().client().post(&path).body("address=ann%40example.com", form).send().await.expect(422);
    assert!(no_mail.text().contains("This site sends no mail."), "{}", no_mail.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_webhook_hears_of_news_once_it_says_the_challenge_back() {
    let scene = Scene::open().await;
    let staff = scene.site.staff();
    let (deaf, hook) = (Receiver::start().await, Receiver::start().await);
    hook.behave(|before| if before == 0 { Behaviour::Echo } else { Behaviour::OK });
    let mut secrets = Vec::new();
    for receiver in [&deaf, &hook] {
        let asked = scene.subscribe(&format!("{}/in", receiver.url()), &[]).await.expect(200);
        secrets.push(texts(&valid_page(&asked), "samp").remove(0));
        let call = receiver.wait_for(1).await.remove(0);
        assert_eq!(call.json()["type"], "subscription.challenge");
    }
    // What is said back is taken a moment after it was said.
    wait::until("the webhook hears of something", || async {
        declare(&staff, &json!({ "title": "Probe", "severity": "p3" })).await;
        scene.edge.run_cron().await;
        (hook.calls().len() > 1).then_some(())
    })
    .await;
    let incident = declare(&staff, &json!({ "title": "Slow", "severity": "p3" })).await;
    let told = wait::until("the webhook hears of the incident", || async {
        let mut told = hook.calls().into_iter().map(|call| call.json());
        told.find(|told| told["data"]["incident"]["id"].as_str() == Some(incident.id.as_str()))
    })
    .await;
    assert_eq!((&told["type"], &told["data"]["incident"]["title"]), (&json!("incident.updated"), &json!("Slow")));
    let calls = hook.calls();
    assert_eq!(verified_by_others(&calls, &[&secrets[1]]), calls.len());
    assert_eq!(deaf.calls().len(), 1, "whoever only takes what comes has not asked for it");
    // Gone is gone.
    hook.behave(|_| Behaviour::Answer(410, "", ""));
    update(&staff, &incident, &over("Fixed.")).await;
    wait::until("its refusal", || async { hook.calls().iter().any(|call| !call.behaviour.took()).then_some(()) }).await;
    hook.behave(|_| Behaviour::OK);
    // Its answer is noted a moment after it was given.
    let count = wait::until("a round in which it hears nothing", || async {
        let before = hook.calls().len();
        declare(&staff, &json!({ "title": "Later", "severity": "p3" })).await;
        scene.edge.run_cron_at(now_millis() + 300_000).await;
        (hook.calls().len() == before).then_some(before)
    })
    .await;
    declare(&staff, &json!({ "title": "Much later", "severity": "p3" })).await;
    scene.edge.run_cron_at(now_millis() + 600_000).await;
    assert_eq!(hook.calls().len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_each_link_to_leave_ends_the_subscription_and_no_other_link_says_so() {
    let scene = Scene::open().await;
    let staff = scene.site.staff();
    scene.subscribed("ann@example.com", &[]).await;
    scene.subscribed("ann@example.com", &[]).await;
    let codes: Vec<String> =
        scene.mails("/status/subscribe/confirm").iter().map(|mail| link(mail, "/confirm")).collect();
    assert_eq!(codes.len(), 2);
    let leave = |at: usize| codes[at].replace("/confirm", "/leave");
    let left = scene.post(&leave(1), &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&left), "h1"), ["You are not subscribed any more"]);
    let again = scene.post(&leave(0), &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&again), "h1"), ["There is no such subscription"]);
    declare(&staff, &json!({ "title": "After", "severity": "p3" })).await;
    scene.nobody_hears("After").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_subscribes_somebodys_webhook_again_changes_nothing_of_it() {
    let scene = Scene::open().await;
    let staff = scene.site.staff();
    let hook = Receiver::start().await;
    hook.behave(|_| Behaviour::Echo);
    let address = format!("{}/in", hook.url());
    let of = |kind: &str| hook.calls().into_iter().filter(|call| call.json()["type"] == kind).collect::<Vec<_>>();
    let mut secrets = Vec::new();
    for components in [[].as_slice(), &["lessons"]] {
        let asked = scene.subscribe(&address, components).await.expect(200);
        secrets.push(texts(&valid_page(&asked), "samp").remove(0));
        wait::until("asking", || async { (of("subscription.challenge").len() == secrets.len()).then_some(()) }).await;
        // What is said back is taken a moment after it was said. The first asks for everything, and goes on to hear it.
        wait::until("news of payments", || async {
            let before = of("incident.updated").len();
            declare(&staff, &json!({ "title": "No payments", "severity": "p3", "components": ["payments"] })).await;
            scene.edge.run_cron().await;
            (of("incident.updated").len() > before).then_some(())
        })
        .await;
    }
    let news = of("incident.updated");
    assert_eq!(news[0].json()["data"]["incident"]["title"], "No payments");
    assert_eq!(verified_by_others(&news, &[&secrets[0]]), news.len(), "signed by the secret of whoever was first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_not_filled_by_a_stranger_and_an_address_not_asked_without_end() {
    let settings = json!({ "email_from": "status@example.com" }).to_string();
    let limits =
        json!({ "first_line": false, "limits": { "subscriptions_per_address": { "count": 6, "seconds": 3600 } } });
    let edge = Edge::with_test_clock_and(&[("DELIVERY", &settings), ("LIMITS", &limits.to_string())]);
    let site = edge.new_site("school", &[]).await;
    let scene = Scene { edge, site };
    for _ in 0..5 {
        let asked = scene.subscribe("victim@example.com", &[]).await.expect(200);
        assert_eq!(texts(&valid_page(&asked), "h1"), ["Look into your mailbox"], "the answer tells nobody");
    }
    scene.subscribe("other@example.com", &[]).await.expect(200);
    let refused = scene.subscribe("another@example.com", &[]).await.expect(429);
    assert!(refused.text().contains("too much at once"), "{}", refused.text());
    scene.edge.run_cron().await;
    // Each asking has a link of its own. A mail that was still being sent a minute ago, by that clock, may come twice.
    let links = wait::until("four links", || async {
        let mails = scene.mails("/status/subscribe/confirm");
        let links: BTreeSet<String> = mails.iter().map(|mail| link(mail, "/confirm")).collect();
        (links.len() >= 4).then_some(links)
    })
    .await;
    assert_eq!(links.len(), 4, "three to one mailbox, one to another");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_confirm_in_two_days_is_forgotten_and_who_is_erased_hears_no_more() {
    let scene = Scene::open().await;
    let (site, staff) = (&scene.site, scene.site.staff());
    scene.subscribe("slow@example.com", &[]).await.expect(200);
    let mail = scene.wait_for_mails("/status/subscribe/confirm", 1).await.remove(0);
    scene.edge.run_cron_at(now_millis() + 2 * 86_400_000 + 60_000).await;
    let late = scene.post(&link(&mail, "/confirm"), &[]).await.expect(200);
    assert_eq!(texts(&valid_page(&late), "h1"), ["There is no such subscription"]);

    scene.subscribed("bob@example.com", &[]).await;
    let visitor = site.visitor(Some(&site.identity("bob", &json!({ "email": "Bob@example.com" })))).await;
    let draft = json!({ "subject": "s", "body": "b" });
    visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201);
    let page = staff.get("/api/support/agent/tickets/").send().await.expect(200).value();
    let customer = page["items"][0]["requester"]["id"].as_str().expect("an id").to_owned();
    let of = |what: &str| format!("/api/support/agent/customers/{customer}/{what}/");
    let kept = staff.get(&of("export")).send().await.expect(200).value();
    assert_eq!(kept["subscriptions"].as_array().map(Vec::len), Some(1), "{kept}");
    assert!(kept["subscriptions"][0]["confirmed_at"].is_string(), "{kept}");
    let erased: Value = staff.post(&of("erase")).send().await.expect(200).value();
    assert!(erased["erased_at"].is_string(), "{erased}");
    declare(&staff, &json!({ "title": "Unheard", "severity": "p3" })).await;
    scene.nobody_hears("Unheard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_reader_is_asked_by_mail_in_the_language_of_the_page() {
    let scene = Scene::open_with(&policy_of(&LANGUAGES)).await;
    for (locale, says) in [("de", "Wenn Sie es nicht waren"), ("ja", "お心当たりがない場合"), ("ar", "إن لم تكن أنت")]
    {
        let path = format!("/status/subscribe?site={}&locale={locale}", scene.site.id);
        let form = format!("address={locale}%40example.com");
        let asked = scene.edge.client().post(&path).body(form, "application/x-www-form-urlencoded");
        asked.send().await.expect(200);
        assert!(scene.wait_for_mails(says, 1).await[0].contains(&format!("locale={locale}&code=")));
    }
}
