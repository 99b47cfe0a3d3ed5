//! Sixteen writers make five thousand changes, some of them slowly, so that lower transaction numbers are committed
//! after higher ones. Clients that page meanwhile miss none and see none out of order.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use qorgan_api::problem::{Problem, ProblemCode};
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{CaseId, NoteId, SessionId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;
use qorgan_storage::cases::{CaseAmendment, NewContent};
use qorgan_storage::{Database, DatabaseSettings, Entry};
use qorgan_tests::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Cast;

const WRITERS: usize = 16;
const CHANGES: usize = 5_000;
const CASES: usize = 20;

/// What was answered to a writer: the case was changed to a version, or a note was written.
enum Acknowledged {
    Amended(CaseId, i64),
    Noted(Uuid),
}

fn writer(database: &Database, session: SessionId, cases: &[CaseId], seed: usize, todo: usize) -> Vec<Acknowledged> {
    let mut done = Vec::with_capacity(todo);
    let mut turn = seed;
    while done.len() < todo {
        turn += 1;
        let case = cases[(turn * 7 + seed * 3) % cases.len()];
        let entry = Entry { session, now: Utc::now(), request_id: "storm".into(), idempotency: None };
        let answer: Result<Acknowledged, Problem> = database.run(&entry, |tx| {
            if turn.is_multiple_of(2) {
                let case = tx.case_for(case, Action::CaseUpdate)?;
                let title = Title::new(&format!("Version {}", case.version + 1)).expect("a title");
                tx.case_amend(&case, &CaseAmendment { title: Some(title), ..CaseAmendment::default() })?;
                // Holds the case and the number of its transaction while others pass by.
                pause(turn);
                Ok(Acknowledged::Amended(case.id, case.version + 1))
            } else {
                let case = tx.case_for(case, Action::NoteWrite)?;
                let id = Uuid::now_v7();
                let content = NewContent { section: Section::General, body: json!({"text": "N"}) };
                tx.note_insert(&case, NoteId::from_uuid(id), &content)?;
                pause(turn);
                Ok(Acknowledged::Noted(id))
            }
        });
        match answer {
            Ok(acknowledged) => done.push(acknowledged),
            // Somebody else was first, or stood in the way: try again.
            Err(problem) if matches!(problem.code(), ProblemCode::StaleVersion | ProblemCode::Unavailable) => {}
            Err(problem) => panic!("{problem:?}"),
        }
    }
    done
}

/// One transaction in eleven stays open for a while after its first write.
fn pause(turn: usize) {
    if turn.is_multiple_of(11) {
        std::thread::sleep(Duration::from_millis(10) * u32::try_from(2 + turn % 7).unwrap_or(2));
    }
}

/// Waits until everything written so far is settled. Tests of other databases share this PostgreSQL, and a snapshot's
/// xmin waits for their transactions too: a cursor taken before would still tell of the preparations.
fn settle(owner: &mut PgConnection) {
    for _ in 0..1_200 {
        let open: i64 = diesel::select(diesel::dsl::sql::<BigInt>(
            "(SELECT count(*) FROM outbox WHERE txid >= pg_snapshot_xmin(pg_current_snapshot()))",
        ))
        .get_result(owner)
        .expect("read the outbox");
        if open == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("another transaction of this PostgreSQL does not end");
}

/// Pages until the writers are done and everything they wrote has come.
fn reader(client: &Client, start: &str, done: &AtomicBool, total: impl Fn() -> usize) -> Vec<Value> {
    let mut cursor = start.to_owned();
    let mut seen = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(400);
    loop {
        let finished = done.load(Ordering::SeqCst);
        let page = client.get(&format!("/changes?limit=150&since={cursor}")).expect(200);
        page.body["next_cursor"].as_str().expect("a cursor").clone_into(&mut cursor);
        seen.extend(page.body["items"].as_array().expect("items").clone());
        if finished && page.body["more"] == false && seen.len() >= total() {
            return seen;
        }
        assert!(Instant::now() < deadline, "{} of {} changes came", seen.len(), total());
        if page.body["more"] == false {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Text)]
    topic: String,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    part_id: Option<Uuid>,
}

/// A follower that goes by the running number alone: what must not be done. Answers with the numbers it saw.
fn naive(mut owner: PgConnection, after: i64, done: &AtomicBool) -> Vec<i64> {
    let mut seen = Vec::new();
    let mut last = after;
    while !done.load(Ordering::SeqCst) {
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT seq, topic, subject_id, part_id FROM outbox WHERE seq > $1 ORDER BY seq LIMIT 200",
        )
        .bind::<BigInt, _>(last)
        .load(&mut owner)
        .expect("read the outbox");
        last = rows.last().map_or(last, |row| row.seq);
        seen.extend(rows.iter().map(|row| row.seq));
        std::thread::sleep(Duration::from_millis(5));
    }
    seen
}

#[test]
fn five_thousand_changes_by_sixteen_writers_are_told_completely_and_in_order() {
    let cast = Cast::new();
    let cases: Vec<CaseId> = ('a'..='z')
        .take(CASES)
        .map(|letter| {
            let child = cast.child(&format!("Потокова{letter}"));
            crate::support::open_case(&cast.pedagogue, &child, "medium").id().parse().expect("an id")
        })
        .collect();
    let mut owner = cast.server.database.owner();
    settle(&mut owner);
    // Those who see all the cases, by organisation and by territory.
    let readers = [&cast.pedagogue, &cast.supervisor];
    let starts: Vec<String> = readers.iter().map(|client| super::now(client)).collect();
    let quiet: Vec<Row> =
        diesel::sql_query("SELECT seq, topic, subject_id, part_id FROM outbox ORDER BY seq DESC LIMIT 1")
            .load(&mut owner)
            .expect("read the outbox");
    let before = quiet.first().map_or(0, |row| row.seq);
    let database = Database::new(&DatabaseSettings {
        url: cast.server.database.server_url(),
        connections: 16,
        wait: Duration::from_secs(60),
    });
    let session = cast.server.world.person("social_pedagogue.home").session;
    let done = AtomicBool::new(false);
    let acknowledged = Mutex::new(Vec::new());
    let (seen, skipped) = std::thread::scope(|scope| {
        let follower = cast.server.database.owner();
        let naive = scope.spawn(|| naive(follower, before, &done));
        let watching: Vec<_> = readers
            .into_iter()
            .zip(&starts)
            .map(|(client, start)| {
                let (done, acknowledged) = (&done, &acknowledged);
                scope.spawn(move || {
                    let total = || acknowledged.lock().expect("a lock").len();
                    reader(client, start, done, total)
                })
            })
            .collect();
        let writing: Vec<_> = (0..WRITERS)
            .map(|seed| {
                let (database, cases, acknowledged) = (&database, &cases, &acknowledged);
                let todo = CHANGES / WRITERS + usize::from(seed < CHANGES % WRITERS);
                scope.spawn(move || {
                    let own = writer(database, session, cases, seed, todo);
                    acknowledged.lock().expect("a lock").extend(own);
                })
            })
            .collect();
        writing.into_iter().for_each(|thread| thread.join().expect("a writer"));
        done.store(true, Ordering::SeqCst);
        let seen: Vec<Vec<Value>> = watching.into_iter().map(|thread| thread.join().expect("a reader")).collect();
        (seen, naive.join().expect("the naive follower"))
    });
    let acknowledged = acknowledged.into_inner().expect("a lock");
    assert_eq!(acknowledged.len(), CHANGES);
    let rows: Vec<Row> =
        diesel::sql_query("SELECT seq, topic, subject_id, part_id FROM outbox WHERE seq > $1 ORDER BY txid, seq")
            .bind::<BigInt, _>(before)
            .load(&mut owner)
            .expect("read the outbox");
    for items in &seen {
        check(items, &acknowledged, &rows);
    }
    // Without the rule of the snapshot's xmin changes are lost: the writers were slow enough to show it.
    let last = skipped.last().copied().unwrap_or_default();
    let lost = rows.iter().filter(|row| row.seq <= last && !skipped.contains(&row.seq)).count();
    assert!(lost > 0, "no transaction was committed late: the test shows nothing");
    println!("a follower by number alone lost {lost} of {} changes", rows.len());
}

/// Each acknowledged change is there once, the versions of each case rise, and the order is that of the outbox.
fn check(items: &[Value], acknowledged: &[Acknowledged], rows: &[Row]) {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let told: Vec<(String, String)> = items.iter().map(|item| (text(item, "change"), text(item, "id"))).collect();
    let written: Vec<(String, String)> =
        rows.iter().map(|row| (row.topic.clone(), row.part_id.unwrap_or(row.subject_id).to_string())).collect();
    assert_eq!(told.len(), written.len(), "as many entries as rows");
    assert!(told == written, "the order is that of the outbox");

    let mut versions: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for item in items.iter().filter(|item| item["kind"] == "case") {
        let version = item["version"].as_i64().expect("a version");
        let (last, entries) = versions.entry(text(item, "id")).or_default();
        assert!(*last <= version, "versions of a case fall from {last} to {version}");
        *last = version;
        *entries += 1;
    }
    let mut expected: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for change in acknowledged {
        match change {
            Acknowledged::Amended(case, version) => {
                let (last, entries) = expected.entry(case.to_string()).or_default();
                *last = (*last).max(*version);
                *entries += 1;
            }
            Acknowledged::Noted(note) => {
                let note = note.to_string();
                let told = items.iter().filter(|item| item["id"] == note.as_str()).count();
                assert_eq!(told, 1, "a note was told of {told} times");
            }
        }
    }
    assert_eq!(versions, expected, "the last version and the number of changes of each case");
}
