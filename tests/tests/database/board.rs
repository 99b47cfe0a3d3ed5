//! Raw SQL as the server's role: what a seat on a board opens and what it does not, by row security alone.

use chrono::{Duration, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::{Client, Server};
use serde_json::{Value, json};

use crate::row_security::{count, enter, furnish};

/// What a member of the board may see rows of, below a case; `case_contents` by section.
const PARTS: &[&str] = &[
    "cases",
    "case_participants",
    "case_notes",
    "case_assessments",
    "case_plans",
    "case_goals",
    "case_tasks",
    "case_reviews",
    "case_events",
    "consilium_items",
];

struct Board {
    server: Server,
    secretary: Client,
    case: String,
    session: String,
    item: String,
}

impl Board {
    /// A session in some days with the case of `furnish` on its agenda, and an inspector of another city on its board.
    fn convened(days: i64) -> Self {
        let server = Server::start();
        let case = furnish(&server);
        let pedagogue = server.client("social_pedagogue.home");
        let version = pedagogue.get(&format!("/cases/{case}")).expect(200).version();
        let escalate = json!({"action": "escalate", "escalate_to": "consilium", "reason": "Hard to help alone."});
        pedagogue.change(&format!("/cases/{case}/transitions"), version, &escalate).expect(200);
        let secretary = server.client("consilium_secretary.home");
        let convened = json!({"title": "S", "scheduled_at": Utc::now() + Duration::days(days)});
        let session = secretary.post("/consilium/sessions", &convened).expect(201).id();
        let path = format!("/consilium/sessions/{session}");
        for (name, role) in [("psychologist.abroad", "chair"), ("juvenile_inspector.abroad", "deputy_chair")] {
            let member = json!({"user_id": server.world.person(name).user.to_string(), "role": role});
            secretary.post(&format!("{path}/members"), &member).expect(201);
        }
        let item = json!({"case_id": case, "question": "Q", "section": "investigation"});
        let item = secretary.post(&format!("{path}/items"), &item).expect(201).body["items"][0]["id"].clone();
        let item = item.as_str().expect("an item").to_owned();
        Self { server, secretary, case, session, item }
    }

    fn keep(&self, part: &str, body: &Value) {
        let path = format!("/consilium/sessions/{}", self.session);
        let version = self.secretary.get(&path).expect(200).version();
        let reply = self.secretary.change(&format!("{path}{part}"), version, body);
        assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
    }

    fn connect(&self, name: &str) -> PgConnection {
        let mut connection = self.server.database.server();
        enter(&self.server, &mut connection, name);
        connection
    }

    /// Whether the rows of the case are there for a user: all of them or none.
    fn sees(&self, name: &str) -> bool {
        let mut connection = self.connect(name);
        let seen: Vec<bool> = PARTS.iter().map(|table| count(&mut connection, table) > 0).collect();
        assert!(seen.iter().all(|part| *part == seen[0]), "{name}: {PARTS:?} {seen:?}");
        seen[0]
    }
}

#[test]
fn a_seat_shows_rows_for_its_time_only() {
    let board = Board::convened(30);
    let members = ["psychologist.abroad", "juvenile_inspector.abroad"];
    for name in members {
        assert!(!board.sees(name), "{name} a month before");
        assert_eq!(count(&mut board.connect(name), "children"), 0);
    }
    board.keep("/open", &json!({}));
    for name in members {
        assert!(board.sees(name), "{name} while it is open");
        let mut connection = board.connect(name);
        assert_eq!(count(&mut connection, "children"), 1);
        assert_eq!(count(&mut connection, "signals"), 0);
        assert_eq!(count(&mut connection, "register_reports"), 0);
    }
    for stranger in ["social_pedagogue.abroad", "consilium_secretary.abroad", "statistician.home", "auditor.home"] {
        let mut connection = board.connect(stranger);
        for table in PARTS.iter().chain(&["consilium_sessions", "consilium_members", "case_contents"]) {
            assert_eq!(count(&mut connection, table), 0, "{stranger} {table}");
        }
    }
    // Texts by the sections of the role: a question under investigation, two texts under medicine, others under general.
    let texts = |name: &str, section: &str| {
        count(&mut board.connect(name), &format!("case_contents WHERE section = '{section}'"))
    };
    assert_eq!(texts("juvenile_inspector.abroad", "investigation"), 1);
    assert_eq!(texts("psychologist.abroad", "investigation"), 0);
    for name in members {
        assert!(texts(name, "general") > 0);
        assert_eq!(texts(name, "medical"), 0);
    }
    // An interest closes it, to this member alone.
    let conflicts = format!("/consilium/sessions/{}/items/{}/conflicts", board.session, board.item);
    board.server.client("juvenile_inspector.abroad").post(&conflicts, &json!({})).expect(200);
    assert!(!board.sees("juvenile_inspector.abroad"));
    assert!(board.sees("psychologist.abroad"));
    // So does the end of the longest time, if nobody closes the session, and a role that was taken away.
    let mut owner = board.server.database.owner();
    let late = "UPDATE consilium_sessions SET access_from = now() - interval '9 days', access_until = now() - interval '2 days'";
    sql_query(late).execute(&mut owner).expect("let time pass");
    assert!(!board.sees("psychologist.abroad"), "too long open");
    sql_query("UPDATE consilium_sessions SET access_until = now() + interval '2 days'")
        .execute(&mut owner)
        .expect("back");
    assert!(board.sees("psychologist.abroad"));
    board.keep(&format!("/items/{}/decisions", board.item), &json!({"outcome": "postponed", "text": "T"}));
    board.keep("/close", &json!({}));
    assert!(!board.sees("psychologist.abroad"), "after");
    assert_eq!(count(&mut board.connect("consilium_secretary.home"), "consilium_decisions"), 1, "the record stays");
    assert_eq!(count(&mut board.connect("consilium_secretary.home"), "cases"), 0);
}

#[test]
fn a_seat_writes_nothing_and_the_record_writes_only_what_a_decision_needs() {
    let board = Board::convened(30);
    board.keep("/open", &json!({}));
    let (case, session, item) = (&board.case, &board.session, &board.item);
    let written = |name: &str, statement: &str| {
        let mut connection = board.connect(name);
        sql_query(statement).execute(&mut connection).unwrap_or(0)
    };
    for name in ["psychologist.abroad", "consilium_secretary.home"] {
        let person = board.server.world.person(name);
        let (user, organisation) = (person.user, person.organisation);
        for statement in [
            format!("UPDATE cases SET title = 'x' WHERE id = '{case}'"),
            format!("UPDATE case_participants SET ended_at = now() WHERE case_id = '{case}'"),
            format!("UPDATE case_tasks SET title = 'x' WHERE case_id = '{case}'"),
            format!("UPDATE case_plans SET status = 'superseded' WHERE case_id = '{case}'"),
            "UPDATE children SET last_name = 'x'".to_owned(),
            format!(
                "INSERT INTO case_notes (id, case_id, section, content_id, author_id, organisation_id, created_at)
                 SELECT gen_random_uuid(), '{case}', 'general', id, '{user}', '{organisation}', now() FROM case_contents LIMIT 1"
            ),
            format!(
                "INSERT INTO case_events (id, case_id, kind, data, actor_id, organisation_id, at)
                 VALUES (gen_random_uuid(), '{case}', 'amended', '{{}}', '{user}', '{organisation}', now())"
            ),
            format!(
                "INSERT INTO case_participants (case_id, organisation_id, organisation_agency, organisation_kato, role, reason, added_by, added_at)
                 SELECT '{case}', id, agency_code, kato, 'lead', 'x', '{user}', now() FROM organisations WHERE name = 'UZ abroad'"
            ),
            // A task that no decision gave.
            format!(
                "INSERT INTO case_tasks (id, case_id, title, section, organisation_id, organisation_agency, organisation_kato,
                     due_on, due_at, mandatory, status, created_at, updated_at, origin, source_id)
                 SELECT gen_random_uuid(), '{case}', 'x', 'general', id, agency_code, kato, '2090-01-01', now(), true, 'open',
                     now(), now(), 'consilium', gen_random_uuid() FROM organisations WHERE name = 'UZ abroad'"
            ),
            // A conflict is told by the function alone, which counts it as a change of the session.
            format!(
                "INSERT INTO consilium_conflicts (item_id, user_id, ground, told_by, told_at)
                 VALUES ('{item}', '{user}', 'declared', '{user}', now())"
            ),
        ] {
            assert_eq!(written(name, &statement), 0, "{name}: {statement}");
        }
    }
    // A member keeps nothing of the session.
    let chair = board.server.world.person("psychologist.abroad").user;
    for statement in [
        format!("UPDATE consilium_sessions SET status = 'closed', ended_at = now() WHERE id = '{session}'"),
        format!("UPDATE consilium_members SET present = true WHERE session_id = '{session}'"),
        format!("DELETE FROM consilium_members WHERE session_id = '{session}'"),
        format!(
            "SELECT consilium_declare('{item}', '{}', NULL, 99, now())",
            board.server.world.person("juvenile_inspector.abroad").user
        ),
        format!(
            "INSERT INTO consilium_members (session_id, user_id, organisation_id, agency_code, role, added_at)
             SELECT '{session}', '{chair}', id, agency_code, 'member', now() FROM organisations LIMIT 1"
        ),
    ] {
        assert_eq!(written("psychologist.abroad", &statement), 0, "{statement}");
    }
    // What is over stays as it was, for who keeps it too.
    board.keep(&format!("/items/{item}/decisions"), &json!({"outcome": "postponed", "text": "T"}));
    board.keep("/close", &json!({}));
    for statement in [
        "UPDATE consilium_sessions SET status = 'open', ended_at = NULL",
        "UPDATE consilium_members SET present = false",
        "UPDATE consilium_decisions SET outcome = 'no_measures'",
        "DELETE FROM consilium_votes",
    ] {
        assert_eq!(written("consilium_secretary.home", statement), 0, "{statement}");
    }
}

#[test]
fn a_wider_scope_takes_the_cases_of_its_territory_and_sees_none_of_them_before() {
    let board = Board::convened(30);
    let brought = |name: &str| {
        count(&mut board.connect(name), &format!("consilium_brought(NULL, 10) WHERE case_id = '{}'", board.case))
    };
    assert_eq!(brought("consilium_secretary.home"), 1);
    assert_eq!(brought("consilium_secretary.abroad"), 0);
    assert_eq!(brought("supervisor.office.home"), 0, "only who keeps consilia");
    let widen = |scope: &str| {
        let statement = format!(
            "UPDATE user_roles SET scope = '{scope}' WHERE user_id = (SELECT id FROM users WHERE username = 'consilium_secretary.abroad')"
        );
        sql_query(statement).execute(&mut board.server.database.owner()).expect("another scope");
    };
    widen("territory");
    assert_eq!(brought("consilium_secretary.abroad"), 0, "another city");
    widen("region");
    assert_eq!(brought("consilium_secretary.abroad"), 1);
    assert_eq!(count(&mut board.connect("consilium_secretary.abroad"), "cases"), 0);
    let closed = "UPDATE cases SET escalated_to = '{commission}'";
    sql_query(closed).execute(&mut board.server.database.owner()).expect("not brought");
    assert_eq!(brought("consilium_secretary.home"), 0);
}
