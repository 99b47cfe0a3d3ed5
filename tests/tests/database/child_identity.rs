//! What children are found by is closed to the server: it asks functions, and they ask for a session.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::Server;
use serde_json::json;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(connection: &mut PgConnection, from: &str) -> i64 {
    let row: Count = sql_query(format!("SELECT count(*) AS count FROM {from}")).get_result(connection).expect(from);
    row.count
}

#[test]
fn keys_and_dictionary_are_closed_and_names_are_never_changed() {
    let server = Server::start();
    let child = json!({"last_name": "Жабық", "first_name": "Бала", "birth_date": "2014-01-15", "sex": "male",
        "territory": "351000000"});
    server.client("social_pedagogue.home").post("/children", &child).expect(201);
    let mut owner = server.database.owner();
    for table in ["child_match_keys", "name_tokens", "name_token_forms", "child_names"] {
        assert!(count(&mut owner, table) > 0, "{table} was written");
    }
    let mut connection = server.database.server();
    for statement in [
        "SELECT 1 FROM child_match_keys",
        "SELECT 1 FROM name_tokens",
        "SELECT 1 FROM name_token_forms",
        "INSERT INTO child_names SELECT * FROM child_names",
        "UPDATE child_names SET last_name = 'x'",
        "DELETE FROM child_names",
        "UPDATE children SET merged_into = id",
        "UPDATE children SET match_tokens = '{}'",
        "INSERT INTO child_merges SELECT * FROM child_merges",
        "DELETE FROM child_merges",
        "SELECT * FROM child_comparables('{0}', '{}')",
        "SELECT child_records_below(gen_random_uuid())",
        "SELECT * FROM child_merge_begin(gen_random_uuid(), gen_random_uuid())",
        "SELECT child_unmerge_begin(gen_random_uuid())",
    ] {
        assert!(sql_query(statement).execute(&mut connection).is_err(), "refused: {statement}");
    }
    // Without a session nothing is found.
    for question in [
        "child_names",
        "name_tokens_near(ARRAY[0], (SELECT array_agg(g) FROM generate_series(0, 9) g))",
        "name_token_counts(ARRAY['бала'], 0)",
        "child_search(ARRAY['бала'], NULL, NULL, NULL, NULL, false, NULL, 10)",
        "child_search(NULL, NULL, NULL, NULL, NULL, false, '600115500013', 10)",
    ] {
        assert_eq!(count(&mut connection, question), 0, "{question}");
    }
}

/// Reasons of both sides stood in one text once: they are for those who read both records, and none is lost.
#[test]
fn reasons_written_before_are_for_who_reads_both_records() {
    const UP: &str = include_str!("../../../migrations/2026112333_pair_reasons/up.sql");
    const DOWN: &str = include_str!("../../../migrations/2026112333_pair_reasons/down.sql");
    let server = Server::start();
    let [one, other] = ["home", "abroad"].map(|side| {
        let child = json!({"last_name": "Жабық", "first_name": "Бала", "birth_date": "2014-01-15", "sex": "male",
            "territory": "351000000", "confirm_new": true});
        server.client(&format!("social_pedagogue.{side}")).post("/children", &child).expect(201).id()
    });
    let report = json!({"kind": "violence", "main_form": "physical", "occurred_on": "2026-02-10", "child_id": one,
        "role": "victim", "place": {"territory": "351000000", "setting": "home"}, "description": "D"});
    server.client("social_pedagogue.home").post("/register/reports", &report).expect(201);
    let mut owner = server.database.owner();
    owner.batch_execute(DOWN).expect("down");
    owner
        .batch_execute(&format!(
            "INSERT INTO child_match_reviews (id, one_id, other_id, fact_id, status, one_confirmed_by, reason, version,
                                              created_at, updated_at)
             SELECT gen_random_uuid(), '{one}', '{other}', f.id, 'open', c.created_by, E'One\\nand the other', 2, now(), now()
             FROM register_facts f, children c WHERE c.id = '{one}'"
        ))
        .expect("a review as it was kept before");
    owner.batch_execute(UP).expect("up");
    let kept = "child_match_review_words WHERE reason = E'One\\nand the other' AND read_one AND read_other AND same";
    assert_eq!(count(&mut owner, kept), 1);
    assert_eq!(count(&mut owner, "child_match_reviews WHERE reason IS NULL"), 1);
    owner.batch_execute(DOWN).expect("down again");
    assert_eq!(count(&mut owner, "child_match_reviews WHERE reason = E'One\\nand the other'"), 1);
}
