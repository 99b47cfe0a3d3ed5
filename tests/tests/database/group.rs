//! Raw SQL as the server's role: what a seat in the group opens and what it does not, by row security alone.

use chrono::{Duration, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use qorgan_domain::identity::Role;
use qorgan_tests::{Client, Server};
use serde_json::{Value, json};

use crate::row_security::{count, enter, furnish};

/// What a member may see rows of while the seat opens the file.
const FILE: &[&str] = &[
    "register_facts",
    "register_fact_versions",
    "register_reports",
    "qualification_items",
    "qualification_materials",
    "qualification_answers",
];

struct Group {
    server: Server,
    secretary: Client,
    fact: String,
    session: String,
    item: String,
}

impl Group {
    /// A session in some days with the fact of `furnish` on its agenda; a doctor and an inspector besides its secretary.
    fn convened(days: i64) -> Self {
        let mut server = Server::start();
        let mut owner = server.database.owner();
        for (name, place) in [("group.uz", "UZ home"), ("group.dp", "DP home"), ("group.opeka", "OPEKA home")] {
            server.world.hire(&mut owner, name, place, Role::QualificationMember);
        }
        furnish(&server);
        let secretary = server.client("qualification_member.home");
        let waiting = secretary.get("/register/qualification-facts").expect(200);
        let fact = waiting.body["items"][0]["id"].as_str().expect("a fact").to_owned();
        let convened = json!({"title": "S", "role": "secretary", "scheduled_at": Utc::now() + Duration::days(days)});
        let session = secretary.post("/register/qualification-sessions", &convened).expect(201).id();
        let path = format!("/register/qualification-sessions/{session}");
        for (name, role) in [("group.uz", "chair"), ("group.dp", "member")] {
            let member = json!({"user_id": server.world.person(name).user.to_string(), "role": role});
            secretary.post(&format!("{path}/members"), &member).expect(201);
        }
        let item =
            secretary.post(&format!("{path}/items"), &json!({"fact_id": fact})).expect(201).body["items"][0]["id"]
                .clone();
        let item = item.as_str().expect("an item").to_owned();
        let ask = json!({"organisation_id": server.world.organisation("UKZSP home"), "request": "Secret request"});
        let material = secretary.post(&format!("{path}/items/{item}/materials"), &ask).expect(201).id();
        let answer = format!("/register/qualification-materials/{material}/answer");
        server.client("social_worker.home").change(&answer, 1, &json!({"answer": "Secret answer"})).expect(200);
        Self { server, secretary, fact, session, item }
    }

    fn keep(&self, part: &str, body: &Value) {
        let path = format!("/register/qualification-sessions/{}", self.session);
        let version = self.secretary.get(&path).expect(200).version();
        self.secretary.change(&format!("{path}{part}"), version, body).expect(200);
    }

    fn connect(&self, name: &str) -> PgConnection {
        let mut connection = self.server.database.server();
        enter(&self.server, &mut connection, name);
        connection
    }

    /// Whether the rows of the file are there for a user: all of them or none.
    fn sees(&self, name: &str) -> bool {
        let mut connection = self.connect(name);
        let seen: Vec<bool> = FILE.iter().map(|table| count(&mut connection, table) > 0).collect();
        assert!(seen.iter().all(|part| *part == seen[0]), "{name}: {FILE:?} {seen:?}");
        assert_eq!(count(&mut connection, &format!("group_child('{}')", self.item)) > 0, seen[0], "{name}: the child");
        seen[0]
    }

    fn written(&self, name: &str, statement: &str) -> usize {
        sql_query(statement).execute(&mut self.connect(name)).unwrap_or(0)
    }

    fn owner(&self, statement: &str) {
        sql_query(statement).execute(&mut self.server.database.owner()).expect("a statement of the owner");
    }
}

#[test]
fn a_seat_shows_rows_for_its_time_only() {
    let group = Group::convened(30);
    for name in ["group.uz", "group.dp"] {
        // The chair keeps the session: the fact and what was asked, never the words of reports or answers.
        assert_eq!(count(&mut group.connect(name), "register_reports"), 0, "{name} a month before");
        assert_eq!(count(&mut group.connect(name), "qualification_answers"), 0, "{name} a month before");
    }
    assert!(!group.sees("group.dp"), "a month before");
    group.keep("/open", &json!({"protocol_number": "1"}));
    for name in ["group.uz", "group.dp", "qualification_member.home"] {
        assert!(group.sees(name), "{name} while it is open");
        let mut connection = group.connect(name);
        // One fact, one report; of the child what the function answers, and nothing of any case.
        assert_eq!(count(&mut connection, "register_reports"), 1);
        for table in ["children", "signals", "cases", "case_contents"] {
            assert_eq!(count(&mut connection, table), 0, "{name} {table}");
        }
    }
    for stranger in [
        "group.opeka",
        "qualification_member.abroad",
        "administrator.home",
        "statistician.home",
        "auditor.home",
        "juvenile_inspector.abroad",
        "supervisor.office.abroad",
    ] {
        let mut connection = group.connect(stranger);
        let closed = ["register_reports", "qualification_items", "qualification_sessions", "qualification_members"];
        for table in
            closed.iter().chain(&["qualification_materials", "qualification_answers", "qualification_opinions"])
        {
            assert_eq!(count(&mut connection, table), 0, "{stranger} {table}");
        }
        assert_eq!(count(&mut connection, &format!("group_child('{}')", group.item)), 0, "{stranger}");
    }
    // The organisation that was asked: its request and its answer, not the file.
    let mut asked = group.connect("social_worker.home");
    assert_eq!((count(&mut asked, "qualification_materials"), count(&mut asked, "qualification_answers")), (1, 1));
    assert_eq!((count(&mut asked, "qualification_items"), count(&mut asked, "qualification_sessions")), (0, 0));
    // Absence, too long a time, an interest, the end.
    group.owner("UPDATE qualification_members SET present = false WHERE agency_code = 'DP'");
    assert!(!group.sees("group.dp"), "absent");
    group.owner("UPDATE qualification_members SET present = true");
    assert!(group.sees("group.dp"));
    group.owner("UPDATE qualification_sessions SET access_from = now() - interval '9 days', access_until = now() - interval '1 day'");
    assert!(!group.sees("group.dp"), "too long open");
    group.owner("UPDATE qualification_sessions SET access_until = now() + interval '1 day'");
    let user = group.server.world.person("group.dp").user;
    group.owner(&format!(
        "INSERT INTO qualification_recusals VALUES ('{}', '{user}', NULL, '{user}', now())",
        group.item
    ));
    assert!(!group.sees("group.dp"), "an interest");
    assert!(group.sees("group.uz"));
    group.keep(&format!("/items/{}/decide", group.item), &json!({"outcome": "postponed", "reason": "Put off."}));
    group.keep("/close", &json!({}));
    for name in ["group.uz", "group.dp", "qualification_member.home"] {
        let mut connection = group.connect(name);
        for table in ["register_facts", "register_fact_versions", "register_reports", "qualification_answers"] {
            assert_eq!(count(&mut connection, table), 0, "{name} {table} after");
        }
    }
}

#[test]
fn opinions_are_sealed_by_row_security() {
    let group = Group::convened(5);
    let opine = |name: &str| {
        let path = format!("/register/qualification-sessions/{}/items/{}/opinions", group.session, group.item);
        let opinion = json!({"outcome": "not_confirmed", "reasons": "R"});
        group.server.client(name).post(&path, &opinion).expect(201);
    };
    let seen = |name: &str| count(&mut group.connect(name), "qualification_opinions");
    opine("group.uz");
    assert_eq!((seen("group.uz"), seen("group.dp"), seen("qualification_member.home")), (1, 0, 0));
    opine("group.dp");
    assert_eq!((seen("group.uz"), seen("group.dp"), seen("qualification_member.home")), (2, 2, 2));
    assert_eq!(seen("group.opeka"), 0);
}

#[test]
fn a_seat_writes_nothing_and_who_keeps_the_session_only_what_it_comes_to() {
    let group = Group::convened(5);
    group.keep("/open", &json!({"protocol_number": "1"}));
    let (fact, session, item) = (&group.fact, &group.session, &group.item);
    let version = |status: &str, user: &str| {
        format!(
            "INSERT INTO register_fact_versions (fact_id, version, kind, forms, level, occurred_on, kato, setting, sex, age_years,
                 agency_code, status, change, actor_id, reason, recorded_at)
             SELECT fact_id, 9, kind, forms, level, occurred_on, kato, setting, sex, age_years, agency_code, '{status}', 'x', '{user}',
                 'x', now() FROM register_fact_versions WHERE fact_id = '{fact}' AND version = 1"
        )
    };
    let user = |name: &str| group.server.world.person(name).user.to_string();
    for name in ["group.dp", "group.opeka", "statistician.home", "social_worker.home"] {
        for statement in [
            version("confirmed", &user(name)),
            format!("UPDATE register_facts SET current_version = 1 WHERE id = '{fact}'"),
            format!("UPDATE register_fact_versions SET superseded_at = now() WHERE fact_id = '{fact}'"),
            format!(
                "UPDATE qualification_items SET outcome = 'not_confirmed', reason = 'x', voters = '{{}}', settled_at = now(), settled_by = '{}'",
                user(name)
            ),
            "UPDATE qualification_members SET present = true".to_owned(),
            "UPDATE qualification_sessions SET status = 'closed', ended_at = now()".to_owned(),
            format!(
                "INSERT INTO qualification_members VALUES ('{session}', '{}', '{}', 'DP', 'secretary', NULL, now())",
                user(name),
                group.server.world.person(name).organisation
            ),
            format!("SELECT group_recuse('{item}', '{}', NULL, 99, now())", user("group.uz")),
        ] {
            assert_eq!(group.written(name, &statement), 0, "{name}: {statement}");
        }
    }
    // The chair keeps the session, and yet: no annulment, no merger, no report, no opinion of another.
    for statement in [
        version("annulled", &user("group.uz")),
        version("confirmed", &user("group.dp")),
        "UPDATE register_reports SET description = 'x'".to_owned(),
        format!(
            "INSERT INTO qualification_opinions VALUES ('{item}', '{}', 'not_confirmed', NULL, 'x', now())",
            user("group.dp")
        ),
        "UPDATE children SET last_name = 'x'".to_owned(),
    ] {
        assert_eq!(group.written("group.uz", &statement), 0, "{statement}");
    }
    assert_eq!(group.written("group.uz", &version("confirmed", &user("group.uz"))), 1);
    // What is over stays as it was, for who keeps it too.
    group.keep(&format!("/items/{item}/decide"), &json!({"outcome": "postponed", "reason": "Put off."}));
    group.keep("/close", &json!({}));
    for statement in [
        "UPDATE qualification_sessions SET status = 'open', ended_at = NULL".to_owned(),
        "UPDATE qualification_items SET reason = 'another'".to_owned(),
        "UPDATE qualification_members SET present = false".to_owned(),
        version("confirmed", &user("group.uz")),
        format!("SELECT group_answer(id, 2, 'x', NULL, now()) FROM qualification_materials WHERE item_id = '{item}'"),
    ] {
        assert_eq!(group.written("group.uz", &statement), 0, "{statement}");
    }
}
