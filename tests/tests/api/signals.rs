//! `/signals`: to whom a signal goes, who sees it, what is decided on it.

use std::sync::Barrier;
use std::thread;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, lists, open_case};

fn signal() -> Value {
    json!({"channel": "parent", "description": "Cries before going home.", "territory": "351000000", "urgency": "routine"})
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut body = signal();
    body[name] = value.into();
    body
}

fn file(client: &Client, body: &Value) -> Reply {
    client.post("/signals", body).expect(201)
}

fn triage(client: &Client, signal: &str, version: i64, body: &Value) -> Reply {
    client.change(&format!("/signals/{signal}/triage"), version, body)
}

#[test]
fn a_signal_goes_to_who_can_act_on_it() {
    let cast = Cast::new();
    let hotline = cast.server.client("hotline_operator.home");
    let addressee =
        |client: &Client, body: &Value| file(client, body).body["organisation_id"].as_str().map(str::to_owned);
    // A school's own worry stays at the school; others' go to the education office on duty in the place.
    assert_eq!(addressee(&cast.pedagogue, &signal()), Some(cast.organisation("school home")));
    assert_eq!(addressee(&cast.health, &signal()), Some(cast.organisation("UO home")));
    assert_eq!(addressee(&hotline, &signal()), Some(cast.organisation("UO home")));
    assert_eq!(addressee(&hotline, &with("territory", "352400000")), Some(cast.organisation("UO abroad")));
    assert_eq!(
        addressee(&hotline, &with("organisation_id", cast.organisation("DP home"))),
        Some(cast.organisation("DP home"))
    );
    // Nobody is on duty there, and nobody must believe that the signal arrived.
    let nobody = hotline.post("/signals", &with("territory", "352300000"));
    assert!(matches!(nobody.status, 409 | 422), "{}", nobody.text);
    for office in ["DKPSISU home", "CC111 home", "UIOGUIA home"] {
        let refused = hotline.post("/signals", &with("organisation_id", cast.organisation(office)));
        let refused = refused.problem(422, "validation_failed");
        assert_eq!(refused.errors(), [("/organisation_id".to_owned(), "organisation_takes_no_signals".to_owned())]);
    }
}

#[test]
fn the_hotline_sees_what_became_of_its_own_and_nothing_more() {
    let cast = Cast::new();
    let hotline = cast.server.client("hotline_operator.home");
    let child = cast.child("Тыңдалған");
    let own = file(&hotline, &with("child", json!({"last_name": "Тыңдалған", "first_name": "Алия", "age": 12})));
    let other = file(&cast.pedagogue, &signal()).id();
    let of_colleague = file(&cast.server.client("hotline_operator.abroad"), &signal()).id();
    let list = hotline.get("/signals").expect(200);
    assert!(lists(&list, &own.id()) && !lists(&list, &other) && !lists(&list, &of_colleague));
    for foreign in [&other, &of_colleague] {
        let _ = hotline.get(&format!("/signals/{foreign}")).problem(404, "not_found");
    }
    let _ = triage(&hotline, &own.id(), 1, &json!({"decision": "dismiss", "reason": "By the hotline"}))
        .problem(403, "forbidden");

    // The office on duty accepts it.
    let accept = json!({"decision": "accept", "child_id": child, "risk_level": "high", "reason": "Secret grounds"});
    let accepted = triage(&cast.supervisor, &own.id(), own.version(), &accept).expect(200);
    let case = accepted.body["case"]["id"].as_str().expect("a case").to_owned();
    assert_eq!(accepted.body["case"]["lead"]["organisation_id"], cast.organisation("UO home").as_str());
    let seen = hotline.get(&format!("/signals/{}", own.id())).expect(200);
    assert_eq!(seen.body["status"], "accepted");
    assert!(seen.body["decided_at"].is_string());
    for member in ["case_id", "child_id", "decided_by", "decision_reason"] {
        assert_eq!(seen.body[member], Value::Null, "{member}: {}", seen.text);
    }
    assert!(!seen.text.contains(&case) && !seen.text.contains("Secret grounds") && !seen.text.contains(&child));
    for path in [
        format!("/cases/{case}"),
        "/cases".into(),
        format!("/children/{child}"),
        "/tasks".into(),
        "/register/facts".into(),
    ] {
        let _ = hotline.get(&path).problem(403, "forbidden");
    }
    let _ = hotline.post("/children/search", &json!({"query": "Тыңдалған Алия"})).problem(403, "forbidden");
    // It cannot find out who exists by naming a record either.
    let probe = hotline.post("/signals", &with("child_id", child)).problem(422, "validation_failed");
    assert_eq!(probe.errors(), [("/child_id".to_owned(), "unknown_child".to_owned())]);
}

#[test]
fn a_signal_is_accepted_linked_or_dismissed() {
    let cast = Cast::new();
    let child = cast.child("Шешілген");
    let pedagogue = &cast.pedagogue;
    // Accept.
    let bare = file(pedagogue, &signal());
    assert_eq!(bare.body["allowed_decisions"], json!(["accept", "link", "dismiss"]));
    let refused = triage(pedagogue, &bare.id(), 1, &json!({"decision": "accept"})).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["child"]);
    let accepted = triage(
        pedagogue,
        &bare.id(),
        1,
        &json!({"decision": "accept", "child_id": child, "title": "Called by the mother"}),
    )
    .expect(200);
    let case = accepted.body["case"]["id"].as_str().expect("a case").to_owned();
    assert_eq!(
        (&accepted.body["case"]["title"], &accepted.body["case"]["risk_level"]),
        (&json!("Called by the mother"), &json!("medium"))
    );
    assert_eq!(
        (&accepted.body["signal"]["status"], &accepted.body["signal"]["case_id"]),
        (&json!("accepted"), &json!(case))
    );
    assert_eq!(accepted.body["signal"]["allowed_decisions"], json!([]));

    // Link.
    let second = file(pedagogue, &signal()).id();
    let refused = triage(pedagogue, &second, 1, &json!({"decision": "link"})).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["open_case"]);
    let foreign_child = crate::support::register_child(&cast.stranger, "Бөтен");
    let foreign = open_case(&cast.stranger, &foreign_child, "low").id();
    for unseen in [foreign.as_str(), "0190a6f8-5b1c-7c3e-9f00-1234567890ab"] {
        let refused = triage(pedagogue, &second, 1, &json!({"decision": "link", "case_id": unseen}))
            .problem(409, "transition_refused");
        assert_eq!(refused.missing(), ["open_case"], "a case out of sight is missing like any other");
    }
    let wrong = json!({"decision": "link", "case_id": case, "risk_level": "low", "title": "T", "case_id_new": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"});
    let wrong = triage(pedagogue, &second, 1, &wrong).problem(422, "validation_failed");
    let pointers: Vec<String> = wrong.errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/risk_level", "/title", "/case_id_new"]);
    let before = cast.version(&case);
    let linked = triage(pedagogue, &second, 1, &json!({"decision": "link", "case_id": case})).expect(200);
    assert_eq!((&linked.body["signal"]["status"], &linked.body["case"]["id"]), (&json!("linked"), &json!(case)));
    assert_eq!(linked.body["case"]["version"], cast.version(&case), "what is answered is what is read then");
    assert!(cast.version(&case) >= before);

    // Dismiss.
    let third = file(pedagogue, &signal()).id();
    let refused = triage(pedagogue, &third, 1, &json!({"decision": "dismiss"})).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/reason".to_owned(), "required_here".to_owned())]);
    let dismissed =
        triage(pedagogue, &third, 1, &json!({"decision": "dismiss", "reason": "A wrong number"})).expect(200);
    assert_eq!((&dismissed.body["signal"]["status"], &dismissed.body["case"]), (&json!("dismissed"), &Value::Null));
    assert_eq!(dismissed.body["signal"]["decision_reason"], "A wrong number");

    for decided in [bare.id(), second, third] {
        for body in
            [json!({"decision": "accept", "child_id": child}), json!({"decision": "dismiss", "reason": "Again"})]
        {
            let again = triage(pedagogue, &decided, 2, &body).problem(409, "signal_already_decided");
            assert!(again.body["signal_status"].is_string());
        }
    }
    assert_eq!(pedagogue.get("/cases").expect(200).body["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn of_two_decisions_at_once_one_holds() {
    let cast = Cast::new();
    for round in 0..4 {
        let child = cast.child(&format!("Егіз{}", ["а", "б", "в", "г"][round]));
        let signal = file(&cast.pedagogue, &signal()).id();
        let colleague = cast.server.client("pedagogue.second.home");
        let start = Barrier::new(2);
        let mut statuses: Vec<u16> = thread::scope(|scope| {
            let decide = |client: Client| {
                let (start, signal, child) = (&start, &signal, &child);
                scope.spawn(move || {
                    start.wait();
                    let reply = triage(&client, signal, 1, &json!({"decision": "accept", "child_id": child}));
                    assert!(
                        reply.status == 200
                            || ["signal_already_decided", "stale_version"]
                                .iter()
                                .any(|code| reply.body["code"] == *code),
                        "{}",
                        reply.text
                    );
                    reply.status
                })
            };
            let both = [decide(cast.pedagogue.clone()), decide(colleague)];
            both.into_iter().map(|thread| thread.join().expect("a client")).collect()
        });
        statuses.sort_unstable();
        assert!(statuses == [200, 409] || statuses == [200, 412], "round {round}: {statuses:?}");
        let cases = cast.pedagogue.get("/cases").expect(200);
        assert_eq!(cases.body["items"].as_array().map(Vec::len), Some(round + 1), "one signal, one case");
    }
}

#[test]
fn a_decision_that_is_sent_again_opens_no_second_case() {
    let cast = Cast::new();
    let child = cast.child("Қайта");
    let signal = file(&cast.pedagogue, &signal()).id();
    let headers = [("If-Match", "\"1\""), ("Idempotency-Key", "triage-1")];
    let send = || {
        cast.pedagogue.post_with(
            &format!("/signals/{signal}/triage"),
            &headers,
            &json!({"decision": "accept", "child_id": child}),
        )
    };
    let first = send().expect(200);
    let again = send().expect(200);
    assert_eq!(first.text, again.text);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    // The same signal by its own id, too.
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let filed = file(&cast.pedagogue, &with("id", id));
    let repeated = cast.pedagogue.post("/signals", &with("id", id)).expect(200);
    assert_eq!(filed.body["received_at"], repeated.body["received_at"]);
    let mut other = with("id", id);
    other["description"] = json!("Another story.");
    let _ = cast.pedagogue.post("/signals", &other).problem(409, "id_taken");
    let _ = cast.stranger.post("/signals", &with("id", id)).problem(409, "id_taken");
}

#[test]
fn a_signal_is_seen_by_its_two_ends_only() {
    let cast = Cast::new();
    let child = cast.child("Көрінбейтін");
    let own = file(&cast.pedagogue, &with("child_id", child)).id();
    for client in [&cast.stranger, &cast.health, &cast.police] {
        let _ = client.get(&format!("/signals/{own}")).problem(404, "not_found");
        let _ =
            triage(client, &own, 1, &json!({"decision": "dismiss", "reason": "Not theirs"})).problem(404, "not_found");
        assert!(!lists(&client.get("/signals").expect(200), &own));
    }
    // The clinic that filed one follows it and does not decide on it; the one it goes to decides, and opens no case
    // where its roles lead none.
    let filed = file(&cast.health, &with("organisation_id", cast.organisation("DP home"))).id();
    cast.health.get(&format!("/signals/{filed}")).expect(200);
    let dismiss = json!({"decision": "dismiss", "reason": "Not grave"});
    let _ = triage(&cast.health, &filed, 1, &dismiss).problem(403, "forbidden");
    let seen = cast.police.get(&format!("/signals/{filed}")).expect(200);
    assert_eq!(seen.body["allowed_decisions"], json!(["link", "dismiss"]));
    let accept = json!({"decision": "accept", "child_id": cast.child("Басқа")});
    let _ = triage(&cast.police, &filed, 1, &accept).problem(403, "forbidden");
    assert_eq!(
        cast.police.get(&format!("/signals/{filed}")).expect(200).body["status"],
        "received",
        "nothing of a refused decision stays"
    );
    triage(&cast.police, &filed, 1, &dismiss).expect(200);
}

#[test]
fn a_case_is_for_a_child() {
    let cast = Cast::new();
    let grown = json!({"last_name": "Ересек", "first_name": "Адам", "birth_date": "2000-01-01", "sex": "male", "territory": "351000000"});
    let grown = cast.pedagogue.post("/children", &grown).expect(201).id();
    let signal = file(&cast.pedagogue, &with("child_id", grown.clone()));
    let _ = triage(&cast.pedagogue, &signal.id(), 1, &json!({"decision": "accept"})).problem(409, "not_a_child");
    assert_eq!(cast.pedagogue.get(&format!("/signals/{}", signal.id())).expect(200).body["status"], "received");
    let case = json!({"child_id": grown, "title": "T", "description": "D", "risk_level": "low"});
    let _ = cast.pedagogue.post("/cases", &case).problem(409, "not_a_child");
}
