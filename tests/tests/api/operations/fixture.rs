//! What the tests of these statistics stand on.

use diesel::connection::SimpleConnection;
use qorgan_domain::calendar::local_date;
use qorgan_tests::Reply;
use serde_json::json;

use crate::support::{Cast, open_case};

/// The day so many days ago.
pub fn day(days: u64) -> String {
    let today = local_date(chrono::Utc::now());
    today.checked_sub_days(chrono::Days::new(days)).expect("a day").to_string()
}

/// Runs statements as the owner.
pub fn as_owner(cast: &Cast, statements: &str) {
    cast.server.database.owner().batch_execute(statements).expect(statements);
}

/// Gives a case another past: how many days ago, what began the state, stage, risk, outcome.
pub fn states(cast: &Cast, case: &str, states: &[(u32, &str, &str, &str, Option<&str>)]) {
    let mut statements = format!("DELETE FROM case_states WHERE case_id = '{case}';");
    for (at, (days, change, stage, risk, outcome)) in states.iter().enumerate() {
        let until = states.get(at + 1).map_or("NULL".to_owned(), |next| format!("now() - interval '{} days'", next.0));
        let outcome = outcome.map_or("NULL".to_owned(), |outcome| format!("'{outcome}'"));
        statements += &format!(
            "INSERT INTO case_states (case_id, change, since, until, stage, risk_level, outcome, lead_organisation_id)
             SELECT id, '{change}', now() - interval '{days} days', {until}, '{stage}', '{risk}', {outcome}, lead_organisation_id
             FROM cases WHERE id = '{case}';"
        );
    }
    statements += &format!(
        "UPDATE cases SET opened_at = (SELECT min(since) FROM case_states WHERE case_id = '{case}') WHERE id = '{case}';"
    );
    as_owner(cast, &statements);
}

/// The rows of a table by one dimension, with the cases in each.
pub fn counted(reply: &Reply, dimension: &str) -> Vec<(String, i64)> {
    let rows = reply.body["rows"].as_array().expect("rows").iter();
    rows.map(|row| {
        let value = row[dimension].as_str().unwrap_or("none").to_owned();
        (value, row["cases"].as_i64().expect("a count"))
    })
    .collect()
}

/// A case that went the whole way and was closed by a supervisor.
pub fn close(cast: &Cast) -> String {
    let child = cast.child("Жабылған");
    let case = open_case(&cast.pedagogue, &child, "medium").id();
    let (health, police) = cast.implement(&case);
    for (client, task) in [(&cast.health, &health), (&cast.police, &police)] {
        let path = format!("/tasks/{}/complete", task["id"].as_str().expect("a task"));
        client.change(&path, 1, &json!({"result": "Done."})).expect(200);
    }
    cast.report(&case, &child).expect(201);
    cast.waive_protocols(&case);
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let review = json!({"conclusion": "propose_closure", "summary": "Quiet."});
    cast.pedagogue.post(&format!("/cases/{case}/reviews"), &review).expect(201);
    let closure = json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Safe by now."});
    cast.act(&cast.pedagogue, &case, closure).expect(200);
    cast.act(&cast.supervisor, &case, json!({"action": "approve_closure"})).expect(200);
    case
}

/// Many cases of as many children, led by the school at home or abroad, opened over the last year; each third closed two
/// months later. With a deadline each, and a signal.
pub fn many(cast: &Cast, number: u32) {
    as_owner(cast, &format!(
        "CREATE TEMPORARY TABLE made AS
         SELECT i, gen_random_uuid() AS child, gen_random_uuid() AS id, o.id AS lead, o.kato, u.id AS person,
                now() - (50 + (i * 37) % 300) * interval '1 day' AS at, i % 3 = 0 AS closed
         FROM generate_series(1, {number}) AS i
         JOIN organisations o ON o.name = CASE WHEN i % 4 = 0 THEN 'school abroad' ELSE 'school home' END
         JOIN users u ON u.username = CASE WHEN i % 4 = 0 THEN 'social_pedagogue.abroad' ELSE 'social_pedagogue.home' END;
         INSERT INTO children (id, last_name, first_name, birth_date, sex, name_key, name_tokens, kato, organisation_id,
                               organisation_agency, organisation_kato, registered_organisation_id, created_at, created_by, updated_at)
         SELECT child, 'Көп' || i, 'Бала', '2014-05-17', 'female', 'коп' || i || ' бала', '{{}}', kato, lead, 'UO', kato, lead,
                at, person, at FROM made;
         INSERT INTO signals (id, channel, description, kato, organisation_id, organisation_agency, organisation_kato, child_id,
                              urgency, status, filed_by, filed_organisation_id, received_at, decided_at, updated_at)
         SELECT id, CASE WHEN i % 5 = 0 THEN 'child' ELSE 'parent' END, 'D', kato, lead, 'UO', kato, child, 'routine', 'accepted',
                person, lead, at - interval '1 day', at, at FROM made;
         INSERT INTO cases (id, number, child_id, signal_id, title, description, stage, stage_since, risk_level, kato,
                            lead_organisation_id, manager_id, closure_outcome, closure_proposed_by, closed_at, opened_at,
                            opened_by, updated_at)
         SELECT id, 'made-' || i, child, id, 'T', 'D', CASE WHEN closed THEN 'closed' ELSE 'review' END, at,
                CASE WHEN i % 7 = 0 THEN 'critical' WHEN i % 2 = 0 THEN 'low' ELSE 'medium' END, kato, lead, person,
                CASE WHEN closed THEN 'risk_reduced' END, CASE WHEN closed THEN person END,
                CASE WHEN closed THEN at + interval '5 days' END, at, person, at FROM made;
         INSERT INTO case_participants (case_id, organisation_id, organisation_agency, organisation_kato, role, assigned_user_id,
                                        reason, added_by, added_at)
         SELECT id, lead, 'UO', kato, 'lead', person, 'made', person, at FROM made;
         INSERT INTO case_deadlines (id, case_id, kind, rule_id, state, started_at, base_due_at, due_at, settled_at)
         SELECT gen_random_uuid(), m.id, 'assessment', (SELECT r.id FROM clock_rules r WHERE r.code = 'assessment' LIMIT 1),
                'met', at, at + interval '7 days', at + interval '7 days', at + (i % 10) * interval '1 day' FROM made m;"
    ));
}
