//! Deadlines, recurrence, signals, workload.

use diesel::prelude::*;
use diesel::sql_query;
use serde_json::{Value, json};

use super::fixture::{as_owner, day, many, states};
use super::{get, row};
use crate::support::{Cast, open_case, report};

#[test]
fn deadlines_are_met_in_time_late_or_not_at_all() {
    let cast = Cast::new();
    let cases: Vec<String> = (0..4).map(|at| cast.case_of(["Бір", "Екі", "Үш", "Төрт"][at]).id()).collect();
    // All four were to be assessed ten days ago; started twenty days ago.
    for (case, state, settled) in [
        (&cases[0], "met", "now() - interval '18 days'"),
        (&cases[1], "met", "now() - interval '5 days'"),
        (&cases[2], "running", "NULL"),
        (&cases[3], "cancelled", "now() - interval '15 days'"),
    ] {
        as_owner(&cast, &format!(
            "UPDATE case_deadlines SET state = '{state}', settled_at = {settled}, started_at = now() - interval '20 days',
                    base_due_at = now() - interval '10 days', due_at = now() - interval '10 days'
             WHERE case_id = '{case}' AND kind = 'assessment';"
        ));
    }
    let period = format!("from={}&to={}", day(12), day(8));
    let reply = get(&cast.supervisor, &format!("timeliness?{period}")).expect(200);
    let assessed = row(&reply, "deadline", "assessment");
    let numbers: Vec<&Value> = ["in_time", "late", "overdue", "running"].iter().map(|name| &assessed[*name]).collect();
    assert_eq!(numbers, [1, 1, 1, 0], "{assessed}");
    assert_eq!(assessed["in_time_share"], 33.3);
    // Two days and fifteen days.
    assert_eq!((&assessed["median_hours"], &assessed["p90_hours"]), (&json!(204.0), &json!(328.8)));
    assert_eq!(assessed["deadline_label"].as_str().map(str::is_empty), Some(false));
    // As of a week after the start only one was done, and nothing was late yet.
    let then = get(&cast.supervisor, &format!("timeliness?{period}&as_of={}", day(12))).expect(200);
    let assessed = row(&then, "deadline", "assessment");
    assert_eq!((&assessed["in_time"], &assessed["overdue"], &assessed["running"]), (&json!(1), &json!(0), &json!(2)));
    // Times of different kinds are not thrown together.
    let by_risk = get(&cast.supervisor, &format!("timeliness?{period}&group_by=risk_level")).expect(200);
    assert_eq!(by_risk.body["rows"][0]["median_hours"], Value::Null);
    let narrowed =
        get(&cast.supervisor, &format!("timeliness?{period}&group_by=risk_level&deadline=assessment")).expect(200);
    assert_eq!(narrowed.body["rows"][0]["median_hours"], 204.0);
    assert_eq!(get(&cast.stranger, &format!("timeliness?{period}")).expect(200).body["rows"], json!([]));
}

#[test]
fn a_task_is_timed_for_who_holds_it() {
    let cast = Cast::new();
    let case = cast.case().id();
    cast.implement(&case);
    let reply =
        get(&cast.supervisor, "timeliness?group_by=agency&deadline=task_due&from=2090-01-01&to=2090-12-31").expect(200);
    let agencies: Vec<&str> =
        reply.body["rows"].as_array().expect("rows").iter().filter_map(|row| row["agency"].as_str()).collect();
    assert_eq!(agencies, ["DP", "UZ"], "{}", reply.text);
    assert_eq!(reply.body["rows"][0]["running"], 1);
}

#[test]
fn a_child_that_comes_back_within_a_year_is_counted_once_it_is_over() {
    let cast = Cast::new();
    let children: Vec<String> = (0..5).map(|at| cast.child(["Бір", "Екі", "Үш", "Төрт", "Бес"][at])).collect();
    let cases: Vec<String> = children.iter().map(|child| open_case(&cast.pedagogue, child, "medium").id()).collect();
    let closed = |days| {
        [
            (days + 100, "opened", "registered", "medium", None),
            (days, "closed", "closed", "medium", Some("risk_reduced")),
        ]
    };
    for case in &cases[1..4] {
        states(&cast, case, &closed(400));
    }
    // The first was opened anew after a month; the last was closed too lately to tell.
    states(&cast, &cases[0], &[closed(400)[0], closed(400)[1], (370, "reopened", "assessment", "medium", None)]);
    states(&cast, &cases[4], &closed(20));
    // The second child has a new case, the third a new fact, the fourth nothing.
    let again = open_case(&cast.pedagogue, &children[1], "low").id();
    states(&cast, &again, &[(300, "opened", "registered", "low", None)]);
    let mut fact = report(&children[2], None);
    fact["occurred_on"] = json!(day(200));
    cast.pedagogue.post("/register/reports", &fact).expect(201);

    let period = format!("from={}&to={}", day(450), day(0));
    let reply = get(&cast.supervisor, &format!("recurrence?{period}")).expect(200);
    let total = &reply.body["total"];
    let numbers: Vec<i64> = ["closed", "observed", "reopened", "new_case", "new_fact", "recurred"]
        .iter()
        .map(|name| total[*name].as_i64().expect("a count"))
        .collect();
    assert_eq!(numbers, [5, 4, 1, 1, 1, 3], "{}", reply.text);
    assert_eq!(total["recurrence_share"], 75.0);
    assert!(reply.body["notes"].as_array().is_some_and(|notes| notes.len() == 3), "{}", reply.text);
    // Whoever may not see the later case is not told of it: a case of another school that the child has now.
    as_owner(
        &cast,
        &format!(
        "UPDATE case_participants SET organisation_id = (SELECT id FROM organisations WHERE name = 'school abroad'),
                organisation_kato = '352400000', assigned_user_id = NULL WHERE case_id = '{again}';"
    ),
    );
    let reply = get(&cast.supervisor, &format!("recurrence?{period}")).expect(200);
    assert_eq!((&reply.body["total"]["new_case"], &reply.body["total"]["recurred"]), (&json!(0), &json!(2)));
}

#[test]
fn two_records_of_one_child_are_one_child() {
    let cast = Cast::new();
    let (one, other) = (cast.child("Қос"), cast.child("Косс"));
    let first = open_case(&cast.pedagogue, &one, "medium").id();
    states(
        &cast,
        &first,
        &[(500, "opened", "registered", "medium", None), (400, "closed", "closed", "medium", Some("risk_reduced"))],
    );
    let later = open_case(&cast.pedagogue, &other, "low").id();
    states(&cast, &later, &[(300, "opened", "registered", "low", None)]);
    let path = format!("recurrence?from={}&to={}", day(450), day(0));
    assert_eq!(get(&cast.supervisor, &path).expect(200).body["total"]["new_case"], 0);
    as_owner(&cast, &format!("UPDATE children SET merged_into = '{one}' WHERE id = '{other}';"));
    assert_eq!(get(&cast.supervisor, &path).expect(200).body["total"]["new_case"], 1);
    let open = format!("cases?as_of={}&group_by=stage", day(450));
    assert_eq!(get(&cast.supervisor, &open).expect(200).body["total"], json!({"cases": 1, "children": 1}));
}

#[test]
fn signals_tell_of_detection() {
    let cast = Cast::new();
    let file = |channel: &str| {
        let body = json!({"channel": channel, "description": "D", "territory": "351000000", "urgency": "urgent",
            "organisation_id": cast.organisation("school home")});
        cast.pedagogue.post("/signals", &body).expect(201).id()
    };
    let ids: Vec<String> = ["parent", "parent", "child"].iter().map(|channel| file(channel)).collect();
    let body = json!({"decision": "dismiss", "reason": "A mistake"});
    let decided = cast.pedagogue.change(&format!("/signals/{}/triage", ids[0]), 1, &body);
    assert_eq!(decided.status, 200, "{}", decided.text);
    let statement =
        format!("UPDATE signals SET received_at = decided_at - interval '90 minutes' WHERE id = '{}'", ids[0]);
    assert_eq!(sql_query(statement).execute(&mut cast.server.database.owner()).expect("age"), 1);
    let period = format!("from={}&to={}", day(3), day(0));
    let reply = get(&cast.supervisor, &format!("detection?group_by=channel&{period}")).expect(200);
    let parents = row(&reply, "channel", "parent");
    assert_eq!((&parents["signals"], &parents["undecided"], &parents["dismissed"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(
        (&parents["median_hours"], &row(&reply, "channel", "child")["median_hours"]),
        (&json!(1.5), &Value::Null)
    );
    assert_eq!(reply.body["total"]["signals"], 3);
    assert_eq!(get(&cast.stranger, &format!("detection?{period}")).expect(200).body["total"]["signals"], 0);
    // Nothing of it is among the facts.
    assert_eq!(cast.statistician.get("/statistics/register").expect(200).body["total"], 0);
}

#[test]
fn the_workload_stands_against_the_norm() {
    let cast = Cast::new();
    many(&cast, 60);
    let case = cast.case_of("Қауіпті").id();
    as_owner(&cast, &format!("UPDATE cases SET risk_level = 'high', manager_id = NULL WHERE id = '{case}';"));
    let reply = get(&cast.supervisor, "workload?level=organisation").expect(200);
    let school = row(&reply, "organisation_label", "school home");
    // 45 of 60 are led by the school at home; of those not closed there are 30, and the one without a manager.
    assert_eq!(
        (&school["open_cases"], &school["unassigned"], &school["children"]),
        (&json!(31), &json!(1), &json!(31))
    );
    // Two pedagogues and a psychologist: 25 + 25 + 15.
    assert_eq!((&school["specialists"], &school["capacity"]), (&json!(3), &json!(65)));
    assert_eq!((&school["cases_per_specialist"], &school["load_share"]), (&json!(10.3), &json!(47.7)));
    assert_eq!(school["over_norm"], 1, "30 cases of one pedagogue");
    assert_eq!((&school["agency"], &school["territory"]), (&json!("UO"), &json!("351000000")));
    assert!(
        reply.body["rows"]
            .as_array()
            .is_some_and(|rows| rows.iter().all(|row| row["organisation_label"] != "school abroad"))
    );
    assert_eq!(reply.body["norms"][0]["open_cases"], 25, "{}", reply.body["norms"]);

    let people = get(&cast.supervisor, "workload?level=specialist").expect(200);
    let busy = row(&people, "specialist_label", "Made-up social_pedagogue.home");
    assert_eq!((&busy["open_cases"], &busy["load_share"]), (&json!(30), &json!(120.0)));
    let names: Vec<&str> = people.body["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["specialist_label"].as_str())
        .collect();
    assert!(names.iter().all(|name| name.ends_with(".home")), "{names:?}");
    assert!(!people.text.contains("Көп") && !people.text.contains("Қауіпті"), "no child has a name here");
    // Elsewhere they are not seen.
    let abroad = get(&cast.server.client("supervisor.office.abroad"), "workload?level=specialist").expect(200);
    assert!(!abroad.text.contains(".home"), "{}", abroad.text);

    let place = get(&cast.supervisor, "workload?territory=351000000&agency=UO").expect(200);
    assert_eq!(
        (&place.body["rows"][0]["territory"], &place.body["total"]["open_cases"]),
        (&json!("351000000"), &json!(31))
    );
    // Children who live there, by dated estimates, for each of those who work there.
    let (children, each) =
        (&place.body["rows"][0]["child_population"], &place.body["rows"][0]["children_per_specialist"]);
    let whole = children.as_f64().expect("children");
    assert!((each.as_f64().expect("a ratio") - whole / 3.0).abs() <= 0.1, "{each} of {whole}");
    let psychologists = get(&cast.supervisor, "workload?role=psychologist").expect(200);
    assert_eq!(
        (&psychologists.body["total"]["specialists"], &psychologists.body["total"]["open_cases"]),
        (&json!(1), &json!(31))
    );

    // The analyst: the whole region, protected, nobody by name.
    let reply = get(&cast.server.client("analyst.home"), "workload?level=organisation").expect(200);
    let school = row(&reply, "organisation_label", "school home");
    let open = school["open_cases"].as_u64().expect("a count");
    assert!(open.abs_diff(30) <= 5, "{school}");
    assert_eq!(
        (&school["unassigned"], &school["children"], &school["over_norm"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    row(&reply, "organisation_label", "school abroad");
    assert!(!reply.text.contains("Made-up"), "{}", reply.text);
}
