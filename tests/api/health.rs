//! The edge says whether it is alive, and an unknown path is refused in our own words.

use buoy_tests::edge::Edge;

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_edge_says_that_its_storage_answers() {
    let answer = Edge::shared().client().get("/api/support/health/").send().await.expect(200);
    assert_eq!(answer.value()["checks"]["database"], "pass");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_a_problem_document_not_a_blank_page() {
    let answer = Edge::shared().client().get("/no/such/path").send().await.expect(404);
    assert!(answer.header("content-type").starts_with("application/problem+json"));
}
