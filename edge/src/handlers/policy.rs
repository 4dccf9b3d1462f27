//! What a site's policy says to everybody: categories, and priorities with their promises.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::page_rules;
use crate::reply::{Caching, Reply};
use crate::snapshot::{self, choices};
use crate::store::sites::{self, Site};
use buoy_shared::api::{Items, PriorityInfo, PromiseInfo};
use buoy_shared::business_hours::Calendar;
use buoy_shared::policy::{Span, localized};
use buoy_shared::ticket::Origin;

async fn site(cx: &Cx) -> Result<Site, ApiError> {
    let id = cx.site()?;
    let site = sites::find(&cx.db(&id)?, &id).await?.ok_or_else(ApiError::not_found)?;
    cx.check_origin(&site.origins)?;
    Ok(site)
}

fn locale(cx: &Cx, site: &Site) -> String {
    site.policy.locale_for(cx.query("locale").as_deref().unwrap_or(&site.policy.site.default_locale)).to_owned()
}

/// `GET categories/`.
pub(crate) async fn list_categories(cx: &Cx) -> Result<Reply, ApiError> {
    let site = site(cx).await?;
    let items = choices(&site.policy.categories, &locale(cx, &site), &site.policy.site.default_locale);
    Reply::ok(&Items { items })
}

/// `GET priorities/`.
pub(crate) async fn list_priorities(cx: &Cx) -> Result<Reply, ApiError> {
    let site = site(cx).await?;
    let policy = &site.policy;
    let locale = locale(cx, &site);
    // Whoever reads this writes through the widget.
    let row = |priority: &str, tier: &str| policy.promise(priority, tier, Origin::Widget);
    let promises = |priority: &str| {
        let rows = policy.tiers.iter().filter_map(|tier| Some((tier, row(priority, &tier.key)?)));
        rows.map(|(tier, row)| {
            let calendar = policy.calendars.get(&row.calendar).and_then(|spec| Calendar::new(spec).ok());
            let minutes = |span: Span| calendar.as_ref().map_or(span.as_minutes(), |hours| hours.usual_minutes(span));
            PromiseInfo {
                tier: tier.key.clone(),
                first_response_minutes: minutes(row.first_response),
                resolution_minutes: row.resolution.map(minutes),
                calendar: row.calendar.clone(),
            }
        })
        .collect()
    };
    let items = policy
        .priorities
        .iter()
        .map(|priority| PriorityInfo {
            key: priority.key.clone(),
            label: localized(&priority.label, &locale, &policy.site.default_locale).to_owned(),
            sla: promises(&priority.key),
        })
        .collect();
    Reply::ok(&Items { items })
}

/// `GET triage/`: what a page asks before a ticket is sent. Under its hash it never changes.
pub(crate) async fn get_triage(cx: &Cx) -> Result<Reply, ApiError> {
    let id = cx.site()?;
    let site = snapshot::site(cx, &id).await?;
    cx.check_origin(&site.origins)?;
    let locale = site.locale_for(cx.query("locale").as_deref());
    let wanted = cx.query("hash").filter(|hash| hash.len() <= 32);
    let (text, is_wanted) = page_rules::find(cx, &id, locale, wanted.as_deref()).await?;
    let caching = if is_wanted { Caching::Immutable } else { Caching::Revalidate };
    Ok(Reply::ok_text(text).cached(caching))
}
