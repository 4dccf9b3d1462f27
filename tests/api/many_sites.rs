//! One isolate serves many sites, and remembers the policies of a few.

use buoy_tests::edge::Edge;
use futures_util::future::join_all;

/// More sites than an isolate remembers policies of.
const SITES: usize = 40;
/// Times that the visitors of all sites ask at once.
const ROUNDS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn visitors_of_more_sites_than_an_isolate_remembers_are_all_answered() {
    let edge = Edge::start();
    let mut visitors = Vec::new();
    for _ in 0..SITES {
        visitors.push(edge.new_site("school", &[]).await.visitor(None).await);
    }
    for _ in 0..ROUNDS {
        let answers = join_all(visitors.iter().map(|visitor| visitor.get("/api/support/tickets/").send())).await;
        answers.into_iter().for_each(|answer| drop(answer.expect(200)));
    }
}
