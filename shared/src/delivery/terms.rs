//! What people call what is written in codes, in Russian and English: nobody should read `in_progress` in a chat.
//!
//! A code that is not known here stays as it is: it may come from a policy.

/// What people call a promise.
#[must_use]
pub fn target(code: &str, russian: bool) -> &'static str {
    match (code, russian) {
        ("next_response", false) => "next answer",
        ("next_response", true) => "следующий ответ",
        ("resolution", false) => "resolution",
        ("resolution", true) => "решение",
        (_, false) => "first answer",
        (_, true) => "первый ответ",
    }
}

/// What people call an incident's phase, and planned work's.
#[must_use]
pub fn phase(code: &str, russian: bool) -> &str {
    match (code, russian) {
        ("investigating", true) => "разбираемся",
        ("identified", true) => "причина найдена",
        ("monitoring", true) => "наблюдаем",
        ("resolved", true) => "решено",
        ("postmortem", false) => "post-mortem",
        ("postmortem", true) => "постмортем",
        ("draft", true) => "черновик",
        ("withdrawn", false) => "draft withdrawn",
        ("withdrawn", true) => "черновик снят",
        ("scheduled", true) => "запланировано",
        ("in_progress", false) => "in progress",
        ("in_progress", true) => "идут работы",
        ("verifying", true) => "проверяем",
        ("completed", true) => "завершено",
        (other, _) => other,
    }
}

/// What people call how far a ticket is; to whoever wrote it we say whose turn it is.
#[must_use]
pub fn ticket_status(code: &str, is_own: bool, russian: bool) -> &str {
    match (code, russian) {
        ("open", true) if is_own => "получено",
        ("open", true) => "открыто",
        ("in_progress", false) => "in progress",
        ("in_progress", true) => "в работе",
        ("pending", false) if is_own => "waiting for you",
        ("pending", false) => "waiting for the customer",
        ("pending", true) if is_own => "ждём вас",
        ("pending", true) => "ждёт клиента",
        ("solved", true) => "решено",
        ("closed", true) => "закрыто",
        (other, _) => other,
    }
}

/// What people call those who hear of an escalation.
#[must_use]
pub fn rung(code: &str, russian: bool) -> &str {
    match (code, russian) {
        ("engineering", true) => "разработка",
        ("engineering_and_success", false) => "engineering and customer success",
        ("engineering_and_success", true) => "разработка и менеджер клиента",
        ("product_lead", false) => "the product lead",
        ("product_lead", true) => "руководитель продукта",
        ("legal_and_security", false) => "legal and security",
        ("legal_and_security", true) => "юристы и безопасность",
        (other, _) => other,
    }
}

/// What people call why a ticket goes up.
#[must_use]
pub fn reason(code: &str, russian: bool) -> &str {
    match (code, russian) {
        ("critical", false) => "the highest priority",
        ("critical", true) => "высший приоритет",
        ("tier", false) => "broken for a customer who does not wait",
        ("tier", true) => "сломано у клиента, который не ждёт",
        ("investigation", false) => "investigated for long",
        ("investigation", true) => "разбираемся долго",
        ("long_investigation", false) => "investigated for very long",
        ("long_investigation", true) => "разбираемся слишком долго",
        ("money", false) => "a large sum",
        ("money", true) => "большая сумма",
        ("churn", false) => "words of leaving",
        ("churn", true) => "клиент думает уйти",
        ("same_issue", false) => "the same issue again",
        ("same_issue", true) => "снова то же самое",
        ("legal", false) => "words of law or security",
        ("legal", true) => "речь о праве или безопасности",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escalation::Reason;
    use crate::incident::{IncidentStatus, MaintenanceStatus};
    use crate::ticket::TicketStatus;

    /// Whether people would read it: no code, and in Russian no Latin letter.
    fn is_word(word: &str, russian: bool) -> bool {
        let letters = word.chars().filter(|letter| letter.is_alphabetic());
        !word.is_empty() && !word.contains('_') && (!russian || letters.into_iter().all(|letter| !letter.is_ascii()))
    }

    #[test]
    fn w6_every_code_has_a_word_in_both_languages() {
        const REASONS: [Reason; 7] = [
            Reason::Critical,
            Reason::Tier,
            Reason::Investigation,
            Reason::LongInvestigation,
            Reason::Money,
            Reason::Churn,
            Reason::Legal,
        ];
        const PLANNED: [MaintenanceStatus; 4] = [
            MaintenanceStatus::Scheduled,
            MaintenanceStatus::InProgress,
            MaintenanceStatus::Verifying,
            MaintenanceStatus::Completed,
        ];
        for russian in [false, true] {
            for status in TicketStatus::ALL {
                for is_own in [false, true] {
                    let word = ticket_status(status.as_str(), is_own, russian);
                    assert!(is_word(word, russian), "{status:?}: {word}");
                }
            }
            for code in IncidentStatus::ALL
                .map(IncidentStatus::as_str)
                .into_iter()
                .chain(PLANNED.map(MaintenanceStatus::as_str))
            {
                assert!(is_word(phase(code, russian), russian), "{code}");
            }
            for why in REASONS {
                let (to, said) = (rung(why.rung().as_str(), russian), reason(why.as_str(), russian));
                assert!(is_word(to, russian) && is_word(said, russian), "{why:?}: {to}, {said}");
                assert_ne!(said, why.as_str());
            }
            // Counted in the batch that files a ticket (R7), hence no value of the enum.
            assert!(is_word(reason("same_issue", russian), russian));
        }
        assert_eq!(phase("of_a_policy", true), "of_a_policy");
    }
}
