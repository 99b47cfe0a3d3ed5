//! Two programs on one database: one of them chases deadlines, the other takes its place when it is killed.

use std::thread;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use qorgan_tests::client::try_send;
use qorgan_tests::deadlines::{Course, assert_each_once, start_clocks, steps_taken, two_hundred_tasks};
use qorgan_tests::{Client, Server};

use crate::program::{Home, Program};

/// What `/readyz` says of the program's worker.
fn worker(program: &Program) -> String {
    let client = Client::new(program.address(), None);
    let reply = try_send(client.request("GET", "/readyz")).expect("an answer").expect(200);
    reply.body["worker"].as_str().expect("a state").to_owned()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within a minute");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_servers_and_a_killed_one_tell_everything_exactly_once() {
    let server = Server::start();
    let url = format!("database.url={}", server.database.server_url());
    let arguments = ["--set", &url, "--set", "worker.poll_ms=25", "--set", "worker.batch=9"];
    let homes = [Home::new(), Home::new()];
    let mut programs: Vec<Program> = homes.iter().map(|home| home.serve(&arguments)).collect();
    until("one leads and the other stands by", || {
        let mut states: Vec<String> = programs.iter().map(worker).collect();
        states.sort();
        states == ["leading", "standing_by"]
    });
    two_hundred_tasks(&server);
    // Real time: whoever is reminded must be reminded before it is due, so the reminders have ten seconds.
    let course = Course {
        due: Utc::now() + TimeDelta::seconds(10),
        apart: TimeDelta::milliseconds(5),
        remind_before: TimeDelta::seconds(10),
        next_level: TimeDelta::seconds(2),
    };
    start_clocks(&server, course);
    // In the midst of it the one that works is killed.
    until("half is done", || steps_taken(&server) > 300);
    let leader = programs.iter().position(|program| worker(program) == "leading").expect("one leads");
    programs.remove(leader).kill();
    until("the other goes on", || worker(&programs[0]) == "leading");
    until("all is done", || steps_taken(&server) >= 800);
    // A restarted one finds nothing to do.
    programs.push(homes[leader].serve(&arguments));
    thread::sleep(Duration::from_millis(500));
    assert_each_once(&server);
    assert_eq!(worker(&programs[1]), "standing_by");
}
