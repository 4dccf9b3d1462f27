//! Checks what a policy says about incidents.

use super::{Finding, require};
use crate::policy::{Localized, Policy};

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    let rules = &policy.incidents;
    for (place, rule) in rules.severities.iter().enumerate() {
        let here = |field: &str| format!("@incidents.severities.{place}.{field}");
        let name = rule.severity.as_str();
        let in_order = rules.severities.iter().take(place).all(|earlier| earlier.severity < rule.severity);
        require(in_order, &here("severity"), || format!("severity {name}: each once, the worst first"))?;
        require(speaks_all(&rule.label, policy), &here("label"), || {
            format!("severity {name} has no label in every language of the site; add them")
        })?;
        require(rule.criteria.iter().all(|text| speaks_all(text, policy)), &here("criteria"), || {
            format!("severity {name}: a criterion is not in every language of the site; add it")
        })?;
    }
    require(rules.not_incidents.iter().all(|text| speaks_all(text, policy)), "@incidents.not_incidents", || {
        "not_incidents: one is not in every language of the site; add it".to_owned()
    })
}

fn speaks_all(texts: &Localized, policy: &Policy) -> bool {
    policy.site.locales.iter().all(|tag| texts.get(tag).is_some_and(|text| !text.trim().is_empty()))
}
