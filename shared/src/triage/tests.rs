//! Tables of cases for the engine, with a small policy of its own, and the properties that hold for any text.

use super::{Input, Queue, Rules, Triage, matcher, pattern_fault, scan};
use crate::policy::{AnswerRule, CategoryRule, QueueRule, RaiseRule, TagRule, TriageRules};
use crate::ticket::PageContext;
use proptest::prelude::*;

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn raise(priority: &str, phrases: &[&str], tiers: &[&str]) -> RaiseRule {
    RaiseRule {
        priority: priority.to_owned(),
        phrases: list(phrases),
        unless: list(&["works again"]),
        tiers: list(tiers),
    }
}

fn question(queue: Queue, words: &[&str]) -> QueueRule {
    QueueRule { queue, words: list(words), categories: Vec::new(), priorities: Vec::new(), unless: Vec::new() }
}

fn answer(key: &str, any: &[&str], unless: &[&str]) -> AnswerRule {
    let text = [("en", "Field {field}?"), ("ru", "Поле {field}?")];
    AnswerRule {
        key: key.to_owned(),
        confidence: 90,
        any: list(any),
        with: Vec::new(),
        unless: list(unless),
        categories: list(&["api"]),
        text: text.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
    }
}

const API_PLATFORM: &str = include_str!("../../../presets/api-platform/policy.toml");

fn keyed(keys: &str) -> serde_json::Value {
    keys.split(' ').map(|key| serde_json::json!({"key": key, "label": {"en": key}})).collect()
}

fn rules() -> Rules {
    let triage = TriageRules {
        default_category: "other".to_owned(),
        default_priority: "low".to_owned(),
        words: [("faults".to_owned(), list(&["error"]))].into(),
        raise: vec![
            raise("top", &["production down", "ни у кого"], &[]),
            raise("high", &["urgent", "срочно", "can't log in", "не могу войти"], &[]),
            raise("high", &["error"], &["gold"]),
            raise("medium", &["@faults", "ошибка", "не работает"], &[]),
        ],
        categories: vec![
            CategoryRule {
                category: "billing".to_owned(), words: list(&["invoice", "счет"]), pages: list(&["/pay"])
            },
            CategoryRule { category: "api".to_owned(), words: list(&["webhook", "вебхук*"]), pages: Vec::new() },
        ],
        // In another order than R1's, on purpose.
        queues: vec![
            question(Queue::Urgent, &["leave", "ухожу"]),
            question(Queue::FeatureLog, &["please add"]),
            QueueRule { categories: list(&["billing"]), ..question(Queue::Finance, &[]) },
            question(Queue::Engineering, &["error", "#500"]),
        ],
        tags: vec![TagRule { tag: "churn".to_owned(), words: list(&["leave"]) }],
        no_answer: list(&["human please"]),
        answers: vec![
            answer("key", &["#401", "invalid key"], &["password"]),
            answer("slow", &["#429", "slow + today|сегодня"], &[]),
            answer("field", &["missing <field>", "поле <field> обязательно"], &[]),
            answer("json", &["bad <json>"], &[]),
        ],
    };
    let policy = serde_json::json!({
        "site": {"default_locale": "en", "locales": ["en", "ru"], "accent": "#000000", "default_tier": "plain"},
        "categories": keyed("other billing api"), "priorities": keyed("top high medium low"), "tiers": keyed("plain gold"),
        "calendars": {}, "sla": [], "triage": triage,
    });
    Rules::compile(&serde_json::from_value(policy).unwrap())
}

fn read(body: &str) -> Triage {
    rules().triage(&Input { body, locale: "en", tier: "plain", ..Input::default() })
}

fn key(found: &Triage) -> &str {
    found.answer.as_ref().map_or("none", |answer| answer.key.as_str())
}

#[test]
fn t4_words_raise_the_priority_in_every_form_and_denials_take_it_back() {
    for (text, priority) in [
        ("Where is the manual?", "low"),
        ("There were two errors", "medium"),
        ("Вижу ошибки и ошибку", "medium"),
        ("Ничего не работает", "medium"),
        ("URGENT", "high"),
        ("This is not urgent", "low"),
        ("It isn’t that urgent at all", "low"),
        ("Not at all. Urgent!", "high"),
        ("It is no joke, urgent", "high"),
        ("Срочно!", "high"),
        ("Это совсем не очень срочно", "low"),
        ("Не приходит, срочно", "high"),
        ("We saw no errors", "low"),
        ("Ошибок нет", "low"),
        ("Can’t log in", "high"),
        ("I can not log in", "high"),
        ("I cannot log myself in", "high"),
        ("I do not log in often", "low"),
        ("Не могу никак войти", "high"),
        ("Production is down", "top"),
        ("production, thank you, is nowhere near being down", "low"),
        ("Production is no longer down", "low"),
        ("production is not down", "low"),
        ("There was an error, now it works again", "low"),
        ("terror", "low"),
        ("Не у одного: ни у кого", "top"),
    ] {
        assert_eq!(read(text).priority, priority, "{text}");
    }
}

#[test]
fn t4_the_same_words_weigh_more_for_some_tiers() {
    let input = Input { body: "an error", ..Input::default() };
    assert_eq!(rules().triage(&Input { tier: "gold", ..input }).priority, "high");
    assert_eq!(rules().triage(&Input { tier: "plain", ..input }).priority, "medium");
}

#[test]
fn r1_questions_are_asked_in_their_order_whatever_the_order_in_the_policy() {
    for (text, queue) in [
        ("error in my invoice, please add a button or I leave", Queue::Engineering),
        ("my invoice, please add a button or I leave", Queue::Finance),
        ("please add a button or I leave", Queue::FeatureLog),
        ("I leave", Queue::Urgent),
        ("Hello", Queue::Support),
        ("`500 Internal` they say", Queue::Engineering),
    ] {
        assert_eq!(read(text).queue, queue, "{text}");
    }
}

#[test]
fn a_ticket_says_why_it_was_sorted_so() {
    let found = read("I leave: error in the invoice");
    assert_eq!(found.matched, ["raise:medium", "category:billing", "queue:engineering", "tag:churn"]);
    assert_eq!(found.tags, ["churn"]);
}

#[test]
fn the_customers_own_category_wins_then_words_then_the_page() {
    let rules = rules();
    let page = PageContext { url: Some("https://app.example/pay/cards".to_owned()), ..PageContext::default() };
    let input = Input { body: "No webhook came", context: Some(&page), ..Input::default() };
    assert_eq!(rules.triage(&Input { category: Some("other"), ..input }).category, "other");
    assert_eq!(rules.triage(&input).category, "api", "what is denied is still the topic");
    assert_eq!(rules.triage(&Input { body: "Hello", ..input }).category, "billing");
    assert_eq!(rules.triage(&Input { body: "Hello", context: None, ..input }).category, "other");
}

#[test]
fn r2_a_number_is_a_status_code_only_when_something_speaks_for_it() {
    for (text, answer) in [
        ("error 401", "key"),
        ("HTTP/1.1 401 Unauthorized", "key"),
        ("status=401", "key"),
        ("{\"code\":401}", "key"),
        ("We get many 401s", "key"),
        ("Приходит ответ 401", "key"),
        ("ошибка (401)", "key"),
        ("```\n401\n```", "key"),
        ("I rotated it 401 days ago", "none"),
        ("we get 401 requests a day", "none"),
        ("how much is the 401 plan", "none"),
        ("error in line 401", "none"),
        ("errors cost us $401", "none"),
        ("error, 401 € lost", "none"),
        ("error 4012", "none"),
        ("error at 12:401", "none"),
        ("error 401.5", "none"),
        ("error 1,401", "none"),
        ("error report for our 401(k)", "none"),
        ("ошибка в заказе 401", "none"),
        ("получили 401 рубль", "none"),
        ("получили ошибку в 401 записи", "none"),
        ("see https://example.com/error/401", "none"),
        ("> error 401\nthanks", "none"),
        ("thanks\n--\nerror 401", "none"),
    ] {
        assert_eq!(key(&read(text)), answer, "{text}");
    }
}

#[test]
fn r2_an_answer_is_given_only_when_one_rule_speaks_and_nothing_forbids_it() {
    for (text, answer) in [
        ("invalid key", "key"),
        ("the key is valid", "none"),
        ("no invalid key here", "none"),
        ("invalid key, error 429", "none"),
        ("invalid key or password", "none"),
        ("invalid key. A human, please", "none"),
        ("production down: invalid key", "none"),
        ("it is slow, I think, since today", "slow"),
        ("slow. Not today", "none"),
        ("сегодня всё slow", "slow"),
    ] {
        assert_eq!(key(&read(text)), answer, "{text}");
    }
    let input = Input { body: "invalid key", ..Input::default() };
    assert_eq!(key(&rules().triage(&Input { category: Some("api"), ..input })), "key");
    assert_eq!(key(&rules().triage(&Input { category: Some("billing"), ..input })), "none", "chosen by the customer");
}

#[test]
fn r2_the_missing_field_is_named_in_the_customers_language() {
    for (text, named) in [
        ("missing `email`", "email"),
        ("missing customer_id", "customer_id"),
        ("Missing the \"order.items\"", "order.items"),
        ("{\"error\":\"Missing 'price'\"}", "price"),
        ("{\\\"message\\\": \\\"missing \\\"tax_id\\\" in it\\\"}", "tax_id"),
        ("Поле «amount» обязательно", "amount"),
        ("missing `error_code`", ""),
        ("missing `a b`", ""),
        ("missing something", ""),
    ] {
        let found = read(text).answer;
        let fields = found.as_ref().map_or(&[][..], |answer| &answer.fields);
        assert_eq!(fields.first().map_or("", String::as_str), named, "{text}");
        if let Some(answer) = found {
            assert_eq!(answer.text, format!("Field {named}?"));
        }
    }
    let input = Input { body: "missing `email`", locale: "ru-RU", ..Input::default() };
    assert_eq!(rules().triage(&input).answer.unwrap().text, "Поле email?");
}

#[test]
fn json_is_seen_where_it_begins() {
    for (text, answer) in
        [("bad {\"a\": 1}", "json"), ("bad [ {  'a'", "json"), ("bad {a}", "none"), ("bad \"a\"", "none")]
    {
        assert_eq!(key(&read(text)), answer, "{text}");
    }
}

#[test]
fn a_pattern_that_cannot_be_read_says_why() {
    for (pattern, fault) in [
        ("a b", None),
        ("a|b c* + <field> #401", None),
        ("", Some("empty")),
        ("a +", Some("empty")),
        ("a + b + c + d + e", Some("four groups")),
        ("<thing>", Some("unknown sign")),
        ("#40", Some("status code")),
        ("!!", Some("without letters")),
        ("a-b|c", Some("one pattern for each")),
    ] {
        let found = pattern_fault(pattern);
        assert_eq!(found.is_some(), fault.is_some(), "{pattern}: {found:?}");
        assert!(found.unwrap_or_default().contains(fault.unwrap_or_default()), "{pattern}: {found:?}");
    }
}

/// Steps of the walk: look-ups and places, the only work that grows with a message.
fn steps(rules: &Rules, body: &str) -> (usize, usize) {
    let mut tokens = Vec::new();
    scan::scan(body, &mut tokens);
    (tokens.len(), matcher::walk(&rules.patterns, &tokens).steps)
}

#[test]
fn time_is_linear_in_the_text_however_hostile_it_is() {
    let rules = rules();
    for piece in [
        "error ",
        "invalid ",
        "не ",
        "a_",
        "`",
        "\"",
        "{\"",
        "401 ",
        "slow today ",
        "missing \"a\" ",
        "http://",
        "x@",
        "> \n",
        "```\n",
        "--x ",
        "'s",
        "не не нет ",
        "щ",
        "\u{301}",
        "[[[{{{",
        "a-",
        "production production down ",
    ] {
        let times = 50_000 / piece.len();
        let (half_words, half) = steps(&rules, &piece.repeat(times));
        let (words, all) = steps(&rules, &piece.repeat(2 * times));
        assert!(all <= 2 * half + 64 && words <= 2 * half_words + 2, "{piece:?}: {half} steps, then {all}");
        // The bound that `matcher` states: look-ups, and places that share a word, for each word.
        assert!(all <= words * 16, "{piece:?}: {all} steps for {words} words");
    }
}

#[test]
fn a_catastrophe_is_no_wish_and_a_category_that_was_chosen_knows_its_queue() {
    let rules = Rules::compile(&crate::policy_file::parse(API_PLATFORM).unwrap());
    let sorted = |category, body| rules.triage(&Input { category: Some(category), body, ..Input::default() });
    let found = sorted("feature", "Production is down and we lose money");
    assert_eq!((found.priority.as_str(), found.queue), ("critical", Queue::Urgent));
    assert_eq!(sorted("feature", "A dark mode").queue, Queue::FeatureLog);
    assert_eq!(sorted("platform", "A question").queue, Queue::Engineering);
    assert_eq!(rules.triage(&Input { body: "A question", ..Input::default() }).queue, Queue::Support);
}

#[test]
fn e3_words_of_leaving_and_e1_words_of_law_are_heard_in_both_languages() {
    let rules = Rules::compile(&crate::policy_file::parse(API_PLATFORM).unwrap());
    for (text, churn, legal) in [
        ("We are canceling at the end of the month", true, false),
        ("How do I cancel an order by the API?", false, false),
        ("We are not leaving, do not worry", false, false),
        ("Мы уходим к конкурентам", true, false),
        ("Our lawyer will write to you about the data breach", false, true),
        ("Обратимся в суд", false, true),
        ("A question", false, false),
    ] {
        let signals = rules.signals("", text);
        assert_eq!((signals.churn, signals.legal), (churn, legal), "{text}");
    }
    assert_eq!(rules.signals("Loss of $20,000", "").money, Some(20_000));
}

#[test]
fn an_answer_names_the_addresses_of_the_policy() {
    let rules = Rules::compile(&crate::policy_file::parse(API_PLATFORM).unwrap());
    let answer = rules.triage(&Input { body: "401 invalid api key", ..Input::default() }).answer.unwrap();
    assert!(answer.text.contains("https://console.example.com/settings/api-keys"), "{}", answer.text);
    assert!(!answer.text.contains("{{"), "{}", answer.text);
}

#[test]
fn the_presets_cost_a_bounded_number_of_steps_for_each_word() {
    let rules = Rules::compile(&crate::policy_file::parse(API_PLATFORM).unwrap());
    let busiest = rules.patterns.busiest();
    for piece in
        ["error ", "api key invalid ", "не ", "quota exceeded limit ", "ошибка ключ ", "get ", "\"field_a\" missing "]
    {
        let (words, all) = steps(&rules, &piece.repeat(200_000 / piece.len()));
        assert!(all <= words * busiest, "{piece:?}: {all} steps for {words} words, {busiest} each");
    }
    assert!(busiest < 300, "{busiest} steps for a single word: the rules repeat themselves");
}

proptest! {
    #[test]
    fn no_text_can_make_triage_panic(subject in "\\PC{0,40}", body in "(\\PC|[\\n\"`'{}_.@:>-]|401|не |not |missing ){0,80}") {
        let _ = rules().triage(&Input { subject: &subject, body: &body, ..Input::default() });
    }

    #[test]
    fn capitals_and_blanks_change_nothing(
        words in proptest::collection::vec(
            prop::sample::select(vec![
                "not", "urgent", "error", "401", "invalid", "key", "missing", "`email`", "не", "срочно", "ошибка", "нет", "down",
                "production", "slow", "today,", "invoice.", "human", "please", "{\"a\":", "ни", "у", "кого", "can't", "log", "in", "ё!",
            ]),
            0..14,
        ),
    ) {
        let plain = words.join(" ");
        let forget_case = |mut found: Triage| {
            if let Some(answer) = &mut found.answer {
                answer.text = answer.text.to_lowercase();
                answer.fields.iter_mut().for_each(|field| *field = field.to_lowercase());
            }
            found
        };
        let expected = forget_case(read(&plain));
        prop_assert_eq!(&forget_case(read(&plain.to_uppercase())), &expected);
        prop_assert_eq!(&forget_case(read(&words.join("   \t "))), &expected);
        prop_assert_eq!(&forget_case(read(&format!("  {plain}  "))), &expected);
    }
}
