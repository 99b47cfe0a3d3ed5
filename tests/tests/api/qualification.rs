//! `/register/qualification-sessions`: who sees the file and when, what the group can decide, and what it does to the
//! register.

mod files;
mod refusals;

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_domain::identity::Role;
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::consilium::documents::Paper;
use crate::consilium::in_days;
use crate::support::{Cast, lists};

/// A report of suicidal behaviour at home.
pub fn suicidal_report(child: &str, level: &str) -> Value {
    json!({"kind": "suicidal_behaviour", "level": level, "occurred_on": "2026-02-10",
        "place": {"territory": "351000000", "setting": "home"}, "child_id": child, "role": "victim",
        "description": "Found by the grandmother in the bathroom."})
}

/// A session of the group with a fact on its agenda; its secretary convened it.
pub struct Group {
    pub cast: Cast,
    /// Of the education office; keeps the session and gives no opinion.
    pub secretary: Client,
    /// Of the health department; chairs.
    pub chair: Client,
    pub police: Client,
    pub prosecutor: Client,
    pub fact: String,
    pub child: String,
    pub session: String,
    pub item: String,
}

/// The members besides the secretary: user name, organisation, place in the group.
const MEMBERS: [(&str, &str, &str); 3] = [
    ("group.uz", "UZ home", "chair"),
    ("group.dp", "DP home", "member"),
    ("group.prokuratura", "PROKURATURA home", "member"),
];

impl Group {
    /// Convened for a day.
    pub fn convened(days: i64) -> Self {
        let mut cast = Cast::new();
        let mut owner = cast.server.database.owner();
        for (name, organisation, _) in MEMBERS {
            cast.server.world.hire(&mut owner, name, organisation, Role::QualificationMember);
        }
        let child = cast.child("Сапарова");
        let filed = cast.pedagogue.post("/register/reports", &suicidal_report(&child, "attempt")).expect(201);
        let fact = filed.body["fact"]["id"].as_str().expect("a fact").to_owned();
        let secretary = cast.server.client("qualification_member.home");
        let mut group = Self {
            chair: cast.server.client("group.uz"),
            police: cast.server.client("group.dp"),
            prosecutor: cast.server.client("group.prokuratura"),
            secretary,
            cast,
            fact,
            child,
            session: String::new(),
            item: String::new(),
        };
        group.convene(days);
        group
    }

    fn convene(&mut self, days: i64) {
        let convened =
            json!({"title": "December", "place": "Room 4", "scheduled_at": in_days(days), "role": "secretary"});
        self.session = self.secretary.post("/register/qualification-sessions", &convened).expect(201).id();
        for (name, _, role) in MEMBERS {
            self.seat(name, role).expect(201);
        }
        let reply = self.secretary.post(&self.at("/items"), &json!({"fact_id": self.fact})).expect(201);
        self.item = reply.body["items"][0]["id"].as_str().expect("an item").to_owned();
    }

    pub fn user(&self, name: &str) -> String {
        self.cast.server.world.person(name).user.to_string()
    }

    pub fn at(&self, part: &str) -> String {
        format!("/register/qualification-sessions/{}{part}", self.session)
    }

    pub fn before(&self, part: &str) -> String {
        self.at(&format!("/items/{}{part}", self.item))
    }

    pub fn seat(&self, name: &str, role: &str) -> Reply {
        self.secretary.post(&self.at("/members"), &json!({"user_id": self.user(name), "role": role}))
    }

    pub fn version(&self) -> i64 {
        self.secretary.get(&self.at("")).expect(200).version()
    }

    /// Keeps the session on its present version.
    pub fn keep(&self, part: &str, body: &Value) -> Reply {
        self.secretary.change(&self.at(part), self.version(), body)
    }

    pub fn open(&self) {
        self.keep("/open", &json!({"protocol_number": "12-2026"})).expect(200);
    }

    pub fn present(&self, names: &[&str]) {
        let users: Vec<String> = names.iter().map(|name| self.user(name)).collect();
        self.keep("/attendance", &json!({"present": users})).expect(200);
    }

    pub fn everybody_present(&self) {
        self.present(&["qualification_member.home", "group.uz", "group.dp", "group.prokuratura"]);
    }

    pub fn decide(&self, body: &Value) -> Reply {
        self.keep(&format!("/items/{}/decide", self.item), body)
    }

    pub fn opine(&self, client: &Client, outcome: &str, level: Option<&str>) -> Reply {
        let opinion = json!({"outcome": outcome, "level": level, "reasons": format!("My reasons for {outcome}.")});
        client.post(&self.before("/opinions"), &opinion)
    }

    /// Everybody who judges gives this opinion.
    pub fn unanimous(&self, outcome: &str, level: Option<&str>) {
        for client in [&self.chair, &self.police, &self.prosecutor] {
            self.opine(client, outcome, level).expect(201);
        }
    }

    /// The fact as its reporter reads it.
    pub fn stands(&self) -> (String, i64, Value) {
        let fact = self.cast.pedagogue.get(&format!("/register/facts/{}", self.fact)).expect(200);
        (fact.body["status"].as_str().expect("a status").to_owned(), fact.version(), fact.body["level"].clone())
    }

    /// The fact as it read at the moment of one of its versions.
    fn as_of(&self, version: i32) -> Reply {
        #[derive(QueryableByName)]
        struct Moment {
            #[diesel(sql_type = diesel::sql_types::Text)]
            value: String,
        }
        let query = format!(
            "SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS value
             FROM register_fact_versions WHERE fact_id = '{}' AND version = {version}",
            self.fact
        );
        let moment: Moment = sql_query(query).get_result(&mut self.cast.server.database.owner()).expect("a version");
        self.cast.pedagogue.get(&format!("/register/facts/{}?as_of={}", self.fact, moment.value)).expect(200)
    }

    pub fn waiting(&self) -> Reply {
        self.secretary.get("/register/qualification-facts").expect(200)
    }

    /// How many rows of the register say this of its facts.
    pub fn count(&self, condition: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Number {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            value: i64,
        }
        let query = format!("SELECT count(*) AS value FROM {condition}");
        sql_query(query).get_result::<Number>(&mut self.cast.server.database.owner()).expect("count").value
    }
}

pub fn confirmed(level: &str) -> Value {
    json!({"outcome": "confirmed", "level": level, "reason": "The note and the summary leave no doubt."})
}

#[test]
fn three_bodies_study_a_fact_and_the_register_reads_what_they_decided() {
    let mut group = Group::convened(5);
    // It waited without a word of the child; now it is before the group and waits no more.
    assert_eq!(group.stands(), ("under_qualification".into(), 2, json!("attempt")));
    assert!(!lists(&group.waiting(), &group.fact));
    let read = group.secretary.get(&group.at("")).expect(200);
    assert_eq!(read.body["items"][0]["fact"]["status"], "under_qualification");

    // Opinions are sealed until one's own is given; the secretary gives none and waits for all.
    group.open();
    group.opine(&group.chair, "confirmed", Some("attempt")).expect(201);
    let seen = |client: &Client| {
        let file = client.get(&group.before("/file")).expect(200);
        assert_eq!(
            file.body["heard"].as_array().expect("users").len(),
            usize::try_from(group.count("qualification_opinions")).expect("few")
        );
        file.body["opinions"].as_array().expect("opinions").len()
    };
    assert_eq!((seen(&group.chair), seen(&group.police), seen(&group.secretary)), (1, 0, 0));

    // What is missing is named, all of it.
    group.present(&["qualification_member.home", "group.uz"]);
    let refused = group.decide(&confirmed("attempt")).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["quorum_members", "quorum_agencies"]);
    assert_eq!((&refused.body["present"], &refused.body["needed"]), (&json!("1"), &json!("2")));
    group.everybody_present();
    let refused = group.decide(&confirmed("attempt")).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["opinions_missing"]);
    assert!(refused.body["opinions_missing"].as_str().expect("users").contains(&group.user("group.dp")));

    group.opine(&group.police, "confirmed", Some("self_injury")).expect(201);
    assert_eq!((seen(&group.police), seen(&group.secretary), seen(&group.prosecutor)), (2, 0, 0));
    group.opine(&group.prosecutor, "confirmed", Some("self_injury")).expect(201);
    assert_eq!((seen(&group.prosecutor), seen(&group.secretary)), (3, 3));
    // The opinions carry another level than the one that is recorded.
    let refused = group.decide(&confirmed("attempt")).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["opinions_majority"]);
    group.keep("/close", &json!({})).problem(409, "transition_refused");

    let decided = group.decide(&confirmed("self_injury")).expect(200);
    assert_eq!(decided.body["items"][0]["decision"]["level"], "self_injury");
    assert_eq!(decided.body["items"][0]["decision"]["voters"].as_array().expect("voters").len(), 3);
    assert_eq!(group.stands(), ("confirmed".into(), 3, json!("self_injury")));
    assert_eq!(group.count("register_fact_versions WHERE version = 3 AND protocol_number = '12-2026'"), 1);
    assert_eq!(
        group.count("register_fact_versions WHERE version = 1 AND status = 'registered' AND level = 'attempt'"),
        1
    );
    // Every past moment reads as it was.
    for (version, status, level) in
        [(1, "registered", "attempt"), (2, "under_qualification", "attempt"), (3, "confirmed", "self_injury")]
    {
        let fact = group.as_of(version);
        assert_eq!((&fact.body["status"], &fact.body["level"]), (&json!(status), &json!(level)), "version {version}");
    }
    // The statistics follow from the versions.
    let statistics = "/statistics/register?group_by=level&from=2026-01-01&to=2026-12-31";
    assert!(group.cast.statistician.get(statistics).expect(200).text.contains("self_injury"));

    group.keep("/close", &json!({})).expect(200);
    for (part, body) in [
        ("/close", json!({})),
        ("/open", json!({"protocol_number": "13"})),
        ("/cancel", json!({"reason": "Too late"})),
        ("/attendance", json!({"present": []})),
    ] {
        assert_eq!(group.keep(part, &body).problem(409, "transition_refused").missing(), ["session_status"], "{part}");
    }
    // It may come before the group again: new circumstances.
    group.convene(5);
    assert_eq!(group.stands(), ("under_qualification".into(), 4, json!("self_injury")));
    group.keep("/cancel", &json!({"reason": "The circumstances were not new."})).expect(200);
    assert_eq!(group.stands(), ("confirmed".into(), 5, json!("self_injury")));
}

#[test]
fn the_register_qualifies_by_the_session_that_has_the_fact_before_it() {
    let group = Group::convened(1);
    let path = format!("/register/facts/{}/qualify", group.fact);
    let body = json!({"status": "not_confirmed", "protocol_number": "12-2026", "reason": "It was an accident."});
    let refused = group.secretary.post(&path, &body).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["session_status"]);
    group.open();
    group.everybody_present();
    group.unanimous("not_confirmed", None);
    let mut other = body.clone();
    other["protocol_number"] = json!("99");
    assert_eq!(
        group.secretary.post(&path, &other).problem(422, "validation_failed").errors(),
        [("/protocol_number".to_owned(), "protocol_number_unknown".to_owned())]
    );
    let mut level = body.clone();
    level["level"] = json!("attempt");
    assert_eq!(
        group.secretary.post(&path, &level).problem(422, "validation_failed").errors()[0].1,
        "level_of_confirmed_only"
    );
    // A member does not keep the session; a reporter has no such right.
    group.police.post(&path, &body).problem(404, "not_found");
    group.cast.pedagogue.post(&path, &body).problem(403, "forbidden");
    group.secretary.post(&path, &body).expect(200);
    assert_eq!(group.stands(), ("not_confirmed".into(), 3, json!("attempt")));
    // Done: no session has it before it.
    group.secretary.post(&path, &body).problem(404, "not_found");
}

#[test]
fn a_session_that_does_not_take_place_leaves_the_fact_as_it_was() {
    let mut group = Group::convened(3);
    group.keep("/cancel", &json!({"reason": "The chair is ill."})).expect(200);
    assert_eq!(group.stands(), ("registered".into(), 3, json!("attempt")));
    assert!(lists(&group.waiting(), &group.fact));
    group.convene(3);
    group.open();
    let put_off = json!({"outcome": "postponed", "reason": "The summary has not come."});
    group.decide(&put_off).expect(200);
    // The same once more is the same.
    group.decide(&put_off).expect(200);
    assert_eq!(group.stands(), ("registered".into(), 5, json!("attempt")));
    assert!(lists(&group.waiting(), &group.fact));
    group.keep("/close", &json!({})).expect(200);
}

#[test]
fn of_two_decisions_at_once_one_is_recorded() {
    let group = Group::convened(1);
    group.open();
    group.everybody_present();
    group.unanimous("confirmed", Some("attempt"));
    let version = group.version();
    let path = group.before("/decide");
    let texts = ["Recorded by the secretary.", "Recorded by the chair."];
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let both = [(&group.secretary, texts[0]), (&group.chair, texts[1])].map(|(client, reason)| {
            let body = json!({"outcome": "confirmed", "level": "attempt", "reason": reason});
            let path = &path;
            scope.spawn(move || client.change(path, version, &body).status)
        });
        both.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409 | 412)), "{statuses:?}");
    assert_eq!(group.stands().1, 3);
}

#[test]
fn of_two_sessions_that_take_a_fact_at_once_one_has_it() {
    let group = Group::convened(1);
    group.keep("/cancel", &json!({"reason": "Another time."})).expect(200);
    let sessions: Vec<String> = (0..2)
        .map(|_| {
            let convened = json!({"title": "S", "scheduled_at": in_days(3)});
            group.secretary.post("/register/qualification-sessions", &convened).expect(201).id()
        })
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = sessions
            .iter()
            .map(|session| {
                let group = &group;
                let path = format!("/register/qualification-sessions/{session}/items");
                scope.spawn(move || group.secretary.post(&path, &json!({"fact_id": group.fact})).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409 | 412 | 422)), "{statuses:?}");
    assert_eq!(group.stands(), ("under_qualification".into(), 4, json!("attempt")));
}

#[test]
fn the_protocol_names_facts_by_number_and_no_child() {
    let group = Group::convened(1);
    group.open();
    group.everybody_present();
    group.unanimous("confirmed", Some("attempt"));
    group.decide(&confirmed("attempt")).expect(200);
    group.keep("/close", &json!({})).expect(200);
    let read = group.secretary.get(&group.at("")).expect(200);
    let number = read.body["items"][0]["fact_number"].as_str().expect("a number").to_owned();
    let russian = Paper::get(&group.secretary, &group.at("/document"), "ru");
    russian.says(&["Протокол заседания", "12-2026", &number, "PROKURATURA home", "Подтверждён", "leave no doubt"]);
    russian.hides(&["Сапарова", "grandmother", "My reasons"]);
    assert!(russian.name.starts_with("attachment; filename=\"qualification-"), "{}", russian.name);
    Paper::get(&group.chair, &group.at("/document"), "kk").says(&["хаттамасы", &number, "Расталды"]);
    // A member has the agenda for the time of the session only.
    Paper::get(&group.police, &group.at("/document"), "en").hides(&[&number, "leave no doubt"]);
}
