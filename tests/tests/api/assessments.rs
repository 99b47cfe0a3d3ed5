//! Assessments by instruments: drafts, completion, what a finding means for the case, comparison.

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::Cast;

const ID: &str = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";

/// Answers as a list, from an object.
fn answers(object: &Value) -> Value {
    let members = object.as_object().expect("an object").iter();
    members.map(|(question, value)| json!({"question": question, "value": value})).collect()
}

/// Answers that find nothing.
fn calm() -> Value {
    json!({"danger_now": false, "safe_at_home": "safe", "harm": "no_sign", "protective_adult": "every_day",
        "caregiver_copes": "copes", "health": "good", "school": "attends", "mood": "calm",
        "needs": "A talk once a week.", "child_view": "Wants to go on with drawing."})
}

fn with(mut object: Value, more: &Value) -> Value {
    let members = more.as_object().expect("an object");
    object.as_object_mut().expect("an object").extend(members.clone());
    object
}

fn suicide_screen(more: &Value) -> Value {
    let none =
        json!({"wish_to_be_dead": false, "thoughts": false, "behaviour": "never", "child_view": "Nobody listens."});
    with(none, more)
}

/// A case in the stage of assessment.
fn assessed_case(cast: &Cast) -> String {
    let case = cast.case().id();
    cast.act(&cast.pedagogue, &case, json!({"action": "start_assessment"})).expect(200);
    case
}

fn assess(client: &Client, case: &str, instrument: &str, given: &Value) -> Reply {
    let body = json!({"instrument": instrument, "answers": answers(given)});
    client.post(&format!("/cases/{case}/assessments"), &body)
}

fn join(cast: &Cast, case: &str, name: &str) {
    let body = json!({"organisation_id": cast.organisation(name), "reason": "Works on it"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
}

#[test]
fn the_shipped_instruments_are_in_force_and_provisional() {
    let cast = Cast::new();
    let list = cast.stranger.get("/assessment-instruments").expect(200);
    let items = list.body["items"].as_array().expect("instruments").clone();
    let codes: Vec<&str> = items.iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["bullying_screen", "needs_and_safety", "suicide_risk_screen"]);
    for one in &items {
        assert_eq!(
            (&one["version"], &one["provisional"], &one["valid_today"]),
            (&json!(1), &json!(true), &json!(true))
        );
        let asked = one["questions"].as_array().expect("questions");
        assert!(asked.iter().any(|question| question["purpose"] == "child_view"), "{}", one["code"]);
    }
    let before = cast.stranger.get("/assessment-instruments?on=1990-01-01").expect(200);
    assert_eq!(before.body["items"], json!([]));
    assert_eq!(
        cast.stranger.get("/assessment-instruments/needs_and_safety").expect(200).body["items"][0]["version"],
        1
    );
    cast.stranger.get("/assessment-instruments/nothing").problem(404, "not_found");
    cast.stranger.get("/assessment-instruments/Needs").problem(404, "not_found");
}

#[test]
fn an_administrator_publishes_a_version_and_running_work_keeps_its_own() {
    let cast = Cast::new();
    let administrator = cast.server.client("administrator.home");
    let path = "/assessment-instruments/needs_and_safety";
    let case = assessed_case(&cast);
    let draft = json!({"instrument": "needs_and_safety", "status": "draft"});
    let draft = cast.pedagogue.post(&format!("/cases/{case}/assessments"), &draft).expect(201);
    let mut definition = administrator.get(path).expect(200).body["items"][0].clone();
    for member in ["code", "version", "title", "valid_today"] {
        definition.as_object_mut().expect("an object").remove(member);
    }
    // What the newest version says already is not published twice.
    let same = administrator.post(&format!("{path}/versions"), &definition).expect(200);
    assert_eq!(same.body["version"], 1);
    definition["valid_from"] = json!(chrono::Utc::now().date_naive() + chrono::Days::new(2));
    let mut wrong = definition.clone();
    wrong["questions"][0]["score"] = json!(-1);
    wrong["questions"][0]["code"] = json!("harm");
    wrong["thresholds"][0]["from"] = json!(3);
    let refused = administrator.post(&format!("{path}/versions"), &wrong).problem(422, "validation_failed");
    let pointers: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    for pointer in ["/questions/0/score", "/questions/1/show_if/question", "/questions/3/code", "/thresholds/0/from"] {
        assert!(pointers.iter().any(|known| known == pointer), "{pointer} in {pointers:?}");
    }
    cast.pedagogue.post(&format!("{path}/versions"), &definition).problem(403, "forbidden");
    let new = administrator.post(&format!("{path}/versions"), &definition).expect(201);
    assert_eq!(new.body["version"], 2);
    let body = json!({"instrument": "needs_and_safety", "instrument_version": 2, "answers": answers(&calm())});
    let early = cast.pedagogue.post(&format!("/cases/{case}/assessments"), &body).problem(422, "validation_failed");
    assert_eq!(early.errors(), [("/instrument_version".into(), "instrument_not_in_force".into())]);
    let past = with(definition, &json!({"valid_from": "2025-01-01"}));
    let past = administrator.post(&format!("{path}/versions"), &past).problem(422, "validation_failed");
    assert_eq!(past.errors(), [("/valid_from".into(), "date_past".into())]);
    assert_eq!(
        cast.pedagogue.get(&format!("/cases/{case}/assessments/{}", draft.id())).expect(200).body["instrument_version"],
        1
    );
}

#[test]
fn a_draft_is_the_organisations_own_until_it_is_completed() {
    let cast = Cast::new();
    let case = assessed_case(&cast);
    join(&cast, &case, "UZ home");
    let pedagogue = &cast.pedagogue;
    let path = format!("/cases/{case}/assessments");
    let begun = json!({"id": ID, "instrument": "needs_and_safety", "status": "draft",
        "answers": answers(&json!({"danger_now": false, "mood": "despair"}))});
    let draft = pedagogue.post(&path, &begun).expect(201);
    assert_eq!((draft.header("etag"), &draft.body["status"]), (Some("\"1\""), &json!("draft")));
    assert_eq!(pedagogue.post(&path, &begun).expect(200).id(), ID, "a repeat is the same draft");
    pedagogue.post(&path, &with(begun.clone(), &json!({"answers": []}))).problem(409, "id_taken");
    let at = format!("{path}/{ID}");

    // Nobody else sees it, whoever sees the case.
    cast.health.get(&at).problem(404, "not_found");
    assert_eq!(cast.health.get(&path).expect(200).body["items"], json!([]));
    cast.health.patch(&at, 1, &json!({"answers": []})).problem(404, "not_found");
    cast.health.change(&format!("{at}/complete"), 1, &json!({})).problem(404, "not_found");
    cast.stranger.get(&at).problem(404, "not_found");
    // A colleague of the school goes on with it.
    let colleague = cast.server.client("pedagogue.second.home");
    assert_eq!(colleague.get(&at).expect(200).body["answers"].as_array().map(Vec::len), Some(2));
    let wrong = json!({"answers": answers(&json!({"mood": "wild", "fear": 3}))});
    let wrong = colleague.patch(&at, 1, &wrong).problem(422, "validation_failed");
    let expected = [("/answers/0/question", "unknown_question"), ("/answers/1/value", "unknown_code")];
    assert_eq!(wrong.errors(), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let changed = colleague.patch(&at, 1, &json!({"answers": answers(&json!({"danger_now": true}))})).expect(200);
    assert_eq!(changed.body["version"], 2);
    colleague.patch(&at, 1, &json!({"answers": []})).problem(412, "stale_version");
    let unconditional = colleague.post(&format!("{at}/complete"), &json!({}));
    unconditional.problem(428, "precondition_required");

    // All that is missing is named.
    let missing = colleague.change(&format!("{at}/complete"), 2, &json!({})).problem(422, "validation_failed");
    let questions: Vec<&str> = missing.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter(|error| error["code"] == "answer_missing")
        .filter_map(|error| error["question"].as_str())
        .collect();
    assert_eq!(questions.len(), 10, "{questions:?}");
    assert!(questions.contains(&"danger_now_what") && questions.contains(&"child_view"));
    colleague.patch(&at, 2, &json!({"answers": answers(&calm())})).expect(200);
    let done = colleague.change(&format!("{at}/complete"), 3, &json!({})).expect(200);
    assert_eq!(
        (done.id().as_str(), &done.body["status"], &done.body["risk_level"]),
        (ID, &json!("completed"), &json!("low"))
    );
    assert_eq!(done.body["child_view"], "Wants to go on with drawing.");
    assert_eq!((&done.body["scores"]["total"], &done.body["suggested_risk"]), (&json!(0), &json!(null)));

    // From now on everybody of the case sees it, and nobody changes it.
    assert_eq!(cast.health.get(&at).expect(200).body["needs"], "A talk once a week.");
    for reply in
        [pedagogue.patch(&at, 3, &json!({"answers": []})), pedagogue.change(&format!("{at}/complete"), 3, &json!({}))]
    {
        assert_eq!(reply.problem(409, "domain_rule").body["reason"], "assessment_completed");
    }
    // It opens the gate, and what it found becomes the case's risk.
    let planning = cast.act(pedagogue, &case, json!({"action": "complete_assessment"})).expect(200);
    assert_eq!((&planning.body["stage"], &planning.body["risk_level"]), (&json!("planning"), &json!("low")));
}

#[test]
fn danger_to_life_does_not_wait_and_is_not_undone_by_another_form() {
    let cast = Cast::new();
    let case = assessed_case(&cast);
    join(&cast, &case, "DP home");
    let given = suicide_screen(&json!({"thoughts": true, "method": true, "intent": true, "plan_and_intent": false}));
    // The school's social pedagogue does not write what is the psychologist's.
    let refused = assess(&cast.pedagogue, &case, "suicide_risk_screen", &given).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/instrument".into(), "section_not_writable".into())]);
    let version = cast.version(&case);
    let screen = assess(&cast.psychologist, &case, "suicide_risk_screen", &given).expect(201);
    assert_eq!((&screen.body["risk_level"], &screen.body["scores"]["total"]), (&json!("critical"), &json!(4)));
    assert_eq!((&screen.body["suggested_risk"], &screen.body["risk_raised"]), (&json!("critical"), &json!(true)));
    assert!(screen.body["flags"].as_array().is_some_and(|flags| flags.contains(&json!("do_not_leave_alone"))));
    let raised = cast.pedagogue.get(&format!("/cases/{case}")).expect(200);
    assert_eq!(raised.body["risk_level"], "critical");
    assert!(raised.version() > version, "who changes the case now must look again");
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline?limit=200")).expect(200);
    let kinds: Vec<&str> =
        timeline.body["items"].as_array().expect("events").iter().filter_map(|event| event["kind"].as_str()).collect();
    assert!(kinds.windows(2).any(|pair| pair == ["assessment_recorded", "amended"]), "{kinds:?}");
    assert!(!timeline.text.contains("Nobody listens"));

    // The police see that a screen was made and what risk it found, not what the child said.
    let at = format!("/cases/{case}/assessments/{}", screen.id());
    let seen = cast.police.get(&at).expect(200);
    assert_eq!((&seen.body["readable"], &seen.body["risk_level"]), (&json!(false), &json!("critical")));
    for closed in ["answers", "scores", "flags", "child_view", "risk_reason"] {
        assert_eq!(seen.body[closed], json!(null), "{closed}");
    }
    assert_eq!(cast.pedagogue.get(&at).expect(200).body["readable"], true, "the case manager reads it");

    // A screen alone does not tell what is needed; a general assessment does, and does not undo the screen.
    let wrong =
        cast.act(&cast.pedagogue, &case, json!({"action": "complete_assessment"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["completed_assessment"]);
    assess(&cast.pedagogue, &case, "needs_and_safety", &calm()).expect(201);
    let planning = cast.act(&cast.pedagogue, &case, json!({"action": "complete_assessment"})).expect(200);
    assert_eq!(planning.body["risk_level"], "critical");
}

#[test]
fn the_same_screen_made_again_is_what_counts() {
    let cast = Cast::new();
    let case = assessed_case(&cast);
    let thoughts = json!({"thoughts": true, "method": true, "intent": false, "plan_and_intent": false});
    let high = assess(&cast.psychologist, &case, "suicide_risk_screen", &suicide_screen(&thoughts)).expect(201);
    // Above the case's risk, but no danger to life now: it is suggested, and the case stays as it is.
    assert_eq!((&high.body["suggested_risk"], &high.body["risk_raised"]), (&json!("high"), &json!(false)));
    assert_eq!(cast.pedagogue.get(&format!("/cases/{case}")).expect(200).body["risk_level"], "medium");
    assess(&cast.psychologist, &case, "suicide_risk_screen", &suicide_screen(&json!({}))).expect(201);
    assess(&cast.pedagogue, &case, "needs_and_safety", &calm()).expect(201);
    let planning = cast.act(&cast.pedagogue, &case, json!({"action": "complete_assessment"})).expect(200);
    assert_eq!(planning.body["risk_level"], "low");
}

#[test]
fn a_judgement_that_differs_is_reasoned_and_marked() {
    let cast = Cast::new();
    let case = assessed_case(&cast);
    let path = format!("/cases/{case}/assessments");
    let grave = with(calm(), &json!({"danger_now": true, "danger_now_what": "The stepfather is drunk and armed."}));
    let body = json!({"instrument": "needs_and_safety", "answers": answers(&grave), "risk_level": "high"});
    let silent = cast.pedagogue.post(&path, &body).problem(422, "validation_failed");
    assert_eq!(silent.errors(), [("/risk_reason".into(), "risk_reason_needed".into())]);
    let reasoned = with(body, &json!({"risk_reason": "He was taken away by the police an hour ago."}));
    let lowered = cast.pedagogue.post(&path, &reasoned).expect(201);
    assert_eq!(
        (&lowered.body["scored_risk"], &lowered.body["risk_level"], &lowered.body["risk_override"]),
        (&json!("critical"), &json!("high"), &json!("lowered"))
    );
    assert_eq!(lowered.body["risk_reason"], "He was taken away by the police an hour ago.");
    assert_eq!(lowered.body["risk_raised"], false);
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline?limit=200")).expect(200);
    let event = timeline.body["items"].as_array().expect("events").last().expect("an event").clone();
    assert_eq!(
        (&event["data"]["risk_override"], &event["data"]["scored_risk"]),
        (&json!("lowered"), &json!("critical"))
    );
    let up = json!({"instrument": "needs_and_safety", "answers": answers(&calm()), "risk_level": "critical",
        "risk_reason": "The child was frightened to death."});
    let raised = cast.pedagogue.post(&path, &up).expect(201);
    assert_eq!((&raised.body["risk_override"], &raised.body["risk_raised"]), (&json!("raised"), &json!(true)));
}

#[test]
fn two_assessments_are_compared() {
    let cast = Cast::new();
    let case = assessed_case(&cast);
    join(&cast, &case, "DP home");
    let path = format!("/cases/{case}/assessments");
    let compare = |client: &Client, from: &str, to: &str| client.get(&format!("{path}/compare?from={from}&to={to}"));
    let bad = with(calm(), &json!({"harm": "ongoing", "safe_at_home": "unsafe", "mood": "withdrawn"}));
    let one = assess(&cast.pedagogue, &case, "needs_and_safety", &bad).expect(201);
    let better = with(calm(), &json!({"child_view": "Wants to see the aunt."}));
    let two = assess(&cast.pedagogue, &case, "needs_and_safety", &better).expect(201);
    let found = compare(&cast.pedagogue, &one.id(), &two.id()).expect(200);
    assert_eq!(found.body["comparability"], "same_version");
    assert_eq!(found.body["risk"], json!({"from": "high", "to": "low", "direction": "down"}));
    let changed: Vec<&str> =
        found.body["answers"].as_array().expect("answers").iter().filter_map(|one| one["question"].as_str()).collect();
    assert_eq!(changed, ["safe_at_home", "harm", "mood", "child_view"]);
    assert_eq!(found.body["answers"][0]["from"], "unsafe");
    assert!(
        found.body["scores"].as_array().expect("scores").contains(&json!({"subscale": "safety", "from": 11, "to": 0}))
    );
    assert_eq!(found.body["child_view"]["to"], "Wants to see the aunt.");
    let itself = compare(&cast.pedagogue, &one.id(), &one.id()).expect(200);
    assert_eq!(
        (&itself.body["answers"], &itself.body["scores"], &itself.body["needs"]),
        (&json!([]), &json!([]), &json!(null))
    );

    let screen = assess(&cast.psychologist, &case, "suicide_risk_screen", &suicide_screen(&json!({}))).expect(201);
    let other = compare(&cast.pedagogue, &two.id(), &screen.id()).expect(200);
    assert_eq!(
        (&other.body["comparability"], &other.body["risk"]["direction"]),
        (&json!("other_instrument"), &json!("same"))
    );
    let closed = compare(&cast.police, &screen.id(), &screen.id()).expect(200);
    assert_eq!((&closed.body["readable"], &closed.body["answers"]), (&json!(false), &json!(null)));
    cast.stranger.get(&format!("{path}/compare?from={ID}&to={ID}")).problem(404, "not_found");
    compare(&cast.pedagogue, &one.id(), ID).problem(404, "not_found");
    let draft = json!({"instrument": "needs_and_safety", "status": "draft"});
    let draft = cast.pedagogue.post(&path, &draft).expect(201);
    let open = compare(&cast.pedagogue, &one.id(), &draft.id()).problem(409, "domain_rule");
    assert_eq!(open.body["reason"], "assessment_not_completed");
}

#[test]
fn the_free_form_is_as_it_was_and_the_forms_do_not_mix() {
    let cast = Cast::new();
    let case = assessed_case(&cast);
    let path = format!("/cases/{case}/assessments");
    let free = json!({"id": ID, "risk_level": "high", "needs": "Safety.", "child_view": "Wants quiet."});
    let made = cast.pedagogue.post(&path, &free).expect(201);
    assert_eq!((&made.body["status"], &made.body["instrument"]), (&json!("completed"), &json!(null)));
    assert_eq!(cast.pedagogue.post(&path, &free).expect(200).id(), ID);
    cast.pedagogue.post(&path, &with(free, &json!({"needs": "More."}))).problem(409, "id_taken");
    let table = [
        (json!({}), vec!["/child_view missing_field", "/needs missing_field", "/risk_level missing_field"]),
        (
            json!({"status": "draft", "risk_level": "low", "needs": "N", "child_view": "V"}),
            vec!["/instrument required_here"],
        ),
        (
            json!({"risk_level": "low", "needs": "N", "child_view": "V", "instrument_version": 1, "answers": [{"question": "harm", "value": "once"}]}),
            vec!["/answers not_allowed_here", "/instrument_version not_allowed_here"],
        ),
        (
            json!({"instrument": "needs_and_safety", "needs": "N", "section": "general"}),
            vec!["/needs not_allowed_here", "/section not_allowed_here"],
        ),
        (json!({"instrument": "nothing"}), vec!["/instrument unknown_instrument"]),
        (
            json!({"instrument": "needs_and_safety", "instrument_version": 7}),
            vec!["/instrument_version unknown_instrument"],
        ),
        (
            json!({"instrument": "needs_and_safety", "status": "draft", "risk_level": "low",
                "answers": [{"question": "harm", "value": {"a": 1}}, {"question": "H", "value": null}]}),
            vec!["/answers/0/value wrong_type", "/answers/1/question code_format", "/answers/1/value wrong_type"],
        ),
        (
            json!({"instrument": "needs_and_safety", "status": "draft",
                "answers": [{"question": "harm", "value": "once"}, {"question": "harm", "value": "ongoing"}]}),
            vec!["/answers/1/question code_repeated"],
        ),
    ];
    for (body, expected) in table {
        let reply = cast.pedagogue.post(&path, &body).problem(422, "validation_failed");
        let mut found: Vec<String> =
            reply.errors().into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
        found.sort();
        assert_eq!(found, expected, "{body}");
    }
}
