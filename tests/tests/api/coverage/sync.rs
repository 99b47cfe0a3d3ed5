//! The change feed in the coverage table, and the test that no writer forgets it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use qorgan_domain::identity::Role;
use qorgan_domain::policy::Action;
use qorgan_tests::world::{Side, username};
use qorgan_tests::{Client, Reply, client};
use serde_json::json;

use super::{About, Fixture, Probe};

pub fn probes(_: &Fixture) -> Vec<Probe> {
    vec![Probe {
        operation: "change_list",
        action: Action::ChangesRead,
        about: About::Nothing,
        method: "GET",
        path: "/changes?limit=5".into(),
        body: None,
    }]
}

/// Tables whose rows no follower is told of: they are no record of anybody, or, like a link between cases, would tell
/// those who see one case that there is another.
const UNPUBLISHED: &[&str] =
    &["audit_events", "idempotency_records", "outbox", "notifications", "case_seen", "case_links"];

/// Reference data: apps read it anew, they do not follow it.
const REFERENCE: &[&str] = &[
    "assessment_instruments",
    "protocol_versions",
    "clock_rules",
    "calendar_days",
    "duty_contacts",
    "register_match_rules",
];

/// Operations that must have succeeded at least once, or the test looks at nothing.
const EXERCISED: &[&str] = &[
    "case_create",
    "case_transition",
    "case_update",
    "child_create",
    "child_update",
    "note_create",
    "organisation_create",
    "organisation_update",
    "report_file",
    "signal_create",
    "signal_triage",
    "user_create",
    "user_update",
];

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The present version of the record that a probe is about, as its reader sees it.
fn version(client: &Client, fixture: &Fixture, probe: &Probe) -> i64 {
    let path = match probe.about {
        About::Child => format!("/children/{}", fixture.child),
        About::Signal => format!("/signals/{}", fixture.signal),
        About::Case => format!("/cases/{}", fixture.case),
        About::Task => format!("/tasks/{}", fixture.task),
        _ if probe.method == "PATCH" => probe.path.clone(),
        _ => return 1,
    };
    client.get(&path).body["version"].as_i64().unwrap_or(1)
}

fn attempt(client: &Client, fixture: &Fixture, probe: &Probe) -> Reply {
    let request = client
        .request(probe.method, &format!("/api/v1{}", probe.path))
        .header("If-Match", format!("\"{}\"", version(client, fixture, probe)));
    client::send(match &probe.body {
        Some(body) => request.json(body),
        None => request,
    })
}

/// Every row that was written stands in a transaction that published something: whoever adds a writer and forgets
/// `Tx::event` or `Tx::publish` fails here, with the name of the table.
#[test]
fn whatever_is_written_is_published() {
    let fixture = Fixture::new();
    let mut owner = fixture.cast.server.database.owner();
    // What the probes are about is made with them the first time, partly by the owner.
    let _ = super::probes(&fixture);
    let begin: Number = diesel::sql_query("SELECT pg_current_xact_id()::text::bigint AS value")
        .get_result(&mut owner)
        .expect("the present transaction");
    let mut done = BTreeSet::new();
    for role in Role::ALL {
        let client = fixture.cast.server.client(&username(*role, Side::Home));
        for probe in super::probes(&fixture) {
            if probe.method == "GET" || probe.operation == "auth_logout" {
                continue;
            }
            if (200..300).contains(&attempt(&client, &fixture, &probe).status) {
                done.insert(probe.operation);
            }
        }
    }
    // A whole life besides: plan, assessment, tasks, review.
    let case = fixture.cast.case().id();
    let (health, _) = fixture.cast.implement(&case);
    let path = format!("/tasks/{}/complete", health["id"].as_str().expect("a task"));
    fixture.cast.health.change(&path, 1, &json!({"result": "Done."})).expect(200);
    fixture.cast.act(&fixture.cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let review = json!({"conclusion": "continue", "summary": "S"});
    fixture.cast.pedagogue.post(&format!("/cases/{case}/reviews"), &review).expect(201);

    let missing: Vec<_> = EXERCISED.iter().filter(|name| !done.contains(**name)).collect();
    assert!(missing.is_empty(), "never succeeded: {missing:?}; did: {done:?}");
    let tables: Vec<Name> = diesel::sql_query(
        "SELECT relname::text AS value FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity ORDER BY 1",
    )
    .load(&mut owner)
    .expect("the tables under row security");
    let mut looked_at = 0;
    let mut forgotten = Vec::new();
    let passed_over = |table: &str| UNPUBLISHED.contains(&table) || REFERENCE.contains(&table);
    for Name { value: table } in tables.iter().filter(|table| !passed_over(&table.value)) {
        let written = |owner: &mut PgConnection, condition: &str| -> i64 {
            let query = format!(
                "SELECT count(*) AS value FROM {table} t WHERE t.xmin::text::bigint > {} AND {condition}",
                begin.value
            );
            diesel::sql_query(query).get_result::<Number>(owner).expect("count rows").value
        };
        looked_at += written(&mut owner, "true");
        let silent =
            written(&mut owner, "NOT EXISTS (SELECT FROM outbox o WHERE o.txid::text::bigint = t.xmin::text::bigint)");
        if silent > 0 {
            forgotten.push(table);
        }
    }
    assert!(forgotten.is_empty(), "rows were written by transactions that published nothing: {forgotten:?}");
    assert!(looked_at > 50, "only {looked_at} rows were written");
}
