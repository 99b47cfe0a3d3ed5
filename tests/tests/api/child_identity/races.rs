//! Two at once: no circle of merges, no child registered twice in two spellings.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use uuid::Uuid;

use super::child;
use super::merge::{merge, register};
use crate::support::Cast;

#[derive(QueryableByName)]
struct Record {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    merged_into: Option<Uuid>,
}

fn records(cast: &Cast) -> BTreeMap<Uuid, Option<Uuid>> {
    let rows: Vec<Record> =
        sql_query("SELECT id, merged_into FROM children").load(&mut cast.server.database.owner()).expect("children");
    rows.into_iter().map(|row| (row.id, row.merged_into)).collect()
}

#[test]
fn of_two_opposite_merges_one_is_done() {
    let cast = Cast::new();
    for round in 0..6 {
        let (one, two) =
            (register(&cast, "Қарсы", serde_json::json!({})), register(&cast, "Карсы", serde_json::json!({})));
        let start = Barrier::new(2);
        let mut statuses: Vec<u16> = thread::scope(|scope| {
            let go = |from: String, into: String| {
                let (client, start) = (&cast.supervisor, &start);
                scope.spawn(move || {
                    start.wait();
                    merge(client, &from, 1, &into).status
                })
            };
            let both = [go(one.clone(), two.clone()), go(two.clone(), one.clone())];
            both.into_iter().map(|thread| thread.join().expect("a client")).collect()
        });
        statuses.sort_unstable();
        assert!(matches!(statuses[..], [200, 409 | 412]), "round {round}: {statuses:?}");
    }
}

#[test]
fn merges_in_a_ring_leave_no_circle_and_no_record_without_survivor() {
    let cast = Cast::new();
    let ring: Vec<String> = (0..4).map(|_| register(&cast, "Шеңбер", serde_json::json!({}))).collect();
    let start = Barrier::new(ring.len());
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..ring.len())
            .map(|at| {
                let (client, start, ring) = (&cast.supervisor, &start, &ring);
                scope.spawn(move || {
                    start.wait();
                    merge(client, &ring[at], 1, &ring[(at + 1) % ring.len()]).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409 | 412 | 503)), "{statuses:?}");
    assert!(statuses.contains(&200) && statuses.iter().any(|status| *status != 200), "{statuses:?}");
    let records = records(&cast);
    for id in records.keys() {
        let (mut present, mut steps) = (*id, 0);
        while let Some(next) = records[&present] {
            present = next;
            steps += 1;
            assert!(steps <= records.len(), "a circle");
        }
    }
}

#[test]
fn one_child_registered_at_once_in_many_spellings_is_one_record() {
    let cast = Cast::new();
    let spellings = [
        child("Жұмабаев", "Қайрат", "Серікұлы", "2014-05-10"),
        child("Жумабаев", "Кайрат", "Серикович", "2014-05-10"),
        child("Zhumabayev", "Kairat", "Serikuly", "2014-05-10"),
        child("Кайрат", "Жумабаев", "Серикович", "2014-05-10"),
        child("Жумабаев", "Кайрад", "Серикович", "2014-05-10"),
        child("Жумбаев", "Кайрат", "Серикович", "2014-05-10"),
        child("Жумабаев", "Кайрат", "Серикулы", "2014-10-05"),
        child("Жұмабаев", "Қайырат", "Серікұлы", "2014-05-10"),
    ];
    let start = Barrier::new(spellings.len());
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = spellings
            .iter()
            .map(|body| {
                let (client, start) = (&cast.pedagogue, &start);
                scope.spawn(move || {
                    start.wait();
                    client.post("/children", body).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409], "the others are shown the first");
}
