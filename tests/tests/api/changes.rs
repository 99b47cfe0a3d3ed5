//! The change feed over HTTP: what it tells, to whom, in which order.

mod sight;
mod storm;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, register_child};

/// The cursor of an answer.
fn next(reply: &Reply) -> String {
    reply.body["next_cursor"].as_str().expect("a cursor").to_owned()
}

/// The present place.
pub fn now(client: &Client) -> String {
    next(&client.get("/changes?since=now").expect(200))
}

/// Everything since a cursor, and the cursor after it. Other tests write to the same PostgreSQL: what is settled
/// waits for their transactions too, so this goes on until `until` is satisfied.
pub fn follow(client: &Client, cursor: &str, until: impl Fn(&[Value]) -> bool) -> (Vec<Value>, String) {
    let mut cursor = cursor.to_owned();
    let mut items = Vec::new();
    for _ in 0..600 {
        let page = client.get(&format!("/changes?limit=3&since={cursor}")).expect(200);
        cursor = next(&page);
        items.extend(page.body["items"].as_array().expect("items").clone());
        if page.body["more"] == false {
            if until(&items) {
                return (items, cursor);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    panic!("the change did not come: {items:#?}");
}

fn has(items: &[Value], kind: &str, id: &str, change: &str) -> bool {
    items.iter().any(|item| item["kind"] == kind && item["id"] == id && item["change"] == change)
}

#[test]
fn the_feed_tells_what_changed_in_order_and_where_to_read_it() {
    let cast = Cast::new();
    let start = now(&cast.pedagogue);
    let case = cast.case();
    let (id, child) = (case.id(), case.body["child_id"].as_str().expect("a child").to_owned());
    let (health_task, _) = cast.implement(&id);
    let task = health_task["id"].as_str().expect("a task");
    let note = json!({"section": "general", "text": "Seen today."});
    let note = cast.pedagogue.post(&format!("/cases/{id}/notes"), &note).expect(201).id();
    cast.health.change(&format!("/tasks/{task}/complete"), 1, &json!({"result": "Examined."})).expect(200);
    let fact = cast.report(&id, &child).expect(201).body["fact"]["id"].as_str().expect("a fact").to_owned();

    let (items, end) = follow(&cast.pedagogue, &start, |items| has(items, "fact", &fact, "appeared"));
    let place = |kind: &str, id: &str, change: &str| {
        let found = items.iter().position(|item| item["kind"] == kind && item["id"] == id && item["change"] == change);
        found.unwrap_or_else(|| panic!("no {change} of {kind} {id} in {items:#?}"))
    };
    let order = [
        place("child", &child, "child.registered"),
        place("case", &id, "appeared"),
        place("case", &id, "case.opened"),
        place("case", &id, "case.transitioned"),
        place("note", &note, "case.note_written"),
        place("task", task, "case.task_completed"),
        place("fact", &fact, "appeared"),
    ];
    assert!(order.is_sorted(), "{order:?} in {items:#?}");
    let completed = &items[place("task", task, "case.task_completed")];
    assert_eq!(completed["parent"], json!({"kind": "case", "id": id}));
    assert_eq!(completed["version"], 2);
    assert_eq!(items[place("case", &id, "case.opened")]["version"], cast.version(&id));
    assert!(items.iter().all(|item| item["at"].is_string()));
    let mut members: Vec<&String> = items[0].as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["at", "change", "id", "kind", "parent", "version"], "pointers, no content");

    // Nothing more, and the cursor stays good.
    assert_eq!(cast.pedagogue.get(&format!("/changes?since={end}")).expect(200).body["items"], json!([]));
    // From the beginning the same is there.
    let (all, _) = follow_from_beginning(&cast.pedagogue);
    assert!(has(&all, "case", &id, "case.opened") && has(&all, "note", &note, "case.note_written"));
}

fn follow_from_beginning(client: &Client) -> (Vec<Value>, String) {
    let page = client.get("/changes?limit=2").expect(200);
    let first = page.body["items"].as_array().expect("items").clone();
    let (mut rest, cursor) = follow(client, &next(&page), |_| true);
    rest.splice(0..0, first);
    (rest, cursor)
}

#[test]
fn a_foreign_school_is_told_nothing_and_whoever_works_on_no_case_is_refused() {
    let cast = Cast::new();
    let start = now(&cast.stranger);
    let case = cast.case().id();
    let mark = register_child(&cast.stranger, "Метка");
    let (items, _) = follow(&cast.stranger, &start, |items| has(items, "child", &mark, "child.registered"));
    assert!(items.iter().all(|item| item["id"] == mark.as_str()), "a foreign record shows: {items:#?}");
    assert!(!items.iter().any(|item| item["id"] == case.as_str()));
    for name in ["statistician.home", "auditor.home", "administrator.home"] {
        cast.server.client(name).get("/changes").problem(403, "forbidden");
    }
}

#[test]
fn the_hotline_follows_its_own_signals() {
    let cast = Cast::new();
    let hotline = cast.server.client("hotline_operator.home");
    let start = now(&hotline);
    let file = |client: &Client| {
        let body = json!({"channel": "hotline_111", "description": "D", "territory": "351000000", "urgency": "urgent",
            "organisation_id": cast.organisation("school home")});
        client.post("/signals", &body).expect(201).id()
    };
    let of_school = file(&cast.pedagogue);
    let own = file(&hotline);
    let body = json!({"decision": "dismiss", "reason": "A mistake"});
    cast.pedagogue.change(&format!("/signals/{own}/triage"), 1, &body).expect(200);
    let (items, _) = follow(&hotline, &start, |items| has(items, "signal", &own, "signal.decided"));
    assert!(has(&items, "signal", &own, "signal.received"));
    assert!(!items.iter().any(|item| item["id"] == of_school.as_str()));
}

#[test]
fn a_cursor_belongs_to_its_user_and_to_what_that_user_reaches() {
    let cast = Cast::new();
    let cursor = now(&cast.pedagogue);
    let foreign = cast.health.get(&format!("/changes?since={cursor}")).problem(410, "cursor_expired");
    assert_eq!(foreign.body["reason"], "cursor_of_other_reach");
    let mut owner = cast.server.database.owner();
    diesel::RunQueryDsl::execute(
        diesel::sql_query(
            "UPDATE user_roles SET scope = 'territory' FROM users u
             WHERE u.id = user_id AND u.username = 'social_pedagogue.home'",
        ),
        &mut owner,
    )
    .expect("widen the scope");
    cast.pedagogue.get(&format!("/changes?since={cursor}")).problem(410, "cursor_expired");
    let _ = cast.pedagogue.get(&format!("/changes?since={}", now(&cast.pedagogue))).expect(200);
}

#[test]
fn what_was_pruned_is_not_passed_over_in_silence() {
    let cast = Cast::new();
    let old = now(&cast.pedagogue);
    let case = cast.case().id();
    let (_, fresh) = follow(&cast.pedagogue, &old, |items| has(items, "case", &case, "case.opened"));
    let mut owner = cast.server.database.owner();
    diesel::RunQueryDsl::execute(diesel::sql_query("SELECT outbox_prune(now() + interval '1 day')"), &mut owner)
        .expect("prune");
    let expired = cast.pedagogue.get(&format!("/changes?since={old}")).problem(410, "cursor_expired");
    assert_eq!(expired.body["reason"], "cursor_pruned");
    cast.pedagogue.get("/changes").problem(410, "cursor_expired");
    // A cursor after what was pruned goes on.
    cast.pedagogue.patch(&format!("/cases/{case}"), 1, &json!({"title": "Another"})).expect(200);
    let (items, _) = follow(&cast.pedagogue, &fresh, |items| has(items, "case", &case, "case.amended"));
    assert!(!has(&items, "case", &case, "case.opened"));
    // After a restore from a dump every app begins anew.
    diesel::RunQueryDsl::execute(diesel::sql_query("SELECT outbox_restart()"), &mut owner).expect("restart");
    cast.pedagogue.get(&format!("/changes?since={fresh}")).problem(410, "cursor_expired");
}

#[test]
fn cursors_that_are_not_ours_are_refused_or_harmless() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let cast = Cast::new();
    for text in ["x", "e30", "NOW", "%00", "eyJ2IjoxfQ"] {
        let reply = cast.pedagogue.get(&format!("/changes?since={text}")).problem(400, "invalid_query");
        assert_eq!(reply.errors(), [("since".to_owned(), "cursor_invalid".to_owned())], "{text}");
    }
    let cursor = URL_SAFE_NO_PAD.decode(now(&cast.pedagogue)).expect("base64");
    let inside: Value = serde_json::from_slice(&cursor).expect("JSON");
    for (place, value) in [
        (0, json!(u64::MAX)),
        (0, json!(-1)),
        (0, json!("1")),
        (1, json!(i64::MIN)),
        (1, json!(i64::MAX)),
        (2, json!(7)),
    ] {
        let mut forged = inside.clone();
        forged["p"][place] = value;
        let text = URL_SAFE_NO_PAD.encode(forged.to_string());
        let reply = cast.pedagogue.get(&format!("/changes?since={text}"));
        assert!(matches!(reply.status, 200 | 400 | 410), "{forged}: {} {}", reply.status, reply.text);
    }
    let _ = cast.pedagogue.get("/changes?limit=201").problem(400, "invalid_query");
}
