//! Releases: one that is published, with a part of the office at home.

use diesel::prelude::*;
use diesel::sql_query;

use super::*;

/// A release of a month of which the fixture reports a fact, and a part of it; the clock is turned back for it. Made once.
fn published(fixture: &Fixture) -> (String, String) {
    let server = &fixture.cast.server;
    let office = server.client("statistician.home");
    let known = office.get("/statistics/releases").expect(200);
    if let Some(release) = known.body["items"][0]["id"].as_str() {
        let parts = office.get(&format!("/statistics/releases/{release}/parts")).expect(200);
        return (release.to_owned(), parts.body["items"][0]["id"].as_str().expect("a part").to_owned());
    }
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days'")
        .execute(&mut server.database.owner())
        .expect("age the facts");
    let body = json!({"period": "month", "from": "2026-02-01"});
    let release = office.post("/statistics/releases", &body).expect(201).id();
    let at = format!("/statistics/releases/{release}");
    let parts = office.get(&format!("{at}/parts")).expect(200);
    let part = parts.body["items"][0]["id"].as_str().expect("a part").to_owned();
    let supervisor = server.client("supervisor.office.home");
    supervisor.change(&format!("{at}/parts/{part}/answer"), 1, &json!({"answer": "confirmed"})).expect(200);
    server.client("statistician.abroad").change(&format!("{at}/publish"), 1, &json!({})).expect(200);
    (release, part)
}

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let (release, part) = published(fixture);
    let at = format!("/statistics/releases/{release}");
    let (read, manage, nothing) = (Action::ReleaseRead, Action::ReleaseManage, About::Nothing);
    vec![
        probe(
            "release_create",
            manage,
            nothing,
            "POST",
            "/statistics/releases".into(),
            Some(json!({"period": "month", "from": "2026-01-01"})),
        ),
        probe("release_list", read, nothing, "GET", "/statistics/releases".into(), None),
        probe("release_get", read, nothing, "GET", at.clone(), None),
        probe("release_table_get", read, nothing, "GET", format!("{at}/tables/month_kind"), None),
        probe("release_document", read, nothing, "GET", format!("{at}/document"), None),
        probe("release_revisions", read, nothing, "GET", format!("{at}/revisions"), None),
        probe("release_part_list", Action::ReleasePartRead, nothing, "GET", format!("{at}/parts"), None),
        probe(
            "release_part_get",
            Action::ReleasePartRead,
            About::ReleasePart,
            "GET",
            format!("{at}/parts/{part}"),
            None,
        ),
        probe(
            "release_part_answer",
            Action::ReleasePartAnswer,
            About::ReleasePart,
            "POST",
            format!("{at}/parts/{part}/answer"),
            Some(json!({"answer": "objected", "comment": "One fact is missing."})),
        ),
        probe("release_publish", manage, nothing, "POST", format!("{at}/publish"), Some(json!({}))),
        probe(
            "release_withdraw",
            manage,
            nothing,
            "POST",
            format!("{at}/withdraw"),
            Some(json!({"reason": "An agency corrects its facts."})),
        ),
    ]
}
