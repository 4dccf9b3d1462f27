//! `/update`: what is known of an incident, said from a chat (I1).

use super::{AGENTS, Chat, NOW_MS, person, private};

#[tokio::test(flavor = "multi_thread")]
async fn i1_what_is_known_of_an_incident_is_told_by_one_command() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let said = chat.text(AGENTS, &ann, "/incident Проблемы с оплатой").await;
    let payments = said.rsplit('_').next().expect("a handle").to_owned();
    let newest = || async {
        let found = chat.edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
        let update = &found["items"][0]["updates"][0];
        (
            update["status"].as_str().unwrap_or_default().to_owned(),
            update["body"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let mut update = private(&ann, "/update identified Банк отклоняет карты");
    update["update_id"] = 902.into();
    for again in [false, true] {
        let answer = chat.send(AGENTS, &update).await.expect(200).value();
        assert_eq!(answer["text"].is_null(), again);
        assert!(again || answer["text"] == "Incident updated: Проблемы с оплатой — identified", "{answer}");
    }
    assert_eq!(newest().await, ("identified".to_owned(), "Банк отклоняет карты".to_owned()));
    let banner = chat.edge.client().get("/api/support/boot/?site=site_demo").send().await.expect(200).value();
    assert!(banner["banners"].to_string().contains("Банк отклоняет карты"), "{banner}");
    let said = chat.text(AGENTS, &ann, "/update Говорим с банком").await;
    assert_eq!(said, "Incident updated: Проблемы с оплатой — identified", "as far as before");
    let russian = person(5001, "Ann", "ru");
    let said = chat.text(AGENTS, &russian, &format!("/update_{payments} monitoring Платежи пошли")).await;
    assert_eq!(said, "Инцидент обновлён: Проблемы с оплатой — наблюдаем");
    assert_eq!(newest().await, ("monitoring".to_owned(), "Платежи пошли".to_owned()));
    assert_eq!(
        chat.text(AGENTS, &ann, "/status").await,
        format!(
            "Проблемы с оплатой — monitoring, 24.11 09:00 UTC\nПлатежи пошли\n/update_{payments} · /resolve_{payments}"
        )
    );
    let found = chat.edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
    assert_eq!(found["items"][0]["updates"].as_array().map(Vec::len), Some(4), "none came twice");

    chat.text(AGENTS, &ann, "/incident Вход").await;
    let which = chat.text(AGENTS, &ann, "/update Смотрим").await;
    assert!(which.starts_with("Several incidents are open. Which one?\n\n"), "{which}");
    assert!(which.contains(&format!("/update_{payments} · /resolve_{payments}")), "{which}");
    assert_eq!(chat.text(AGENTS, &ann, "/update_zzzzzz Смотрим").await, "No such incident is open.");
    let help = chat.text(AGENTS, &ann, "/help").await;
    assert!(help.contains(" /update [identified|monitoring] <text> "), "{help}");
    let help = chat.text(AGENTS, &russian, "/help").await;
    assert!(help.contains(" /update [identified|monitoring] <текст> "), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_an_update_that_comes_when_its_number_is_forgotten_says_what_was_said_and_changes_nothing() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    chat.text(AGENTS, &ann, "/incident Payments").await;
    let mut update = private(&ann, "/update monitoring Watching");
    update["update_id"] = 902.into();
    let first = chat.send(AGENTS, &update).await.expect(200).value();
    assert_eq!(first["text"], "Incident updated: Payments — monitoring");
    chat.edge.run_cron_at(NOW_MS + 3 * 86_400_000).await;
    assert_eq!(chat.send(AGENTS, &update).await.expect(200).value()["text"], first["text"]);
    let found = chat.edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
    assert_eq!(found["items"][0]["updates"].as_array().map(Vec::len), Some(2));
}
