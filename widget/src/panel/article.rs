//! An article, read inside the panel, and whether it helped (W3).

use super::blocks::add_blocks;
use super::el::{El, el, held, live, nothing};
use super::icon::WRITE;
use super::pieces::{article_row, block, failed, heading, icon_button, line, list, paragraph, skeleton, word_button};
use crate::app::{App, Remote};
use crate::browser;
use crate::client::{Ask, Failure};
use crate::kb::Found;
use crate::slot::Slot;
use crate::tagged::ArticleText;
use crate::wire;
use crate::words::direction;
use buoy_shared::api::{ArticleVote, GetArticle};
use buoy_shared::article::Article;
use buoy_shared::texts::Text;
use web_sys::HtmlElement;

/// The view.
pub(crate) fn article(app: App, slug: &str) -> El {
    let here = Slot::new(Remote::Loading);
    fetch(app, slug, here);
    let slug = slug.to_owned();
    live(move || {
        here.with(|now| match now {
            Remote::Loading => block("page", [skeleton(&app.say(Text::SearchLoading), 8)]),
            Remote::Failed(Failure::NotFound) => block("page empty", [paragraph("", &app.say(Text::ArticleMissing))]),
            Remote::Failed(_) => {
                let slug = slug.clone();
                block("page", [failed(app, &app.say(Text::FailLoad), move || fetch(app, &slug, here))])
            }
            Remote::Ready(article) => text(app, article),
        })
    })
}

fn fetch(app: App, slug: &str, here: Slot<Remote<Article>>) {
    here.set(Remote::Loading);
    let parts = app.parts();
    let query = [("site", parts.client.site.as_str()), ("locale", parts.words.locale())];
    let ask = Ask { name: slug, query: &query, key: "" };
    app.call_as::<GetArticle, ArticleText>(ask, &(), move |answer| match answer {
        Ok(read) => {
            let article = Article::from(read);
            app.emit(
                "article-viewed",
                &["{\"slug\":\"", &article.slug, "\",\"locale\":\"", &article.locale, "\"}"].concat(),
            );
            here.set(Remote::Ready(article));
        }
        Err(failure) => here.set(Remote::Failed(failure)),
    });
}

fn text(app: App, article: &Article) -> El {
    let words = &app.parts().words;
    let minutes = words.fill(Text::ArticleMinutes, &[("minutes", &article.minutes.to_string())]);
    let updated = words.fill(Text::ArticleUpdated, &[("date", &words.date(article.updated_at))]);
    let write = icon_button("button quiet", "new-ticket", WRITE, &words.say(Text::WriteToUs), move || app.write());
    el("article", "page article")
        .hook("article")
        .attr("data-slug", &article.slug)
        .add(written(article, el("h2", "article-title").text(&article.title)))
        .add(line("muted", &[&minutes, " · ", &updated].concat()))
        .add(block("", [page_link(app, article)]))
        .add(written(article, add_blocks(app, el("div", "prose"), &article.blocks)))
        .add(vote(app, article))
        .add(related(app, article))
        .add(block("more", [line("muted", &words.say(Text::ArticleMore)), write]))
}

/// The way to its page of the help centre: to keep it beside one's work, or to send it to somebody.
fn page_link(app: App, article: &Article) -> El {
    let parts = app.parts();
    let (origin, site, locale) = (parts.client.origin.as_str(), parts.client.site.as_str(), parts.words.locale());
    el("a", "link")
        .hook("article-page")
        .attr("href", &[origin, "/help/", &article.slug, "?site=", site, "&locale=", locale].concat())
        .attr("target", "_blank")
        .attr("rel", "noopener")
        .text(&app.say(Text::ArticlePage))
}

/// What its author wrote, which need not be in the panel's language.
fn written(article: &Article, part: El) -> El {
    part.attr("lang", &article.locale).attr("dir", direction(&article.locale))
}

/// Yes or no, once; thanks at once, since nobody waits for a vote to be stored.
fn vote(app: App, article: &Article) -> El {
    let is_done = Slot::new(None);
    let ballot = ArticleVote {
        site: app.parts().client.site.clone(),
        slug: article.slug.clone(),
        locale: article.locale.clone(),
        helpful: false,
        reason: None,
    };
    live(move || {
        if let Some(helpful) = is_done.get() {
            // The buttons that had the focus are gone.
            let thanks = paragraph("vote", &app.say(Text::ArticleThanks)).attr("tabindex", "-1");
            let target = thanks.hold();
            browser::after_drawing(move || {
                if let Some(thanks) = held::<HtmlElement>(target) {
                    let _ = thanks.focus();
                }
            });
            let ballot = ArticleVote { helpful, ..ballot.clone() };
            let why = match wire::to_text(&ballot) {
                Some(ballot) if !helpful => app.extra_place("why", "reasons", &[&ballot]),
                _ => nothing(),
            };
            return block("", [thanks, why]);
        }
        let button = |hook: &str, text: Text, helpful: bool| {
            let ballot = ArticleVote { helpful, ..ballot.clone() };
            word_button("button quiet small", hook, &app.say(text), move || {
                cast(app, &ballot);
                is_done.set(Some(helpful));
            })
        };
        let (yes, no) = (button("helpful-yes", Text::Yes, true), button("helpful-no", Text::No, false));
        block("vote", [line("", &app.say(Text::ArticleHelpful)), yes, no])
    })
}

/// Two or three others that go on from here.
fn related(app: App, article: &Article) -> El {
    if article.related.is_empty() {
        return nothing();
    }
    let found = article.related.iter().map(|one| Found {
        slug: one.slug.clone(),
        title: one.title.clone(),
        summary: String::new(),
    });
    let rows = found.map(|found| article_row(app, found));
    block("related", [heading(&app.say(Text::ArticleRelated)), list("card", rows)])
}

/// Hands a vote to the outbox, which keeps it until it is counted.
fn cast(app: App, ballot: &ArticleVote) {
    if let Some(ballot) = wire::to_text(ballot) {
        app.extra("vote", &[&ballot]);
    }
    app.news.set(app.say(Text::ArticleThanks));
}
