//! What an administrator does to accounts takes effect at the next request, whatever tokens they hold.

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::{Client, Reply, Server, client};
use serde_json::{Value, json};

use super::{PASSWORD, give_password, log_in, word};
use crate::support::{open_case, register_child};

const WHO: &str = "social_pedagogue.home";

fn account(server: &Server, username: &str) -> String {
    format!("/users/{}", server.world.person(username).user)
}

/// Changes an account at the version it has.
fn change(administrator: &Client, path: &str, body: &Value) -> Reply {
    let version = administrator.get(path).expect(200).version();
    administrator.patch(path, version, body)
}

#[test]
fn a_disabled_account_is_out_at_the_next_request() {
    let server = Server::start();
    give_password(&server, WHO);
    let (administrator, door) = (server.client("administrator.home"), server.anonymous());
    let opened = log_in(&door, WHO, PASSWORD).expect(200);
    let user = door.with_token(word(&opened, "access_token"));
    user.get("/cases").expect(200);
    let path = account(&server, WHO);
    let disabled = change(&administrator, &path, &json!({"disabled": true})).expect(200);
    assert_eq!(disabled.body["disabled"], true);
    for path in ["/cases", "/auth/me", "/children/0190a6f8-5b1c-7c3e-9f00-1234567890ab"] {
        let reply = user.get(path);
        assert_eq!(reply.status, 401, "{}", reply.text);
        assert!(["account_disabled", "session_ended"].iter().any(|code| reply.body["code"] == *code), "{}", reply.text);
    }
    let refreshed = door.post("/auth/refresh", &json!({"refresh_token": opened.body["refresh_token"]}));
    assert_eq!(refreshed.status, 401, "{}", refreshed.text);
    let _ = log_in(&door, WHO, PASSWORD).problem(401, "account_disabled");

    change(&administrator, &path, &json!({"disabled": false})).expect(200);
    let again = log_in(&door, WHO, PASSWORD).expect(200);
    door.with_token(word(&again, "access_token")).get("/cases").expect(200);
}

#[test]
fn a_changed_role_counts_for_the_token_one_holds() {
    let server = Server::start();
    let administrator = server.client("administrator.home");
    let user = server.client(WHO);
    let child = register_child(&user, "Переменов");
    let case = open_case(&user, &child, "low").id();
    let path = account(&server, WHO);
    let roles = |role: &str| json!({"roles": [{"role": role, "scope": "organisation"}]});
    change(&administrator, &path, &roles("analyst")).expect(200);
    for path in ["/cases".to_owned(), format!("/cases/{case}"), format!("/children/{child}")] {
        let _ = user.get(&path).problem(403, "forbidden");
    }
    assert_eq!(user.get("/auth/me").expect(200).body["roles"][0]["role"], "analyst");
    change(&administrator, &path, &roles("social_pedagogue")).expect(200);
    user.get(&format!("/cases/{case}")).expect(200);
    // Another school, with the same token: what it could see it sees no more.
    let move_to = |name: &str| json!({"organisation_id": server.world.organisation(name)});
    change(&administrator, &path, &move_to("school abroad")).expect(200);
    let _ = user.get(&format!("/cases/{case}")).problem(404, "not_found");
    let _ = user.get(&format!("/children/{child}")).problem(404, "not_found");
    change(&administrator, &path, &move_to("school home")).expect(200);
    user.get(&format!("/cases/{case}")).expect(200);
}

#[test]
fn an_organisation_that_is_closed_takes_its_people_along() {
    let server = Server::start();
    let administrator = server.client("administrator.home");
    let user = server.client(WHO);
    let path = format!("/organisations/{}", server.world.organisation("school home"));
    change(&administrator, &path, &json!({"active": false})).expect(200);
    let reply = user.get("/cases");
    assert_eq!(reply.status, 401, "{}", reply.text);
    change(&administrator, &path, &json!({"active": true})).expect(200);
    server.client(WHO).get("/auth/me").expect(200);
}

#[test]
fn a_session_past_its_time_is_over() {
    let server = Server::start();
    let user = server.client(WHO);
    user.get("/auth/me").expect(200);
    sql_query("UPDATE sessions SET expires_at = now() - interval '1 second', created_at = now() - interval '1 day'")
        .execute(&mut server.database.owner())
        .expect("age the sessions");
    let _ = user.get("/auth/me").problem(401, "session_ended");
}

#[test]
fn an_administrator_does_not_lock_itself_out() {
    let server = Server::start();
    let administrator = server.client("administrator.home");
    let own = account(&server, "administrator.home");
    let refused = |body: Value, reason: &str| {
        let reply = change(&administrator, &own, &body).problem(409, "domain_rule");
        assert_eq!(reply.body["reason"], reason, "{}", reply.text);
    };
    refused(json!({"roles": [{"role": "auditor", "scope": "region"}]}), "own_administrator_role");
    refused(json!({"disabled": true}), "own_account_disabled");
    let reset = administrator.post(&format!("{own}/password"), &json!({"password": PASSWORD}));
    assert_eq!(reset.problem(409, "domain_rule").body["reason"], "own_password_reset");
    let office = format!("/organisations/{}", server.world.organisation("UIOGUIA home"));
    let closed = change(&administrator, &office, &json!({"active": false})).problem(409, "domain_rule");
    assert_eq!(closed.body["reason"], "own_organisation_inactive");
    // With a second role beside it the administrator's stays, and others may be changed.
    let both = json!({"roles": [{"role": "administrator", "scope": "region"}, {"role": "analyst", "scope": "region"}]});
    change(&administrator, &own, &both).expect(200);
    let other = account(&server, "administrator.abroad");
    change(&administrator, &other, &json!({"roles": [{"role": "auditor", "scope": "region"}]})).expect(200);
    let _ = server.client("administrator.abroad").get("/users").problem(403, "forbidden");
}

#[test]
fn roles_are_those_that_the_agency_may_give() {
    let server = Server::start();
    let administrator = server.client("administrator.home");
    let new = |username: &str, office: &str, roles: Value| {
        let organisation = server.world.organisation(office);
        administrator.post(
            "/users",
            &json!({"username": username, "display_name": "Made-up", "organisation_id": organisation,
            "roles": roles, "password": PASSWORD}),
        )
    };
    let grant = |role: &str| json!({"role": role, "scope": "organisation"});
    for (office, roles, errors) in [
        ("UZ home", json!([grant("social_pedagogue")]), vec![("/roles/0/role", "role_not_in_agency")]),
        (
            "UO home",
            json!([grant("psychologist"), grant("juvenile_inspector"), grant("psychologist")]),
            vec![("/roles/1/role", "role_not_in_agency"), ("/roles/2/role", "role_repeated")],
        ),
        ("UO home", json!([grant("administrator")]), vec![("/roles/0/role", "role_not_in_agency")]),
        ("DKPSISU home", json!([grant("supervisor")]), vec![("/roles/0/role", "role_not_in_agency")]),
        ("UO home", json!([]), vec![("/roles", "too_few_items")]),
    ] {
        let reply = new("new.person", office, roles).problem(422, "validation_failed");
        let expected: Vec<_> = errors.into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect();
        assert_eq!(reply.errors(), expected, "{office}");
    }
    let made = new("new.person", "UO home", json!([grant("psychologist")])).expect(201);
    assert_eq!(made.header("location"), Some(format!("/api/v1/users/{}", made.id()).as_str()));
    assert!(!made.text.contains("password") && !made.text.contains(PASSWORD));
    let taken = new("new.person", "UO home", json!([grant("psychologist")])).problem(409, "domain_rule");
    assert_eq!(taken.body["reason"], "username_taken");
    // Who keeps its roles moves only where they may be held.
    let path = format!("/users/{}", made.id());
    let to = |office: &str| json!({"organisation_id": server.world.organisation(office)});
    let refused = change(&administrator, &path, &to("DP home")).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/organisation_id".to_owned(), "role_not_in_agency".to_owned())]);
    change(&administrator, &path, &to("UZ home")).expect(200);
    log_in(&server.anonymous(), "new.person", PASSWORD).expect(200);
    // Nobody but an administrator makes accounts, and a refusal costs no hash.
    let own = server.client("supervisor.office.home");
    let body = json!({"username": "x.y.z", "display_name": "X", "organisation_id": server.world.organisation("UO home"),
        "roles": [grant("supervisor")], "password": PASSWORD});
    let _ = own.post("/users", &body).problem(403, "forbidden");
}

#[test]
fn a_password_set_by_an_administrator_ends_the_sessions() {
    let server = Server::start();
    let administrator = server.client("administrator.home");
    let user = server.client(WHO);
    user.get("/auth/me").expect(200);
    let path = format!("{}/password", account(&server, WHO));
    let _ = administrator.post(&path, &json!({"password": "short"})).problem(422, "validation_failed");
    user.get("/auth/me").expect(200);
    let reply = administrator.post(&path, &json!({"password": PASSWORD})).expect(204);
    assert!(reply.text.is_empty());
    let _ = user.get("/auth/me").problem(401, "session_ended");
    log_in(&server.anonymous(), WHO, PASSWORD).expect(200);
}

fn ask_token(server: &Server, form: &[(&str, &str)], basic: Option<(&str, &str)>) -> Reply {
    let mut request = server.anonymous().request("POST", "/api/v1/auth/token");
    if let Some((name, secret)) = basic {
        request = request.basic_auth(name, Some(secret));
    }
    client::send(request.form(form))
}

#[test]
fn a_service_account_comes_by_its_own_door() {
    const SERVICE: &str = "hotline_operator.home";
    const SECRET: &str = "Qorgan-service-2026";
    let server = Server::start();
    let administrator = server.client("administrator.home");
    let path = format!("{}/password", account(&server, SERVICE));
    let _ = administrator.post(&path, &json!({"password": SECRET})).expect(204);
    give_password(&server, WHO);

    let grant = ("grant_type", "client_credentials");
    let by_form = ask_token(&server, &[grant, ("client_id", SERVICE), ("client_secret", SECRET)], None).expect(200);
    let by_header = ask_token(&server, &[grant], Some((SERVICE, SECRET))).expect(200);
    for reply in [&by_form, &by_header] {
        assert!(reply.body["refresh_token"].is_null() && reply.body["token_type"] == "Bearer", "{}", reply.text);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let hotline = server.anonymous().with_token(word(reply, "access_token"));
        assert_eq!(hotline.get("/auth/me").expect(200).body["user"]["kind"], "service");
        let _ = hotline.get("/cases").problem(403, "forbidden");
    }
    let refused = [
        (vec![grant, ("client_id", SERVICE), ("client_secret", "wrong")], None, 401, "invalid_client"),
        (vec![grant, ("client_id", WHO), ("client_secret", PASSWORD)], None, 401, "invalid_client"),
        (vec![grant], Some((WHO, PASSWORD)), 401, "invalid_client"),
        (vec![grant], None, 400, "invalid_request"),
        (
            vec![("grant_type", "password"), ("client_id", SERVICE), ("client_secret", SECRET)],
            None,
            400,
            "unsupported_grant_type",
        ),
        (vec![("client_id", SERVICE), ("client_secret", SECRET)], None, 400, "invalid_request"),
        (vec![grant, grant, ("client_id", SERVICE), ("client_secret", SECRET)], None, 400, "invalid_request"),
        (vec![grant, ("client_secret", SECRET)], Some((SERVICE, SECRET)), 400, "invalid_request"),
        (vec![grant, ("client_id", WHO)], Some((SERVICE, SECRET)), 400, "invalid_request"),
    ];
    for (form, basic, status, error) in refused {
        let reply = ask_token(&server, &form, basic);
        assert_eq!((reply.status, &reply.body["error"]), (status, &json!(error)), "{form:?}: {}", reply.text);
        assert!(!reply.text.contains(SECRET) && !reply.text.contains(PASSWORD));
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
    let _ = log_in(&server.anonymous(), SERVICE, SECRET).problem(401, "invalid_credentials");
}
