//! What of a release the database itself keeps closed, and keeps as it is.

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_tests::Server;
use serde_json::json;

use crate::row_security::count;

const TABLES: [&str; 6] = [
    "statistics_releases",
    "statistics_release_tables",
    "statistics_release_parts",
    "statistics_release_answers",
    "statistics_release_outcomes",
    "statistics_release_documents",
];

fn enter(server: &Server, connection: &mut PgConnection, username: &str) {
    connection.batch_execute("ROLLBACK; BEGIN").expect("begin");
    sql_query("SELECT enter_session($1, $2, $3, NULL)")
        .bind::<SqlUuid, _>(server.world.person(username).session.as_uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Nullable<Text>, _>(None::<String>)
        .execute(connection)
        .expect("enter the session");
}

/// A published release of two facts, and one that is proposed; their ids.
fn furnish(server: &Server) -> [String; 2] {
    let pedagogue = server.client("social_pedagogue.home");
    for (name, day) in [("Жабықов", "2026-01-10"), ("Жабықбай", "2026-02-10")] {
        let child = json!({"last_name": name, "first_name": "Бала", "birth_date": "2014-05-17", "sex": "female",
            "territory": "351000000", "confirm_new": true});
        let child = pedagogue.post("/children", &child).expect(201).id();
        let report = json!({"kind": "violence", "main_form": "physical", "occurred_on": day, "child_id": child,
            "role": "victim", "place": {"territory": "351000000", "setting": "home"}, "description": "D"});
        pedagogue.post("/register/reports", &report).expect(201);
    }
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days'")
        .execute(&mut server.database.owner())
        .expect("age the facts");
    let (first, second) = (server.client("statistician.home"), server.client("statistician.abroad"));
    let [published, proposed] = ["2026-01-01", "2026-02-01"].map(|from| {
        let release = first.post("/statistics/releases", &json!({"period": "month", "from": from})).expect(201).id();
        let parts = first.get(&format!("/statistics/releases/{release}/parts")).expect(200);
        let part = parts.body["items"][0]["id"].as_str().expect("a part").to_owned();
        server
            .client("supervisor.office.home")
            .change(&format!("/statistics/releases/{release}/parts/{part}/answer"), 1, &json!({"answer": "confirmed"}))
            .expect(200);
        release
    });
    second.change(&format!("/statistics/releases/{published}/publish"), 1, &json!({})).expect(200);
    [published, proposed]
}

#[test]
fn exact_numbers_parts_and_proposals_are_closed_to_all_whom_they_do_not_concern() {
    let server = Server::start();
    let [published, proposed] = furnish(&server);
    let mut owner = server.database.owner();
    let mut connection = server.database.server();
    for table in TABLES {
        assert!(count(&mut owner, table) > 0, "{table}: the fixture leaves it empty");
        assert_eq!(count(&mut connection, table), 0, "{table} without a session");
    }
    for stranger in ["social_pedagogue.home", "administrator.home", "auditor.home", "hotline_operator.home"] {
        enter(&server, &mut connection, stranger);
        for table in TABLES {
            assert_eq!(count(&mut connection, table), 0, "{table} as {stranger}");
        }
    }
    let closed =
        ["statistics_release_tables WHERE method = 'exact'", "statistics_release_documents WHERE method = 'exact'"];
    for reader in ["analyst.home", "supervisor.office.abroad", "supervisor.home", "supervisor.office.home"] {
        enter(&server, &mut connection, reader);
        for closed in closed {
            assert_eq!(count(&mut connection, closed), 0, "{closed} as {reader}");
        }
        let of_proposal = format!("statistics_release_tables WHERE release_id = '{proposed}'");
        assert_eq!(count(&mut connection, &of_proposal), 0, "{reader}");
        let of_published = format!("statistics_release_tables WHERE release_id = '{published}'");
        assert!(count(&mut connection, &of_published) > 0, "{reader}");
        let own = if reader == "supervisor.office.home" { 2 } else { 0 };
        for table in ["statistics_release_parts", "statistics_release_answers"] {
            assert_eq!(count(&mut connection, table), own, "{table} as {reader}");
        }
        assert_eq!(count(&mut connection, "statistics_releases"), if own > 0 { 2 } else { 1 }, "{reader}");
    }
}

#[test]
fn what_is_frozen_signed_or_published_is_never_written_again() {
    let server = Server::start();
    let [published, proposed] = furnish(&server);
    let mut connection = server.database.server();
    for statement in [
        format!("INSERT INTO statistics_release_tables SELECT '{proposed}', method, 'new', place, dimensions, name_ru, name_kk,
                 name_en, cells, 7 FROM statistics_release_tables LIMIT 1"),
        format!("INSERT INTO statistics_release_tables SELECT '{published}', method, 'new', place, dimensions, name_ru, name_kk,
                 name_en, cells, 7 FROM statistics_release_tables LIMIT 1"),
        format!("INSERT INTO statistics_release_parts VALUES (gen_random_uuid(), '{proposed}', 'DP', '351000000', 5, '[]')"),
        "INSERT INTO statistics_release_outcomes SELECT id, 'silent', NULL FROM statistics_release_parts
         WHERE id NOT IN (SELECT part_id FROM statistics_release_outcomes)".to_owned(),
        format!("INSERT INTO statistics_release_documents
                 VALUES ('{proposed}', 'exact', '{{}}', sha256('{{}}'), 'x', '{{}}')"),
        format!("INSERT INTO statistics_release_answers SELECT id, 9, 'confirmed', NULL, context_user(), context_organisation(),
                 now() FROM statistics_release_parts WHERE release_id = '{proposed}'"),
    ] {
        enter(&server, &mut connection, "statistician.home");
        let refused = sql_query(&statement).execute(&mut connection).expect_err(&statement).to_string();
        assert!(refused.contains("row-level security"), "{statement}: {refused}");
    }
    // A published release has no way back, for the server nor, by mistake, for anybody.
    enter(&server, &mut connection, "statistician.home");
    let changed = sql_query(format!(
        "UPDATE statistics_releases SET status = 'withdrawn', withdraw_reason = 'x' WHERE id = '{published}'"
    ))
    .execute(&mut connection)
    .expect("nothing to update");
    assert_eq!(changed, 0);
    let refused = sql_query(format!("UPDATE statistics_releases SET as_of = as_of + 1 WHERE id = '{published}'"))
        .execute(&mut server.database.owner())
        .expect_err("the owner neither");
    assert!(refused.to_string().contains("stays as it is"), "{refused}");
    // Answers of another agency's place, or to what is settled, are refused too.
    for (person, release) in [("supervisor.office.abroad", &proposed), ("supervisor.office.home", &published)] {
        let part = server.client("statistician.home").get(&format!("/statistics/releases/{release}/parts")).expect(200);
        let part = part.body["items"][0]["id"].as_str().expect("a part").to_owned();
        enter(&server, &mut connection, person);
        let statement = format!(
            "INSERT INTO statistics_release_answers
             VALUES ('{part}', 9, 'confirmed', NULL, context_user(), context_organisation(), now())"
        );
        let refused = sql_query(statement).execute(&mut connection).expect_err(person).to_string();
        assert!(refused.contains("row-level security"), "{person}: {refused}");
    }
}

/// A release that was told keeps the rule by which it was; one that is not told yet hides what is hidden now.
#[test]
fn releases_of_before_small_counts_were_hidden() {
    const UP: &str = include_str!("../../../migrations/2026112336_small_counts_hidden/up.sql");
    const DOWN: &str = include_str!("../../../migrations/2026112336_small_counts_hidden/down.sql");
    let server = Server::start();
    let [published, proposed] = furnish(&server);
    let mut owner = server.database.owner();
    owner.batch_execute(DOWN).expect("down");
    // Frozen as before: of ones, some were told as three.
    owner
        .batch_execute(
            "UPDATE statistics_release_tables told SET cells = replace(exact.cells::text, ', 1]', ', 3]')::jsonb, total = 3
             FROM statistics_release_tables exact
             WHERE told.release_id = exact.release_id AND told.code = exact.code AND told.method = 'protected'
               AND exact.method = 'exact'",
        )
        .expect("numbers of before");
    let four = format!(
        "UPDATE statistics_release_tables SET cells = replace(cells::text, ', 1]', ', 4]')::jsonb, total = 4
         WHERE release_id = '{proposed}' AND method = 'exact' AND code = 'main_form_sex'"
    );
    assert_eq!(sql_query(four).execute(&mut owner).expect("one table with more facts"), 1);
    owner.batch_execute(UP).expect("up");
    for (release, hidden_below) in [(&published, 1), (&proposed, 3)] {
        let kept = format!("statistics_releases WHERE id = '{release}' AND hidden_below = {hidden_below}");
        assert_eq!(count(&mut owner, &kept), 1, "{kept}");
    }
    assert_eq!(count(&mut owner, "disclosure_rules WHERE hidden_below <> 3"), 0);
    let told = |owner: &mut PgConnection, release: &str, method: &str| {
        let cells = "(jsonb_array_length(cells) > 0 OR total > 0)";
        count(
            owner,
            &format!("statistics_release_tables WHERE release_id = '{release}' AND method = '{method}' AND {cells}"),
        )
    };
    let tables = told(&mut owner, &proposed, "exact");
    assert!(tables > 0, "the fact is in the exact ones");
    assert_eq!(
        (told(&mut owner, &published, "protected"), told(&mut owner, &proposed, "protected")),
        (tables, 1),
        "what holds four stays"
    );
}
