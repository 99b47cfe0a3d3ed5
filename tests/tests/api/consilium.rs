//! `/consilium`: who sees what and when, what a board can decide, and what comes of it.

pub mod documents;

use chrono::{Duration, SecondsFormat, Utc};
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, lists, open_case};

/// A moment some days from now.
pub fn in_days(days: i64) -> String {
    (Utc::now() + Duration::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A board of people who do not work on the case, and a case that was brought before it.
struct Board {
    cast: Cast,
    secretary: Client,
    /// A psychologist of another school.
    chair: Client,
    /// A clinic's specialist of another city.
    doctor: Client,
    /// An inspector of another city.
    inspector: Client,
    case: String,
    session: String,
    item: String,
}

impl Board {
    /// Convened for a day, with the case on its agenda under a section.
    fn convened(days: i64, section: &str) -> Self {
        let cast = Cast::new();
        let case = cast.case().id();
        let secretary = cast.server.client("consilium_secretary.home");
        let escalate = json!({"action": "escalate", "escalate_to": "consilium", "reason": "Hard to help alone."});
        cast.act(&cast.pedagogue, &case, escalate).expect(200);
        let convened = json!({"title": "December", "place": "Room 12", "scheduled_at": in_days(days)});
        let session = secretary.post("/consilium/sessions", &convened).expect(201).id();
        let mut board = Self {
            chair: cast.server.client("psychologist.abroad"),
            doctor: cast.server.client("health_specialist.abroad"),
            inspector: cast.server.client("juvenile_inspector.abroad"),
            secretary,
            case,
            session,
            item: String::new(),
            cast,
        };
        board.seat("psychologist.abroad", "chair").expect(201);
        board.seat("health_specialist.abroad", "deputy_chair").expect(201);
        board.seat("juvenile_inspector.abroad", "member").expect(201);
        let item = json!({"case_id": board.case, "question": "Which support does the child need?", "section": section});
        let reply = board.secretary.post(&board.at("/items"), &item).expect(201);
        board.item = reply.body["items"][0]["id"].as_str().expect("an item").to_owned();
        board
    }

    fn user(&self, name: &str) -> String {
        self.cast.server.world.person(name).user.to_string()
    }

    fn at(&self, part: &str) -> String {
        format!("/consilium/sessions/{}{part}", self.session)
    }

    fn seat(&self, name: &str, role: &str) -> Reply {
        self.secretary.post(&self.at("/members"), &json!({"user_id": self.user(name), "role": role}))
    }

    /// Keeps the session on its present version.
    fn keep(&self, part: &str, body: &Value) -> Reply {
        let version = self.secretary.get(&self.at("")).expect(200).version();
        self.secretary.change(&self.at(part), version, body)
    }

    fn decide(&self, body: &Value) -> Reply {
        self.keep(&format!("/items/{}/decisions", self.item), body)
    }

    fn present(&self, names: &[&str]) {
        let users: Vec<String> = names.iter().map(|name| self.user(name)).collect();
        self.keep("/attendance", &json!({"present": users})).expect(200);
    }

    fn votes(&self, votes: &[(&str, &str)]) -> Value {
        votes.iter().map(|(name, vote)| json!({"user_id": self.user(name), "vote": vote})).collect()
    }

    fn reads_the_case(&self, client: &Client) -> bool {
        let status = client.get(&format!("/cases/{}", self.case)).status;
        assert!(matches!(status, 200 | 404), "{status}");
        for part in ["timeline", "notes", "assessments", "plan", "reviews", "consilium"] {
            assert_eq!(client.get(&format!("/cases/{}/{part}", self.case)).status, status, "{part}");
        }
        status == 200
    }
}

fn items(reply: &Reply) -> usize {
    reply.body["items"].as_array().expect("items").len()
}

#[test]
fn a_member_sees_the_case_before_and_during_the_session_and_never_after() {
    let board = Board::convened(30, "general");
    let everybody = [&board.secretary, &board.chair, &board.doctor, &board.inspector];
    // Too early: the members know of the session and nothing of the case; the secretary knows what it put there.
    for client in everybody {
        assert!(!board.reads_the_case(client), "a month before");
    }
    assert_eq!(items(&board.chair.get(&board.at("")).expect(200)), 0);
    assert_eq!(items(&board.secretary.get(&board.at("")).expect(200)), 1);
    // In the days of preparation.
    let version = board.secretary.get(&board.at("")).expect(200).version();
    board.secretary.patch(&board.at(""), version, &json!({"scheduled_at": in_days(2)})).expect(200);
    for client in everybody {
        assert!(board.reads_the_case(client), "two days before");
    }
    assert_eq!(items(&board.chair.get(&board.at("")).expect(200)), 1);
    // Put off again: closed again.
    let version = board.secretary.get(&board.at("")).expect(200).version();
    board.secretary.patch(&board.at(""), version, &json!({"scheduled_at": in_days(30)})).expect(200);
    assert!(!board.reads_the_case(&board.chair));
    // From its opening.
    board.keep("/open", &json!({})).expect(200);
    for client in everybody {
        assert!(board.reads_the_case(client), "open");
    }
    board.decide(&json!({"outcome": "postponed", "text": "Nobody came."})).expect(201);
    board.keep("/close", &json!({})).expect(200);
    for client in everybody {
        assert!(!board.reads_the_case(client), "after");
    }
    assert_eq!(items(&board.chair.get(&board.at("")).expect(200)), 0);
    assert_eq!(items(&board.secretary.get(&board.at("")).expect(200)), 1, "its own record stays readable");
}

#[test]
fn a_seat_opens_a_case_for_reading_in_the_sections_of_the_role_and_leaves_a_trace() {
    let board = Board::convened(1, "general");
    let pedagogue = &board.cast.pedagogue;
    let case = format!("/cases/{}", board.case);
    for (client, section) in
        [(pedagogue, "general"), (pedagogue, "education"), (&board.cast.psychologist, "psychological")]
    {
        client
            .post(&format!("{case}/notes"), &json!({"section": section, "text": format!("About {section}")}))
            .expect(201);
    }
    let read = |client: &Client| -> Vec<String> {
        let notes = client.get(&format!("{case}/notes")).expect(200);
        let items = notes.body["items"].as_array().expect("notes").clone();
        let open = items.iter().filter(|note| note["readable"] == true);
        let mut sections: Vec<String> = open.filter_map(|note| note["section"].as_str().map(str::to_owned)).collect();
        assert_eq!(items.len(), 4, "that a note is there is seen");
        sections.sort();
        sections.dedup();
        sections
    };
    assert_eq!(read(&board.chair), ["education", "general", "psychological"]);
    assert_eq!(read(&board.inspector), ["general"]);
    assert_eq!(read(&board.secretary), ["general"]);
    // The child too, for those who work with children; nothing is theirs to change.
    let child = board.cast.pedagogue.get(&case).expect(200).body["child_id"].as_str().expect("a child").to_owned();
    board.chair.get(&format!("/children/{child}")).expect(200);
    board.secretary.get(&format!("/children/{child}")).problem(403, "forbidden");
    let note = json!({"section": "general", "text": "Not theirs."});
    board.chair.post(&format!("{case}/notes"), &note).problem(403, "forbidden");
    board.chair.patch(&case, 1, &json!({"title": "Not theirs"})).problem(403, "forbidden");
    board.chair.patch(&format!("/children/{child}"), 1, &json!({"sex": "male"})).problem(403, "forbidden");
    assert!(!lists(&board.chair.get("/cases").expect(200), &board.case), "it is not their work");
    let seen = board.chair.get(&case).expect(200);
    assert_eq!(seen.body["allowed_actions"], json!([]));
    let log = board.cast.server.client("auditor.home").get(&format!("/audit/events?case_id={}&limit=200", board.case));
    let chair = board.user("psychologist.abroad");
    let traces = log.expect(200).body["items"].as_array().expect("events").clone();
    assert!(traces.iter().any(|event| event["action"] == "case_read" && event.to_string().contains(&chair)));
    assert!(traces.iter().any(|event| event["action"] == "consilium_manage"));
    // Whoever has no seat: nothing.
    let stranger = board.cast.server.client("psychologist.home");
    stranger.get(&board.at("")).problem(404, "not_found");
    assert!(!board.reads_the_case(&board.cast.stranger));
}

#[test]
fn who_tells_of_an_interest_neither_reads_nor_votes() {
    let board = Board::convened(1, "general");
    let conflicts = board.at(&format!("/items/{}/conflicts", board.item));
    assert!(board.reads_the_case(&board.inspector));
    // Not for another.
    let other = json!({"user_id": board.user("psychologist.abroad")});
    board.inspector.post(&conflicts, &other).problem(403, "forbidden");
    board.inspector.post(&conflicts, &json!({"reason": "The mother is my cousin."})).expect(200);
    assert!(!board.reads_the_case(&board.inspector));
    assert_eq!(items(&board.inspector.get(&board.at("")).expect(200)), 0);
    assert!(board.reads_the_case(&board.chair), "the others go on");
    let conflict = |reply: Reply| reply.body["items"][0]["conflicts"].clone();
    assert_eq!(conflict(board.chair.get(&board.at("")).expect(200)), json!([]), "why is not for the others");
    let told = conflict(board.secretary.get(&board.at("")).expect(200));
    assert_eq!(told[0]["ground"], "declared");
    assert_eq!(told[0]["reason"], "The mother is my cousin.");
    // Twice is not on the agenda any more for the member.
    board.inspector.post(&conflicts, &json!({})).problem(404, "not_found");

    board.keep("/open", &json!({})).expect(200);
    board.present(&["psychologist.abroad", "health_specialist.abroad", "juvenile_inspector.abroad"]);
    let votes =
        [("psychologist.abroad", "for"), ("health_specialist.abroad", "for"), ("juvenile_inspector.abroad", "for")];
    let decision = |votes: Value| json!({"outcome": "observation", "text": "Watch.", "votes": votes});
    let refused = board.decide(&decision(board.votes(&votes))).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["votes_of_voters_only"]);
    board.decide(&decision(board.votes(&votes[..2]))).expect(201);
    let late = board.secretary.post(&conflicts, &other).problem(409, "transition_refused");
    assert_eq!(late.missing(), ["item_undecided"]);
}

#[test]
fn who_manages_the_case_reports_and_does_not_vote() {
    let board = Board::convened(1, "general");
    board.seat("social_pedagogue.home", "member").expect(201);
    board.keep("/open", &json!({})).expect(200);
    let all = ["psychologist.abroad", "health_specialist.abroad", "juvenile_inspector.abroad", "social_pedagogue.home"];
    board.present(&all);
    assert!(board.reads_the_case(&board.cast.pedagogue));
    let votes = all.map(|name| (name, "for"));
    let decision =
        |votes: &[(&str, &str)]| json!({"outcome": "observation", "text": "Watch.", "votes": board.votes(votes)});
    let refused = board.decide(&decision(&votes)).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["votes_of_voters_only"]);
    assert_eq!(refused.body["not_voters"], board.user("social_pedagogue.home"));
    let decided = board.decide(&decision(&votes[..3])).expect(201);
    assert_eq!(decided.body["items"][0]["conflicts"][0]["ground"], "case_manager");
    board.keep("/close", &json!({})).expect(200);
    let record = board.secretary.get(&board.at("")).expect(200);
    assert_eq!(record.body["items"][0]["conflicts"][0]["ground"], "case_manager", "the record keeps who did not vote");
}

#[test]
fn no_quorum_no_decision_and_a_decision_becomes_tasks() {
    let board = Board::convened(20, "psychological");
    let organisation = board.cast.organisation("DP home");
    let votes = [("psychologist.abroad", "for"), ("health_specialist.abroad", "against")];
    let decision = json!({"id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "outcome": "specialist_help", "section": "psychological",
        "text": "Sessions with a psychologist.", "votes": board.votes(&votes),
        "tasks": [{"title": "Talk with the family", "organisation_id": organisation, "due_on": "2090-01-10"}]});
    assert_eq!(board.decide(&decision).problem(409, "transition_refused").missing(), ["session_status"]);
    board.keep("/open", &json!({})).expect(200);
    let refused = board.decide(&decision).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["quorum_members", "presiding_member", "quorum_agencies", "votes_of_voters_only"]);
    assert_eq!(board.keep("/close", &json!({})).problem(409, "transition_refused").missing(), ["undecided_items"]);
    board.present(&["psychologist.abroad", "health_specialist.abroad"]);
    let decided = board.decide(&decision).expect(201);
    let shown = &decided.body["items"][0]["decision"];
    assert_eq!(
        (&shown["text"], &shown["outcome"]),
        (&json!("Sessions with a psychologist."), &json!("specialist_help"))
    );
    // The same request again is the same decision, another one is not taken.
    board.decide(&decision).expect(200);
    let mut other = decision.clone();
    other["text"] = json!("Something else.");
    board.decide(&other).problem(409, "id_taken");
    other["id"] = Value::Null;
    assert_eq!(board.decide(&other).problem(409, "transition_refused").missing(), ["item_undecided"]);

    // The organisation has its task and takes part; it reads the decision as far as its sections go.
    let tasks = board.cast.police.get("/tasks?mine=true").expect(200);
    let task = &tasks.body["items"][0];
    assert_eq!((&task["origin"], &task["case_id"]), (&json!("consilium"), &json!(board.case)));
    assert_eq!((&task["mandatory"], &task["due_on"]), (&json!(true), &json!("2090-01-10")));
    let of_case =
        |client: &Client| client.get(&format!("/cases/{}/consilium", board.case)).expect(200).body["items"][0].clone();
    let police = of_case(&board.cast.police);
    assert_eq!((&police["decision"]["readable"], &police["decision"]["text"]), (&json!(false), &Value::Null));
    assert_eq!(police["question"], Value::Null);
    let manager = of_case(&board.cast.pedagogue);
    assert_eq!(manager["decision"]["text"], "Sessions with a psychologist.");
    assert_eq!(manager["decision"]["tasks"][0]["id"], task["id"]);
    let timeline = board.cast.pedagogue.get(&format!("/cases/{}/timeline", board.case)).expect(200);
    let kinds: Vec<&str> =
        timeline.body["items"].as_array().expect("events").iter().filter_map(|event| event["kind"].as_str()).collect();
    for kind in ["consilium_scheduled", "consilium_decided", "task_added", "participant_added"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    // Closed is closed.
    board.keep("/close", &json!({})).expect(200);
    for (part, body) in [
        ("/open", json!({})),
        ("/close", json!({})),
        ("/cancel", json!({"reason": "Too late"})),
        ("/attendance", json!({"present": []})),
    ] {
        assert_eq!(board.keep(part, &body).problem(409, "transition_refused").missing(), ["session_status"], "{part}");
    }
    let version = board.secretary.get(&board.at("")).expect(200).version();
    board.secretary.patch(&board.at(""), version, &json!({"title": "Other"})).problem(409, "transition_refused");
    let read = board.secretary.get(&board.at("")).expect(200);
    assert_eq!(
        read.body["items"][0]["decision"]["text"], "Sessions with a psychologist.",
        "the office reads its record"
    );
}

#[test]
fn only_a_case_that_was_brought_before_this_consilium_gets_on_the_agenda() {
    let board = Board::convened(1, "general");
    let child = board.cast.child("Обычная");
    let plain = open_case(&board.cast.pedagogue, &child, "low").id();
    let abroad = board.cast.server.client("consilium_secretary.abroad");
    let foreign =
        abroad.post("/consilium/sessions", &json!({"title": "Abroad", "scheduled_at": in_days(1)})).expect(201).id();
    let nobodys = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    for (client, session, case) in [
        (&board.secretary, &board.session, plain.as_str()),
        (&abroad, &foreign, &board.case),
        (&abroad, &foreign, nobodys),
    ] {
        let reply =
            client.post(&format!("/consilium/sessions/{session}/items"), &json!({"case_id": case, "question": "Q"}));
        let errors = reply.problem(422, "validation_failed").errors();
        assert_eq!(errors, [("/case_id".to_owned(), "case_not_brought".to_owned())], "{case}");
    }
    let again = json!({"case_id": board.case, "question": "Again"});
    let refused = board.secretary.post(&board.at("/items"), &again).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["already_on_agenda"]);
    let waiting = board.secretary.get("/consilium/cases").expect(200);
    assert!(lists(&waiting, &board.case) && !lists(&waiting, &plain));
    assert_eq!(waiting.body["items"][0]["session_id"], board.session.as_str());
    assert!(!waiting.text.contains("Bruises"), "nothing of its content");
    assert!(!lists(&abroad.get("/consilium/cases").expect(200), &board.case));
    // Another consilium's session does not exist for the foreign secretary.
    abroad.get(&board.at("")).problem(404, "not_found");
    abroad.get(&board.at("/document")).problem(404, "not_found");
    abroad.change(&board.at("/open"), 1, &json!({})).problem(404, "not_found");
    abroad.post(&board.at("/items"), &json!({"case_id": board.case, "question": "Q"})).problem(404, "not_found");
    assert!(!lists(&abroad.get("/consilium/sessions").expect(200), &board.session));
    assert!(lists(&board.chair.get("/consilium/sessions").expect(200), &board.session));
    assert!(!lists(&board.cast.psychologist.get("/consilium/sessions").expect(200), &board.session));
}

#[test]
fn what_is_wrong_with_a_session_is_named() {
    let cast = Cast::new();
    let secretary = cast.server.client("consilium_secretary.home");
    let past =
        json!({"id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab", "title": "S", "scheduled_at": "2020-01-01T00:00:00Z"});
    let mut errors = secretary.post("/consilium/sessions", &past).problem(422, "validation_failed").errors();
    errors.sort();
    assert_eq!(
        errors,
        [("/id".into(), "id_not_v7".into()), ("/scheduled_at".into(), "date_past".into())] as [(String, String); 2]
    );
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ac";
    let convened = json!({"id": id, "title": "S", "scheduled_at": in_days(5)});
    secretary.post("/consilium/sessions", &convened).expect(201);
    assert_eq!(secretary.post("/consilium/sessions", &convened).expect(200).id(), id);
    let mut other = convened.clone();
    other["title"] = json!("T");
    secretary.post("/consilium/sessions", &other).problem(409, "id_taken");
    cast.server.client("consilium_secretary.abroad").post("/consilium/sessions", &convened).problem(409, "id_taken");
    let path = format!("/consilium/sessions/{id}");
    let user = |name: &str| cast.server.world.person(name).user.to_string();
    for nobody in ["statistician.home", "administrator.home", "hotline_operator.home"] {
        let member = json!({"user_id": user(nobody), "role": "member"});
        let reply = secretary.post(&format!("{path}/members"), &member).problem(422, "validation_failed");
        assert_eq!(reply.errors()[0].1, "not_a_board_candidate");
    }
    let chair = json!({"user_id": user("psychologist.home"), "role": "chair"});
    secretary.post(&format!("{path}/members"), &chair).expect(201);
    let reply = secretary.post(&format!("{path}/members"), &chair).problem(409, "transition_refused");
    assert_eq!(reply.missing(), ["already_seated", "one_chair"]);
    let version = secretary.get(&path).expect(200).version();
    let open = |version| secretary.change(&format!("{path}/open"), version, &json!({}));
    assert_eq!(open(version).problem(409, "transition_refused").missing(), ["agenda_items"]);
    open(version - 1).problem(412, "stale_version");
    let cancel =
        |version| secretary.change(&format!("{path}/cancel"), version, &json!({"reason": "The chair is ill."}));
    assert_eq!(cancel(version).expect(200).body["status"], "cancelled");
    assert_eq!(open(version + 1).problem(409, "transition_refused").missing(), ["session_status"]);
}
