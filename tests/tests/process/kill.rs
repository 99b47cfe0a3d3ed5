//! SIGKILL under load: every acknowledged write is there afterwards, and a retry doubles nothing.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use qorgan_tests::client::{send, try_send};
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::program::{Home, Program, signal};

/// Clients that write at the same time.
const WRITERS: usize = 8;
/// Limits that the load does not reach, and cheap hashes: they are not what is tested.
const SETTINGS: &[&str] = &[
    "--set",
    "limits.requests_per_second=100000",
    "--set",
    "limits.burst=100000",
    "--set",
    "limits.address_requests_per_second=100000",
    "--set",
    "limits.login_attempts_per_minute=1000",
    "--set",
    "argon2.memory_kib=1024",
];
const PASSWORD: &str = "тау бөкен жүгірді 2026";

/// What the writers sent: by Idempotency-Key the body, and the id of the case where the server acknowledged it.
#[derive(Default)]
struct Sent(Mutex<BTreeMap<String, (Value, Option<String>)>>);

impl Sent {
    fn note(&self, key: &str, body: &Value, acknowledged: Option<String>) {
        let mut sent = self.0.lock().expect("no writer panics");
        let entry = sent.entry(key.to_owned()).or_insert_with(|| (body.clone(), None));
        entry.1 = entry.1.take().or(acknowledged);
    }

    fn acknowledged(&self) -> usize {
        self.0.lock().expect("no writer panics").values().filter(|(_, id)| id.is_some()).count()
    }
}

fn log_in(program: &Program, username: &str) -> Client {
    let anonymous = Client::new(program.address(), None);
    let body = json!({"username": username, "password": PASSWORD});
    let reply = anonymous.post("/auth/login", &body).expect(200);
    anonymous.with_token(reply.body["access_token"].as_str().expect("a token"))
}

/// Makes a school with a pedagogue, and a child.
fn furnish(home: &Home, program: &Program) -> String {
    let settings: Vec<&str> =
        ["user", "create-admin", "chief", "--data", "data"].iter().chain(SETTINGS).copied().collect();
    home.run(&settings, PASSWORD);
    let admin = log_in(program, "chief");
    let school = json!({"agency": "UO", "territory": "351000000", "kind": "school", "name": "Школа (тест)"});
    let school = admin.post("/organisations", &school).expect(201).id();
    let pedagogue = json!({"username": "pedagogue", "display_name": "Сделанная Вымышленная", "organisation_id": school,
        "roles": [{"role": "social_pedagogue", "scope": "organisation"}], "password": PASSWORD});
    admin.post("/users", &pedagogue).expect(201);
    let child = json!({"last_name": "Нагрузкина", "first_name": "Айша", "birth_date": "2015-06-01", "sex": "female", "territory": "351000000"});
    log_in(program, "pedagogue").post("/children", &child).expect(201).id()
}

fn open_case(client: &Client, key: &str, body: &Value) -> Result<Reply, String> {
    let request = client.request("POST", "/api/v1/cases").header("Idempotency-Key", key).json(body);
    try_send(request).map_err(|error| error.to_string())
}

/// Opens cases from [`WRITERS`] threads until it is told to stop, each under a key of its own. What is not
/// acknowledged is left open; `refusals` counts the answers that were 503.
fn write(client: &Client, child: &str, round: &str, sent: &Sent, stop: &AtomicBool, refusals: &AtomicUsize) {
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let key = format!("{round}-{writer}-{number}");
                    let body = json!({"child_id": child, "title": key, "description": "D", "risk_level": "low"});
                    sent.note(&key, &body, None);
                    let Ok(reply) = open_case(client, &key, &body) else { continue };
                    match reply.status {
                        201 => sent.note(&key, &body, Some(reply.id())),
                        503 => {
                            assert!(
                                reply.header("retry-after").is_some(),
                                "503 says when to come again: {}",
                                reply.text
                            );
                            let _ = reply.problem(503, "unavailable");
                            refusals.fetch_add(1, Ordering::Relaxed);
                            thread::sleep(Duration::from_millis(50));
                        }
                        other => panic!("an answer {other} under load: {}", reply.text),
                    }
                }
            });
        }
    });
}

/// Asks for all kinds of things until it is told to stop: an answer is right, or it is a 503 that says when to come
/// again. A log-in is among them, which has no session yet.
fn read(client: &Client, stop: &AtomicBool) {
    let log_in = json!({"username": "pedagogue", "password": PASSWORD});
    let search = json!({"query": "Нагрузкина Айша"});
    while !stop.load(Ordering::Relaxed) {
        let anonymous = client.with_token("");
        let replies = [
            client.get("/cases?limit=5"),
            client.get("/auth/me"),
            client.get("/territories"),
            client.post("/children/search", &search),
            send(client.request("GET", "/readyz")),
            anonymous.post("/auth/login", &log_in),
        ];
        for reply in replies {
            assert!(
                reply.status == 200 || (reply.status == 503 && reply.header("retry-after").is_some()),
                "an answer {} in trouble: {}",
                reply.status,
                reply.text
            );
        }
        let _ = send(client.request("GET", "/healthz")).expect(200);
    }
}

/// Ends the load also where a check fails: the test must not wait for it for ever.
struct Load<'a>(&'a AtomicBool);

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Every acknowledged case is there; sending everything again makes each case exactly once.
fn verify(client: &Client, sent: &Sent, round: &str) {
    let sent = sent.0.lock().expect("no writer panics");
    let of_round: Vec<_> = sent.iter().filter(|(key, _)| key.starts_with(round)).collect();
    for (key, (body, acknowledged)) in &of_round {
        if let Some(id) = acknowledged {
            assert_eq!(client.get(&format!("/cases/{id}")).expect(200).body["title"], key.as_str());
        }
        let again = open_case(client, key, body).expect("the server answers").expect(201);
        if let Some(id) = acknowledged {
            assert_eq!(again.id(), *id, "{key}: a retry is the same case");
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
        }
    }
    let titles = titles(client);
    for (key, _) in &of_round {
        assert_eq!(titles.iter().filter(|title| *title == *key).count(), 1, "{key}: once");
    }
}

/// The titles of all cases in sight.
fn titles(client: &Client) -> Vec<String> {
    let mut titles = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/cases?limit=200{cursor}")).expect(200);
        let items = page.body["items"].as_array().expect("items");
        titles.extend(items.iter().filter_map(|item| item["title"].as_str().map(str::to_owned)));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return titles,
        }
    }
}

/// Waits until something holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: not within a minute");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let home = Home::new();
    let program = home.serve(SETTINGS);
    let child = furnish(&home, &program);
    let sent = Sent::default();
    let refusals = AtomicUsize::new(0);

    // The server is killed under load and started again.
    let client = log_in(&program, "pedagogue");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let _load = Load(&stop);
        scope.spawn(|| write(&client, &child, "server", &sent, &stop, &refusals));
        until("the load runs", || sent.acknowledged() > 60);
        program.kill();
    });
    let program = home.serve(SETTINGS);
    // The access token outlives the program that issued it; the keys are in the data folder.
    let client = Client::new(program.address(), None).with_token(token(&client));
    verify(&client, &sent, "server");

    // Its PostgreSQL is killed under load: 503 meanwhile, and the server brings it back by itself. The same where
    // only one of PostgreSQL's processes dies: then it throws all connections away and recovers by itself.
    for round in ["database", "connection"] {
        let before = sent.acknowledged();
        refusals.store(0, Ordering::Relaxed);
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let _load = Load(&stop);
            scope.spawn(|| write(&client, &child, round, &sent, &stop, &refusals));
            scope.spawn(|| read(&client, &stop));
            until("the load runs", || sent.acknowledged() > before + 60);
            let victim = if round == "database" { postmaster(&home) } else { busy_connection(&home) };
            signal("-KILL", victim);
            until("somebody is told to come again", || refusals.load(Ordering::Relaxed) > 0);
            let back = sent.acknowledged();
            until("the database is back", || sent.acknowledged() > back + 60);
        });
        send(client.request("GET", "/readyz")).expect(200);
        verify(&client, &sent, round);
    }
}

fn token(client: &Client) -> String {
    client.token().expect("the client has logged in").to_owned()
}

/// The process of the private PostgreSQL.
fn postmaster(home: &Home) -> u32 {
    let file = std::fs::read_to_string(home.data("pg/data/postmaster.pid")).expect("read postmaster.pid");
    file.lines().next().and_then(|line| line.trim().parse().ok()).expect("a process id")
}

/// A process of PostgreSQL that serves a connection of the server.
fn busy_connection(home: &Home) -> u32 {
    let parent = format!("PPid:\t{}", postmaster(home));
    let processes = std::fs::read_dir("/proc").expect("list processes").filter_map(Result::ok);
    let mut ids = processes.filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok());
    let serves = |id: &u32| {
        let file = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
        // PostgreSQL names what a process does: `postgres: role database [local] COMMIT`.
        file("status").lines().any(|line| line == parent) && file("cmdline").contains("[local]")
    };
    ids.find(serves).expect("a connection of the server")
}
