//! The worker: every reminder and every escalation exactly once, whoever works and whoever dies.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use qorgan_storage::worker::Worker;
use qorgan_storage::{Database, DatabaseSettings};
use qorgan_tests::Server;
use qorgan_tests::deadlines::{Course, assert_each_once, counts, two_hundred};
use serde_json::json;

use super::{clock, items, notices, owner};
use crate::support::Cast;

fn pool(server: &Server) -> Database {
    Database::new(&DatabaseSettings { url: server.database.server_url(), connections: 2, wait: Duration::from_secs(5) })
}

/// Due one after the other over two minutes; reminded of an hour before, the levels a day apart.
fn prepare(server: &Server, due: DateTime<Utc>) {
    let apart = TimeDelta::milliseconds(600);
    two_hundred(server, Course { due, apart, remind_before: TimeDelta::hours(1), next_level: TimeDelta::days(1) });
}

/// Waits until everything due by a moment is done.
fn nothing_left(server: &Server, moment: DateTime<Utc>) {
    let waiting = format!(
        "SELECT 'waiting' AS name, count(*) AS count FROM case_deadlines WHERE state = 'running' AND next_at <= '{}'",
        moment.to_rfc3339()
    );
    let deadline = Instant::now() + Duration::from_secs(60);
    while counts(server, &waiting)[0].1 > 0 {
        assert!(Instant::now() < deadline, "the workers do not come to an end");
        thread::sleep(Duration::from_millis(3));
    }
}

#[test]
fn two_workers_and_one_that_dies_do_everything_exactly_once() {
    let server = Server::start();
    let due = Utc::now() + TimeDelta::days(30);
    prepare(&server, due);
    let (stop, url) = (AtomicBool::new(false), server.database.server_url());
    // The time of both, which goes on only when all that is due by then is done: a slow machine misses nothing.
    let present = AtomicI64::new((due - TimeDelta::hours(2)).timestamp_micros());
    let clock = || DateTime::from_timestamp_micros(present.load(Ordering::SeqCst)).expect("a time");
    let work = |batch: i32| {
        let mut worker = Worker::new(url.clone(), batch);
        let mut led = 0;
        while !stop.load(Ordering::Relaxed) {
            // Errors are what happens when its connection is killed.
            let _ = worker.turn(clock());
            led += usize::from(worker.leads());
            thread::sleep(Duration::from_millis(3));
        }
        led
    };
    thread::scope(|scope| {
        let workers = [scope.spawn(|| work(7)), scope.spawn(|| work(11))];
        let moments = [TimeDelta::hours(-1), TimeDelta::zero(), TimeDelta::days(1), TimeDelta::days(2)]
            .into_iter()
            .flat_map(|step| (0..=24).map(move |more| due + step + TimeDelta::seconds(5) * more));
        for (turn, moment) in moments.enumerate() {
            present.store(moment.timestamp_micros(), Ordering::SeqCst);
            // Whoever leads is killed again and again, in the midst of it.
            if turn.is_multiple_of(3) {
                thread::sleep(Duration::from_millis(5));
                owner(
                    &server,
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                );
            }
            nothing_left(&server, moment);
        }
        stop.store(true, Ordering::Relaxed);
        let led = workers.map(|worker| worker.join().expect("no panic"));
        assert!(led.iter().all(|turns| *turns > 0), "both had their turn: {led:?}");
    });
    assert_each_once(&server);
}

#[test]
fn two_that_chase_at_the_same_time_without_a_leader_do_nothing_twice() {
    let server = Server::start();
    let due = Utc::now() - TimeDelta::days(4);
    prepare(&server, due);
    let reminded = pool(&server).chase_deadlines(due - TimeDelta::minutes(30), 500).expect("reminded");
    assert_eq!((reminded.reminders, reminded.escalations), (200, 0));
    thread::scope(|scope| {
        for _ in 0..4 {
            let database = pool(&server);
            scope.spawn(move || {
                for _ in 0..40 {
                    database.chase_deadlines(Utc::now(), 10).expect("chased");
                }
            });
        }
    });
    let rest = pool(&server).chase_deadlines(Utc::now(), 500).expect("chased");
    assert_eq!(rest.deadlines, 0, "nothing is left");
    assert_each_once(&server);
}

#[test]
fn only_one_leads_and_the_other_takes_its_place() {
    let server = Server::start();
    let (mut one, mut other) =
        (Worker::new(server.database.server_url(), 10), Worker::new(server.database.server_url(), 10));
    one.turn(Utc::now()).expect("a turn");
    other.turn(Utc::now()).expect("a turn");
    assert!(one.leads() && !other.leads());
    drop(one);
    let deadline = Instant::now() + Duration::from_secs(10);
    while !other.leads() && Instant::now() < deadline {
        other.turn(Utc::now()).expect("a turn");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(other.leads());
}

#[test]
fn levels_without_anybody_pass_it_on_and_a_paused_or_met_clock_is_left_alone() {
    let cast = Cast::new();
    let case = cast.case().id();
    let database = pool(&cast.server);
    let contact = clock(&cast.pedagogue, &case, "first_contact", "running");
    let due = super::time(&contact["due_at"]);
    let chase = |now: DateTime<Utc>| database.chase_deadlines(now, 100).expect("chased");

    // Before the reminder nothing, then one reminder, and none when it is late already.
    assert_eq!(chase(due - TimeDelta::hours(13)).deadlines, 0);
    assert_eq!(chase(due - TimeDelta::hours(1)).reminders, 1);
    assert_eq!(chase(due - TimeDelta::minutes(1)).deadlines, 0);
    assert_eq!(notices(&cast.pedagogue), ["deadline_near"]);

    // Nobody manages it: the supervisors are told in the manager's place, and not again when it is their turn.
    owner(&cast.server, "UPDATE cases SET manager_id = NULL");
    assert_eq!(chase(due).escalations, 1);
    assert_eq!(chase(due + TimeDelta::hours(24)).escalations, 0);
    assert_eq!(notices(&cast.supervisor), ["deadline_missed"]);
    let steps = clock(&cast.pedagogue, &case, "first_contact", "running")["steps"].clone();
    assert_eq!(
        (&steps[0]["level"], &steps[1]["level"], &steps[1]["told"]),
        (&json!(null), &json!("manager"), &json!("supervisor"))
    );
    // Above them nobody: recorded.
    chase(due + TimeDelta::hours(72));
    let last = clock(&cast.pedagogue, &case, "first_contact", "running")["steps"][2].clone();
    assert_eq!((&last["level"], &last["told"], &last["recipients"]), (&json!("region"), &json!(null), &json!(0)));

    // The system stands in the timeline without an actor.
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline")).expect(200);
    let missed: Vec<_> = items(&timeline.body).iter().filter(|event| event["kind"] == "deadline_missed").collect();
    assert_eq!(missed.len(), 2);
    assert_eq!((&missed[0]["actor"], &missed[0]["data"]["told"]), (&json!(null), &json!("supervisor")));

    // What stands still or is met is not chased.
    let assessment = super::time(&clock(&cast.pedagogue, &case, "assessment", "running")["due_at"]);
    owner(&cast.server, "UPDATE case_deadlines SET state = 'paused', paused_at = now() WHERE kind = 'assessment'");
    assert_eq!(chase(assessment + TimeDelta::days(30)).deadlines, 0);
    owner(
        &cast.server,
        "UPDATE case_deadlines SET state = 'met', settled_at = now(), paused_at = NULL WHERE kind = 'assessment'",
    );
    assert_eq!(chase(assessment + TimeDelta::days(60)).deadlines, 0);
}

#[test]
fn a_case_under_change_is_left_for_the_next_time() {
    let server = Server::start();
    prepare(&server, Utc::now() - TimeDelta::days(9));
    let mut holder = server.database.owner();
    holder
        .transaction::<_, diesel::result::Error, _>(|holder| {
            sql_query("SELECT FROM cases FOR UPDATE").execute(holder)?;
            assert_eq!(pool(&server).chase_deadlines(Utc::now(), 500).expect("it does not wait").deadlines, 0);
            Ok(())
        })
        .expect("held");
    assert_eq!(pool(&server).chase_deadlines(Utc::now(), 500).expect("chased").deadlines, 200);
}

#[test]
fn the_worker_sweeps_what_ran_out_and_shows_nothing() {
    let server = Server::start();
    let pedagogue = server.client("social_pedagogue.home");
    let body = json!({"last_name": "Уборкина", "first_name": "Дана", "birth_date": "2015-03-04", "sex": "female", "territory": "351000000"});
    pedagogue.post_with("/children", &[("Idempotency-Key", "k")], &body).expect(201);
    owner(&server, "UPDATE idempotency_records SET expires_at = now() - interval '1 hour'");
    owner(
        &server,
        "UPDATE sessions SET expires_at = now() - interval '31 days'
         WHERE user_id = (SELECT id FROM users WHERE username = 'analyst.home')",
    );
    let mut worker = Worker::new(server.database.server_url(), 10);
    worker.turn(Utc::now()).expect("a turn");
    let left = "SELECT 'keys' AS name, count(*) AS count FROM idempotency_records UNION ALL
                SELECT 'sessions', count(*) FROM sessions WHERE expires_at < now() ORDER BY 1";
    assert_eq!(counts(&server, left), [("keys".to_owned(), 0), ("sessions".to_owned(), 0)]);
    // What it calls are functions that answer with counts; the tables stay closed to its role.
    let mut as_server = server.database.server();
    for closed in ["case_deadlines", "notifications", "case_deadline_steps"] {
        let rows = sql_query(format!("SELECT FROM {closed}")).execute(&mut as_server).expect("no error");
        assert_eq!(rows, 0, "{closed}");
    }
    for inner in ["SELECT worker_recipients('manager', NULL, NULL)", "SELECT worker_task_holders(NULL)"] {
        assert!(sql_query(inner).execute(&mut as_server).is_err(), "refused: {inner}");
    }
}
