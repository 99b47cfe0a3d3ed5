//! Who reads a file, and when; what an organisation that is asked sees of it.

use serde_json::{Value, json};

use super::*;

#[test]
fn the_file_is_open_for_its_time_to_who_sits_there() {
    let group = Group::convened(30);
    let everybody = [&group.secretary, &group.chair, &group.police, &group.prosecutor];
    let path = group.before("/file");
    // A month before: the members know of the session and nothing of the agenda, the secretary keeps the agenda.
    assert_eq!(group.police.get(&group.at("")).expect(200).body["items"], json!([]));
    group.police.get(&path).problem(404, "not_found");
    group.secretary.get(&path).problem(403, "forbidden");
    group.secretary.patch(&group.at(""), group.version(), &json!({"scheduled_at": in_days(5)})).expect(200);
    for client in everybody {
        let file = client.get(&path).expect(200);
        assert_eq!(file.body["child"]["last_name"], "Сапарова");
        assert_eq!(file.body["child"]["organisation"], "school home");
        assert_eq!((&file.body["child"]["sex"], &file.body["child"]["age_years"]), (&json!("female"), &json!(11)));
        assert!(file.body["child"]["birth_date"].is_null() && file.body["child"]["iin"].is_null());
        assert_eq!(file.body["reports"][0]["description"], "Found by the grandmother in the bathroom.");
        assert_eq!(file.body["versions"].as_array().expect("versions").len(), 2);
    }
    // Nothing else of the register or the child opens with it.
    group.police.get(&format!("/register/facts/{}", group.fact)).problem(403, "forbidden");
    group.police.get(&format!("/children/{}", group.child)).problem(403, "forbidden");
    // Whoever is found absent reads no more, and whoever has an interest.
    group.open();
    group.present(&["qualification_member.home", "group.uz", "group.dp"]);
    group.prosecutor.get(&path).problem(404, "not_found");
    group.everybody_present();
    group.prosecutor.get(&path).expect(200);
    let other = json!({"user_id": group.user("group.uz")});
    group.prosecutor.post(&group.before("/recusals"), &other).problem(403, "forbidden");
    group.prosecutor.post(&group.before("/recusals"), &json!({"reason": "My niece."})).expect(200);
    group.prosecutor.get(&path).problem(404, "not_found");
    group.opine(&group.prosecutor, "not_confirmed", None).problem(404, "not_found");
    let recusals = group.secretary.get(&group.at("")).expect(200).body["items"][0]["recusals"].clone();
    assert_eq!((&recusals[0]["ground"], &recusals[0]["reason"]), (&json!("declared"), &json!("My niece.")));
    // Too few bodies are left without her.
    group.opine(&group.chair, "confirmed", Some("attempt")).expect(201);
    group.opine(&group.police, "confirmed", Some("attempt")).expect(201);
    let refused = group.decide(&confirmed("attempt")).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["quorum_agencies"]);
    group.decide(&json!({"outcome": "postponed", "reason": "A body is missing."})).expect(200);
    group.keep("/close", &json!({})).expect(200);
    for client in [&group.chair, &group.secretary] {
        client.get(&path).problem(403, "forbidden");
    }
    group.police.get(&path).problem(404, "not_found");
    assert_eq!(group.police.get(&group.at("")).expect(200).body["items"], json!([]));
    assert_eq!(group.secretary.get(&group.at("")).expect(200).body["items"][0]["fact"], json!(null));
}

#[test]
fn every_reading_of_a_file_is_in_the_audit_log_with_what_it_showed() {
    let group = Group::convened(5);
    group.police.get(&group.before("/file")).expect(200);
    let rows = |condition: &str| {
        group.count(&format!(
            "audit_events WHERE action = 'qualification_file_read' AND outcome = 'done' AND {condition}"
        ))
    };
    let user = group.user("group.dp");
    assert_eq!(rows(&format!("actor_id = '{user}' AND resource_id = '{}'", group.item)), 1);
    assert_eq!(
        rows(&format!(
            "actor_id = '{user}' AND '{}' = ANY (subjects) AND '{}' = ANY (subjects)",
            group.fact, group.child
        )),
        1
    );
}

#[test]
fn nobody_else_reads_anything_of_it() {
    let mut group = Group::convened(5);
    let mut owner = group.cast.server.database.owner();
    group.cast.server.world.hire(&mut owner, "group.opeka", "OPEKA home", Role::QualificationMember);
    let paths = [group.at(""), group.before("/file"), group.at("/document")];
    for name in ["qualification_member.abroad", "group.opeka"] {
        let client = group.cast.server.client(name);
        for path in &paths {
            client.get(path).problem(404, "not_found");
        }
        client
            .post(&group.before("/opinions"), &json!({"outcome": "not_confirmed", "reasons": "R"}))
            .problem(404, "not_found");
        client.change(&group.at("/open"), 1, &json!({"protocol_number": "1"})).problem(404, "not_found");
        assert_eq!(client.get("/register/qualification-sessions").expect(200).body["items"], json!([]));
    }
    for name in
        ["administrator.home", "statistician.home", "social_pedagogue.home", "supervisor.office.home", "auditor.home"]
    {
        for path in &paths {
            group.cast.server.client(name).get(path).problem(403, "forbidden");
        }
    }
    // A group elsewhere neither lists the fact nor takes it.
    let abroad = group.cast.server.client("qualification_member.abroad");
    assert!(!lists(&abroad.get("/register/qualification-facts").expect(200), &group.fact));
    group.keep("/cancel", &json!({"reason": "Let others try."})).expect(200);
    assert!(!lists(&abroad.get("/register/qualification-facts").expect(200), &group.fact));
    let waiting = group.waiting();
    assert!(lists(&waiting, &group.fact) && !waiting.text.contains("Сапарова") && !waiting.text.contains(&group.child));
    let session = json!({"title": "Abroad", "scheduled_at": in_days(2)});
    let session = abroad.post("/register/qualification-sessions", &session).expect(201).id();
    for fact in [group.fact.as_str(), "0190a6f8-5b1c-7c3e-9f00-1234567890ab"] {
        let reply =
            abroad.post(&format!("/register/qualification-sessions/{session}/items"), &json!({"fact_id": fact}));
        assert_eq!(
            reply.problem(422, "validation_failed").errors(),
            [("/fact_id".to_owned(), "fact_not_waiting".to_owned())]
        );
    }
}

#[test]
fn who_counts_the_register_reads_no_file_of_it() {
    let mut group = Group::convened(5);
    let mut owner = group.cast.server.database.owner();
    group.cast.server.world.hire(&mut owner, "group.statistics", "DKPSISU home", Role::QualificationMember);
    // The office belongs to the group; its people who count do not.
    group.seat("group.statistics", "member").expect(201);
    let member = group.cast.server.client("group.statistics");
    member.get(&group.before("/file")).expect(200);
    let counting = |sql: &str| sql_query(sql).execute(&mut group.cast.server.database.owner()).expect("a role");
    counting(
        "INSERT INTO user_roles (user_id, role, scope) SELECT id, 'statistician', 'region' FROM users WHERE username = 'group.statistics'",
    );
    member.get(&group.before("/file")).problem(404, "not_found");
    counting(
        "INSERT INTO user_roles (user_id, role, scope) SELECT id, 'qualification_member', 'region' FROM users WHERE username = 'statistician.home'",
    );
    let reply = group.seat("statistician.home", "member").problem(422, "validation_failed");
    assert_eq!(reply.errors(), [("/user_id".to_owned(), "not_a_group_candidate".to_owned())]);
}

#[test]
fn an_organisation_sees_what_it_was_asked_and_nothing_else() {
    let group = Group::convened(5);
    let ask = |organisation: &str, due: Option<&str>| {
        let body = json!({"organisation_id": group.cast.organisation(organisation), "request": "The discharge summary.", "due_on": due});
        group.secretary.post(&group.before("/materials"), &body)
    };
    let asked = ask("UZ home", None).expect(201);
    assert_eq!(asked.body["status"], "requested");
    let path = format!("/register/qualification-materials/{}", asked.id());
    let health = &group.cast.health;
    let waiting = health.get("/register/qualification-materials?answered=false").expect(200);
    assert!(lists(&waiting, &asked.id()));
    let read = health.get(&path).expect(200);
    assert!(!read.text.contains("Сапарова") && !read.text.contains("grandmother") && !read.text.contains(&group.fact));
    health.get(&group.before("/file")).problem(403, "forbidden");
    health.get(&group.at("")).problem(403, "forbidden");
    for stranger in ["health_specialist.abroad", "juvenile_inspector.home", "qualification_member.abroad"] {
        let stranger = group.cast.server.client(stranger);
        stranger.get(&path).problem(404, "not_found");
        stranger.change(&format!("{path}/answer"), 1, &json!({"answer": "A"})).problem(404, "not_found");
        assert_eq!(stranger.get("/register/qualification-materials").expect(200).body["items"], json!([]));
    }
    // The day passes, and the answer is late.
    sql_query("UPDATE qualification_materials SET due_on = due_on - 30")
        .execute(&mut group.cast.server.database.owner())
        .expect("let time pass");
    assert_eq!(health.get(&path).expect(200).body["status"], "overdue");
    let answer = |body: &Value| health.change(&format!("{path}/answer"), 1, body);
    assert_eq!(answer(&json!({})).problem(422, "validation_failed").errors()[0].1, "required");
    let text = json!({"answer": "Discharged on the third day.", "document": "Letter 14-7/112"});
    let answered = answer(&text).expect(200);
    assert_eq!((&answered.body["status"], answered.version()), (&json!("answered_late"), 2));
    answer(&text).problem(412, "stale_version");
    health.change(&format!("{path}/answer"), 2, &text).problem(409, "domain_rule");
    // The members read it in the file; the request stays with the organisation.
    let file = group.police.get(&group.before("/file")).expect(200);
    assert_eq!(file.body["materials"][0]["answer"], "Discharged on the third day.");
    assert_eq!(file.body["materials"][0]["document"], "Letter 14-7/112");
    // What is over takes no answer any more.
    let second = ask("UZ home", None).expect(201).id();
    group.open();
    group.decide(&json!({"outcome": "postponed", "reason": "Put off."})).expect(200);
    let late = health.change(&format!("/register/qualification-materials/{second}/answer"), 1, &text);
    assert_eq!(late.problem(409, "transition_refused").missing(), ["fact_decided"]);
    assert_eq!(ask("UZ home", None).problem(409, "transition_refused").missing(), ["fact_decided"]);
    assert_eq!(health.get(&path).expect(200).body["answer"], "Discharged on the third day.");
}

#[test]
fn members_and_organisations_are_told_without_a_name() {
    let group = Group::convened(5);
    let body = json!({"organisation_id": group.cast.organisation("UZ home"), "request": "The summary of Сапарова."});
    let material = group.secretary.post(&group.before("/materials"), &body).expect(201).id();
    for (client, kind, subject) in [
        (&group.police, "qualification_invitation", &group.session),
        (&group.cast.health, "material_requested", &material),
        (&group.chair, "material_requested", &material),
    ] {
        let notices = client.get("/notifications").expect(200);
        let told = notices.body["items"].as_array().expect("notices").iter().find(|notice| notice["kind"] == kind);
        assert_eq!(told.expect("a notice")["subject_id"], json!(subject));
        assert!(!notices.text.contains("Сапарова"));
    }
}
