//! A visitor fills in what the form asks for the chosen topic (W4): by keyboard, on a phone, after a reload; what is missing is
//! said beside its field, by the page and by the edge.

use crate::steps::{open_form, path_at_the_desk, ticket_at_the_desk};
use buoy_tests::samples::school_with_form;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

const ROOT: &str = "const root = document.querySelector('buoy-widget').shadowRoot;";

/// Gives a control a value as its user would.
async fn fill(stage: &Stage, css: &str, value: &str) {
    let script = format!(
        "{ROOT} const control = root.querySelector(arguments[0]); control.focus();\
         if (control.type === 'checkbox') control.click(); else control.value = arguments[1];\
         control.dispatchEvent(new Event('input', {{ bubbles: true }})); return control.value"
    );
    stage.browser.wait_for(css).await;
    stage.browser.eval_with(&script, &[css.into(), value.into()]).await;
}

async fn labels(stage: &Stage) -> Value {
    let script = format!("{ROOT} return [...root.querySelectorAll('[data-field]')].map((one) => one.dataset.field)");
    stage.browser.eval(&script).await
}

async fn write(stage: &Stage) {
    stage.browser.type_into("subject", "Paid twice").await;
    stage.browser.type_into("body", "My bank shows it two times.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_the_form_asks_what_the_topic_needs_and_the_team_reads_it() {
    let stage = Stage::set(&school_with_form()).await;
    open_form(&stage).await;
    assert_eq!(labels(&stage).await, json!([]), "nothing is asked before a topic is chosen");
    fill(&stage, "[data-buoy=category]", "payment").await;
    stage.browser.wait_for("[data-field=order]").await;
    assert_eq!(labels(&stage).await, json!(["order", "way", "amount", "paid_on", "agreed"]));
    write(&stage).await;
    stage.browser.click("submit").await;
    let invalid = stage.browser.wait_for("[data-field=order][aria-invalid=true]").await;
    assert_eq!(invalid.attr("aria-required").await.expect("an attribute").as_deref(), Some("true"));
    let focused = format!("{ROOT} return root.activeElement.dataset.field || ''");
    assert_eq!(
        stage.browser.wait_until(&format!("(() => {{ {focused} }})()")).await,
        "order",
        "the first mistake is led to"
    );
    for (field, value) in
        [("order", "4711"), ("way", "card"), ("amount", "12.5"), ("paid_on", "2026-11-20"), ("agreed", "")]
    {
        fill(&stage, &format!("[data-field={field}]"), value).await;
    }
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);
    let fields = stage.site.staff().get(&path).send().await.expect(200).value()["fields"].clone();
    let expected =
        json!({ "agreed": "true", "amount": "12.5", "order": "4711", "paid_on": "2026-11-20", "way": "card" });
    assert_eq!(fields, expected);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_was_filled_in_survives_a_reload_and_another_topic_asks_nothing_of_it() {
    let stage = Stage::set(&school_with_form()).await;
    open_form(&stage).await;
    fill(&stage, "[data-buoy=category]", "payment").await;
    fill(&stage, "[data-field=order]", "4711").await;
    write(&stage).await;
    open_form(&stage).await;
    let order = format!("(() => {{ {ROOT} return root.querySelector('[data-field=order]')?.value }})()");
    assert_eq!(stage.browser.wait_until(&order).await, "4711");
    fill(&stage, "[data-buoy=category]", "zoom").await;
    stage.browser.wait_until_gone("[data-field]").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);
    assert_eq!(stage.site.staff().get(&path).send().await.expect(200).value()["fields"], json!({}));
    assert_eq!(stage.browser.eval("return Object.keys(sessionStorage).length").await, 0, "nothing is left in the tab");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_who_logs_out_on_the_first_view_leaves_nothing_that_they_filled_in() {
    let stage = Stage::set(&school_with_form()).await;
    open_form(&stage).await;
    fill(&stage, "[data-buoy=category]", "payment").await;
    fill(&stage, "[data-field=order]", "4711").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.click("new-ticket").await;
    fill(&stage, "[data-buoy=category]", "payment").await;
    stage.browser.wait_for("[data-field=order]").await;
    let order = format!("{ROOT} return root.querySelector('[data-field=order]').value");
    assert_eq!(stage.browser.eval(&order).await, "");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_only_the_edge_refuses_is_said_beside_its_field() {
    let stage = Stage::set(&school_with_form()).await;
    open_form(&stage).await;
    stage.browser.expect_error("422");
    fill(&stage, "[data-buoy=category]", "payment").await;
    fill(&stage, "[data-field=order]", "4711").await;
    write(&stage).await;
    // A page of before, whose policy knew another choice.
    let option = format!("{ROOT} root.querySelector('[data-field=way]').add(new Option('Cash', 'cash')); return true");
    stage.browser.eval(&option).await;
    fill(&stage, "[data-field=way]", "cash").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for("[data-field=way][aria-invalid=true]").await;
    fill(&stage, "[data-field=way]", "bank").await;
    stage.browser.wait_until_gone("[data-field=way][aria-invalid=true]").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_number_out_of_range_is_not_said_to_be_missing_from_a_list() {
    let stage = Stage::set(&school_with_form()).await;
    open_form(&stage).await;
    fill(&stage, "[data-buoy=category]", "payment").await;
    fill(&stage, "[data-field=order]", "4711").await;
    fill(&stage, "[data-field=amount]", "9000").await;
    write(&stage).await;
    stage.browser.click("submit").await;
    stage.browser.wait_for("[data-field=amount][aria-invalid=true]").await;
    assert_eq!(
        stage.browser.text_of("#buoy-error-field-amount").await,
        "This value doesn’t fit here. Please change it."
    );
    stage.strike().await;
}

/// Chooses another way of payment as soon as the first is marked as wrong: quicker than anything can be stored.
const CORRECT_AT_ONCE: &str = "const way = root.querySelector('[data-field=way]');\
    way.add(new Option('Cash', 'cash')); way.value = 'cash'; way.dispatchEvent(new Event('input', { bubbles: true }));\
    new MutationObserver((_, watch) => {\
      if (way.getAttribute('aria-invalid') !== 'true') return;\
      watch.disconnect();\
      setTimeout(() => { way.value = 'bank'; way.dispatchEvent(new Event('input', { bubbles: true })) });\
    }).observe(way, { attributes: true }); return true";

#[tokio::test(flavor = "multi_thread")]
async fn w4_who_corrects_a_refused_field_at_once_sends_what_they_corrected() {
    let stage = Stage::set(&school_with_form()).await;
    open_form(&stage).await;
    stage.browser.expect_error("422");
    fill(&stage, "[data-buoy=category]", "payment").await;
    fill(&stage, "[data-field=order]", "4711").await;
    write(&stage).await;
    stage.browser.eval(&format!("{ROOT} {CORRECT_AT_ONCE}")).await;
    stage.browser.click("submit").await;
    let corrected = format!(
        "(() => {{ {ROOT} const {{ value, ariaInvalid }} = root.querySelector('[data-field=way]');\
         return value === 'bank' && ariaInvalid === null }})()"
    );
    stage.browser.wait_until(&corrected).await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);
    let fields = stage.site.staff().get(&path).send().await.expect(200).value()["fields"].clone();
    assert_eq!(fields["way"], "bank");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_axe_finds_nothing_in_a_form_with_fields_on_a_phone() {
    let stage = Stage::set(&school_with_form()).await;
    let axe =
        std::fs::read_to_string(buoy_tests::root::root().join("node_modules/axe-core/axe.min.js")).expect("axe-core");
    stage.browser.set_viewport(320, 640, 2, true).await;
    open_form(&stage).await;
    fill(&stage, "[data-buoy=category]", "payment").await;
    stage.browser.wait_for("[data-field=order]").await;
    write(&stage).await;
    stage.browser.click("submit").await;
    stage.browser.wait_for("[data-field=order][aria-invalid=true]").await;
    let look = "axe.run({ include: [['buoy-widget']] }).then((all) => { window.found = all.violations.map((one) => one.id) }); return true";
    stage.browser.eval(&format!("{axe}; window.axe = axe; return true")).await;
    stage.browser.eval(look).await;
    stage.browser.wait_until("window.found").await;
    assert_eq!(stage.browser.eval("return window.found").await, json!([]));
    let wide = format!("{ROOT} const main = root.querySelector('.main'); return main.scrollWidth > main.clientWidth");
    assert_eq!(stage.browser.eval(&wide).await, false, "nothing is wider than the phone");
    stage.strike().await;
}
