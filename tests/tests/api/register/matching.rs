//! Many reports, one fact.

use std::thread;

use serde_json::{Value, json};

use super::{changed, file};
use crate::support::{Cast, lists, open_case};

/// The fact of a filed report.
pub fn fact_of(reply: &qorgan_tests::Reply) -> String {
    reply.body["fact"]["id"].as_str().expect("a fact").to_owned()
}

fn outcome(reply: &qorgan_tests::Reply) -> &str {
    reply.body["match"]["outcome"].as_str().expect("an outcome")
}

/// A child as an agency spells it that does not know its record.
fn spelled(last: &str, first: &str, patronymic: Option<&str>) -> Value {
    json!({"last_name": last, "first_name": first, "patronymic": patronymic, "birth_date": "2013-08-21", "sex": "male", "territory": "351000000"})
}

fn beating(child: Value, day: &str) -> Value {
    json!({"kind": "violence", "main_form": "physical", "occurred_on": day, "child": child, "role": "victim",
        "place": {"territory": "351000000", "setting": "home"}, "description": "Beaten at home."})
}

fn total(cast: &Cast) -> Value {
    cast.statistician.get("/statistics/register?from=2020-01-01&to=2026-12-31").expect(200).body["total"].clone()
}

#[test]
fn an_event_told_by_school_hospital_and_police_in_three_spellings_is_one_fact() {
    let cast = Cast::new();
    let school =
        file(&cast.pedagogue, &beating(spelled("Әлімов", "Қайрат", Some("Серікұлы")), "2026-02-10")).expect(201);
    assert_eq!(outcome(&school), "new");
    let hospital =
        file(&cast.health, &beating(spelled("Алимов", "Кайрат", Some("Серикович")), "2026-02-11")).expect(201);
    // In Latin letters, as the police have it from a passport.
    let police = file(&cast.police, &beating(spelled("ALIMOV", "KAIRAT", Some("SERIKULY")), "2026-02-09")).expect(201);
    let fact = fact_of(&school);
    for reply in [&hospital, &police] {
        assert_eq!((outcome(reply), fact_of(reply)), ("matched", fact.clone()), "{}", reply.text);
        let nearest = &reply.body["match"]["candidates"][0];
        assert_eq!(nearest["fact"]["id"], fact.as_str());
        assert_eq!(nearest["evidence"].as_array().map(Vec::len), Some(7));
        assert_eq!(reply.body["report"]["child_id"], school.body["report"]["child_id"]);
    }
    // The fact stays as it was told first; everybody keeps the own words, and sees those alone.
    for (client, day) in [(&cast.pedagogue, "2026-02-10"), (&cast.health, "2026-02-11"), (&cast.police, "2026-02-09")] {
        let read = client.get(&format!("/register/facts/{fact}")).expect(200).body;
        assert_eq!(
            (&read["occurred_on"], &read["version"], &read["agency"]),
            (&json!("2026-02-10"), &json!(1), &json!("UO"))
        );
        let reports = client.get(&format!("/register/facts/{fact}/reports")).expect(200).body;
        assert_eq!(reports["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(reports["items"][0]["occurred_on"], day);
    }
    assert_eq!(total(&cast), 1);
    let _ = cast.stranger.get(&format!("/register/facts/{fact}")).problem(404, "not_found");
}

/// One wrong digit may give the number of another child: a report that agrees with it in nothing else is not about it, and
/// must neither land in its record nor open it.
#[test]
fn the_number_of_quite_another_child_opens_no_record() {
    let cast = Cast::new();
    let holder = json!({"last_name": "Номерова", "first_name": "Аружан", "patronymic": "Олеговна",
        "birth_date": "2011-05-02", "sex": "female", "iin": "600115500013", "territory": "351000000"});
    let holder = cast.stranger.post("/children", &holder).expect(201).id();
    let mut child = spelled("Әлімов", "Қайрат", Some("Серікұлы"));
    child["iin"] = json!("600115500013");
    let filed = file(&cast.police, &beating(child, "2026-02-10")).expect(201);
    assert_eq!(outcome(&filed), "new");
    assert_ne!(filed.body["report"]["child_id"], holder.as_str());
    let _ = cast.police.get(&format!("/children/{holder}")).problem(404, "not_found");
    // Nobody holds the number twice.
    let recorded = filed.body["report"]["child_id"].as_str().expect("a child");
    assert_eq!(cast.police.get(&format!("/children/{recorded}")).expect(200).body["iin"], Value::Null);
    let held = cast.stranger.get(&format!("/children/{holder}")).expect(200).body;
    assert_eq!(held["names_held"].as_array().map(Vec::len), Some(1));
}

#[test]
fn reports_of_one_instant_are_one_fact() {
    let cast = Cast::new();
    let spellings =
        [("Әлімов", "Қайрат", "Серікұлы"), ("Алимов", "Кайрат", "Серикович"), ("АЛИМОВ", "ҚАЙРАТ", "СЕРИКУЛЫ")];
    let days = ["2026-02-10", "2026-02-11"];
    let facts: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let client = [&cast.pedagogue, &cast.health, &cast.police][number % 3];
                let (last, first, patronymic) = spellings[number % 3];
                let body = beating(spelled(last, first, Some(patronymic)), days[number % 2]);
                scope.spawn(move || fact_of(&file(client, &body).expect(201)))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    assert!(facts.iter().all(|fact| *fact == facts[0]), "{facts:?}");
    assert_eq!(total(&cast), 1);
}

#[test]
fn reports_that_are_near_at_one_instant_never_pass_each_other_by() {
    let cast = Cast::new();
    let child = cast.child("Жақын");
    // Bullying on two days: whoever comes second finds the first.
    let outcomes: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = ["2026-02-10", "2026-02-11"]
            .map(|day| {
                let body = changed(&child, json!({"main_form": "bullying", "occurred_on": day}));
                let client = &cast.pedagogue;
                scope.spawn(move || outcome(&file(client, &body).expect(201)).to_owned())
            })
            .into();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let mut outcomes = outcomes;
    outcomes.sort();
    assert_eq!(outcomes, ["new", "review"]);
    assert_eq!(total(&cast), 2);
}

#[test]
fn a_later_report_that_says_otherwise_changes_nothing_and_is_shown_to_who_may_amend() {
    let cast = Cast::new();
    let child = cast.child("Өзгеше");
    let first = file(&cast.health, &changed(&child, json!({"alleged_perpetrator_relation": null}))).expect(201);
    let second =
        file(&cast.pedagogue, &changed(&child, json!({"main_form": "sexual", "forms": ["physical"]}))).expect(201);
    assert_eq!((outcome(&second), fact_of(&second)), ("matched", fact_of(&first)));
    assert_eq!(second.body["match"]["differences"], json!(["main_form", "forms", "alleged_perpetrator_relation"]));
    assert_eq!(second.body["fact"]["main_form"], "physical");
    assert_eq!(second.body["report"]["main_form"], "sexual");
    // The hospital's specialist may not amend.
    let third = file(&cast.health, &changed(&child, json!({"occurred_on": "2026-02-11"}))).expect(201);
    assert_eq!((outcome(&third), &third.body["match"]["differences"]), ("matched", &json!([])));
}

#[test]
fn a_number_of_another_system_is_searched_for_and_speaks_for_one_event() {
    let cast = Cast::new();
    let child = cast.child("Нөмірлі");
    let numbered = |number: &str, day: &str, setting: &str| {
        changed(
            &child,
            json!({"occurred_on": day, "external_refs": [{"system": "erdr", "number": number}],
            "place": {"territory": "351000000", "setting": setting}}),
        )
    };
    let first = file(&cast.police, &numbered("26 35-001/АБ", "2026-02-10", "home")).expect(201);
    let again = file(&cast.health, &numbered("2635001аб", "2026-02-10", "other")).expect(201);
    assert_eq!((outcome(&again), fact_of(&again)), ("matched", fact_of(&first)));
    // Under one number, weeks later: another day of one criminal case, or the same. A person decides.
    let later = file(&cast.health, &numbered("2635001АБ", "2026-04-20", "home")).expect(201);
    assert_eq!(outcome(&later), "review");
    assert_eq!(later.body["match"]["candidates"][0]["fact"]["id"], fact_of(&first).as_str());
    let search = |client: &qorgan_tests::Client, number: &str| {
        client.get(&format!("/register/facts?external_system=erdr&external_number={number}")).expect(200)
    };
    assert!(lists(&search(&cast.police, "26-35-001-аб"), &fact_of(&first)));
    assert_eq!(search(&cast.health, "2635001АБ").body["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(search(&cast.police, "2635002").body["items"], json!([]));
    assert_eq!(search(&cast.stranger, "2635001АБ").body["items"], json!([]));
    let refused = cast.police.get("/register/facts?external_number=1").problem(400, "invalid_query");
    assert_eq!(refused.errors(), [("external_system".to_owned(), "required".to_owned())]);
}

#[test]
fn no_report_is_refused_because_of_a_name() {
    let cast = Cast::new();
    let known = spelled("Сериков", "Арман", None);
    let school = file(&cast.pedagogue, &beating(known.clone(), "2026-02-10")).expect(201);
    // Another birthday: perhaps another child. The report stands, and a person is asked.
    let mut other = spelled("Сериков", "Арман", None);
    other["birth_date"] = json!("2014-01-02");
    let hospital = file(&cast.health, &beating(other, "2026-02-10")).expect(201);
    assert_eq!(outcome(&hospital), "review", "{}", hospital.text);
    assert_ne!(hospital.body["report"]["child_id"], school.body["report"]["child_id"]);
    assert_eq!(hospital.body["match"]["candidates"][0]["fact"], Value::Null, "it may not know of a foreign fact");
    // Who knows better says so.
    let mut confirmed = known;
    confirmed["confirm_new"] = json!(true);
    let police = file(&cast.police, &beating(confirmed, "2026-02-10")).expect(201);
    assert_eq!(outcome(&police), "new", "{}", police.text);
    assert_eq!(total(&cast), 3);
}

#[test]
fn suicidal_behaviour_of_a_child_without_a_case_is_told_to_its_school_once() {
    let cast = Cast::new();
    let child = cast.child("Жалғыз");
    let attempt = |day: &str| {
        changed(
            &child,
            json!({"kind": "suicidal_behaviour", "main_form": null, "level": "attempt", "occurred_on": day,
            "alleged_perpetrator_relation": null, "description": "Secret words of a doctor."}),
        )
    };
    let filed = file(&cast.health, &attempt("2026-02-10")).expect(201);
    let signal = filed.body["signal_id"].as_str().expect("a signal").to_owned();
    let read = cast.pedagogue.get(&format!("/signals/{signal}")).expect(200);
    let told = (&read.body["channel"], &read.body["urgency"], &read.body["child_id"], &read.body["status"]);
    assert_eq!(told, (&json!("health_facility"), &json!("immediate"), &json!(child), &json!("received")));
    assert!(!read.text.contains("Secret") && !read.text.contains("attempt"), "{}", read.text);
    assert!(read.text.contains(filed.body["fact"]["number"].as_str().expect("a number")));
    let _ = cast.stranger.get(&format!("/signals/{signal}")).problem(404, "not_found");
    // The police tell of the same event, and of what may be: no second signal.
    for (day, expected) in [("2026-02-11", "matched"), ("2026-02-14", "review")] {
        let police = file(&cast.police, &attempt(day)).expect(201);
        assert_eq!((outcome(&police), &police.body["signal_id"]), (expected, &Value::Null));
    }
    // A child that is helped already, and violence, call for none.
    let helped = cast.child("Көмекте");
    open_case(&cast.pedagogue, &helped, "low");
    let mut body = attempt("2026-02-10");
    body["child_id"] = json!(helped);
    assert_eq!(file(&cast.health, &body).expect(201).body["signal_id"], Value::Null);
    let violence = file(&cast.health, &changed(&child, json!({}))).expect(201);
    assert_eq!(violence.body["signal_id"], Value::Null);
}
