//! The family of a child: who reads what, and decisions on help that are never overwritten.

use qorgan_tests::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Cast, open_case};

const CENTRE: &str = "0190a000-0000-7000-8000-000000000029";
const HOTLINE: &str = "0190a000-0000-7000-8000-000000000111";

struct Family {
    cast: Cast,
    social: Client,
    case: String,
}

impl Family {
    /// A case at home with the clinic, the police and social services in it.
    fn new() -> Self {
        let cast = Cast::new();
        let case = open_case(&cast.pedagogue, &cast.child("Семейная"), "medium").id();
        for agency in ["UZ home", "DP home", "UKZSP home"] {
            let body = json!({"organisation_id": cast.organisation(agency), "reason": "Works on it"});
            cast.pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
        }
        let social = cast.server.client("social_worker.home");
        Self { cast, social, case }
    }

    fn path(&self) -> String {
        format!("/cases/{}/family", self.case)
    }

    fn add(&self, client: &Client, body: &Value) -> String {
        client.post(&self.path(), body).expect(201).id()
    }

    fn seen(&self, client: &Client, member: &str) -> Value {
        let list = client.get(&self.path()).expect(200);
        let items = list.body["items"].as_array().expect("members").clone();
        items.into_iter().find(|item| item["id"] == member).expect("the member")
    }
}

fn mother() -> Value {
    json!({"relation": "mother", "last_name": "Тайная", "first_name": "Гүлнар", "contact": "+7 700 000 00 00",
        "lives_with_child": true})
}

#[test]
fn names_are_social_and_the_lead_reads_them() {
    let family = Family::new();
    let member = family.add(&family.social, &mother());
    // The pedagogue is the case manager; the inspector and the clinic see the relation alone.
    for reader in [&family.social, &family.cast.pedagogue] {
        let seen = family.seen(reader, &member);
        assert_eq!((&seen["readable"], &seen["last_name"]), (&json!(true), &json!("Тайная")));
    }
    for stranger in [&family.cast.health, &family.cast.police, &family.cast.psychologist] {
        let seen = family.seen(stranger, &member);
        assert_eq!((&seen["readable"], &seen["relation"]), (&json!(false), &json!("mother")));
        for field in ["last_name", "first_name", "contact", "lives_with_child", "note"] {
            assert_eq!(seen[field], Value::Null, "{field}");
        }
    }
    family.cast.stranger.get(&family.path()).problem(404, "not_found");
    family.cast.stranger.post(&family.path(), &mother()).problem(404, "not_found");
    family.cast.health.post(&family.path(), &mother()).problem(403, "forbidden");
    // What the school wrote its colleagues read.
    let own = family.add(&family.cast.pedagogue, &json!({"relation": "grandparent", "last_name": "Школьная"}));
    assert_eq!(family.seen(&family.cast.psychologist, &own)["last_name"], "Школьная");
    let timeline = family.cast.health.get(&format!("/cases/{}/timeline", family.case)).expect(200);
    assert!(timeline.text.contains("family_member_added") && !timeline.text.contains("Тайная"));
}

#[test]
fn who_is_the_alleged_perpetrator_is_for_the_police_and_for_who_said_so() {
    let family = Family::new();
    let father =
        family.add(&family.social, &json!({"relation": "father", "last_name": "Тайный", "alleged_perpetrator": true}));
    let uncle = family.add(&family.social, &json!({"relation": "other_relative", "last_name": "Прочий"}));
    for reader in [&family.social, &family.cast.police] {
        assert_eq!(family.seen(reader, &father)["alleged_perpetrator"], true);
        assert_eq!(family.seen(reader, &uncle)["alleged_perpetrator"], Value::Null);
    }
    // To all others one is as the other, to the case manager too.
    for stranger in [&family.cast.pedagogue, &family.cast.health] {
        for member in [&father, &uncle] {
            assert_eq!(family.seen(stranger, member)["alleged_perpetrator"], Value::Null);
        }
    }
    // The inspector says so of the uncle without reading or changing his name.
    let path = format!("{}/{uncle}", family.path());
    family.cast.police.patch(&path, 1, &json!({"last_name": "Другой"})).problem(403, "forbidden");
    let said = family.cast.police.patch(&path, 1, &json!({"alleged_perpetrator": true})).expect(200);
    assert_eq!((&said.body["alleged_perpetrator"], &said.body["last_name"]), (&json!(true), &Value::Null));
    let social = family.seen(&family.social, &uncle);
    assert_eq!((&social["last_name"], &social["alleged_perpetrator"]), (&json!("Прочий"), &Value::Null));
    // A later change of the name leaves it standing.
    family.social.patch(&path, 2, &json!({"first_name": "Имя"})).expect(200);
    assert_eq!(family.seen(&family.cast.police, &uncle)["alleged_perpetrator"], true);
}

#[test]
fn changes_are_guarded_and_repeats_are_the_same_person() {
    let family = Family::new();
    let id = Uuid::now_v7();
    let mut body = mother();
    body["id"] = json!(id);
    family.social.post(&family.path(), &body).expect(201);
    assert_eq!(family.social.post(&family.path(), &body).expect(200).id(), id.to_string());
    family.cast.pedagogue.post(&family.path(), &body).problem(409, "id_taken");
    body["first_name"] = json!("Иная");
    family.social.post(&family.path(), &body).problem(409, "id_taken");
    let path = format!("{}/{id}", family.path());
    let change = json!({"contact": null, "lives_with_child": false});
    family.social.patch(&path, 5, &change).problem(412, "stale_version");
    let changed = family.social.patch(&path, 1, &change).expect(200);
    assert_eq!((changed.version(), &changed.body["contact"]), (2, &Value::Null));
    assert_eq!((&changed.body["last_name"], &changed.body["lives_with_child"]), (&json!("Тайная"), &json!(false)));
    family.social.patch(&format!("{}/{}", family.path(), Uuid::now_v7()), 1, &change).problem(404, "not_found");
    let wrong = json!({"relation": "boss", "last_name": "Т4йная", "phone": "1"});
    let mut errors = family.social.post(&family.path(), &wrong).problem(422, "validation_failed").errors();
    errors.sort();
    let expected = [("/last_name", "name_format"), ("/phone", "unknown_field"), ("/relation", "unknown_code")];
    assert_eq!(errors, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
}

#[test]
fn decisions_on_help_are_kept_one_after_the_other() {
    let family = Family::new();
    let member = family.add(&family.social, &mother());
    let path = format!("{}/{member}/consents", family.path());
    let decide = |status: &str, day: &str| json!({"status": status, "decided_on": day, "form": "written"});
    let refused = family.social.post(&path, &decide("withdrawn", "2026-09-01")).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "consent_nothing_to_withdraw");
    family.social.post(&path, &decide("given", "2026-09-01")).expect(201);
    let id = Uuid::now_v7();
    let special =
        json!({"id": id, "status": "refused", "decided_on": "2026-09-02", "form": "oral", "service_id": HOTLINE});
    family.social.post(&path, &special).expect(201);
    family.social.post(&path, &special).expect(200);
    family.social.post(&path, &decide("withdrawn", "2026-09-03")).expect(201);
    let told = |client: &Client| -> Vec<String> {
        let consents = family.seen(client, &member)["consents"].clone();
        let consents = consents.as_array().expect("consents").iter();
        consents.map(|consent| consent["status"].as_str().expect("a status").to_owned()).collect()
    };
    for reader in [&family.social, &family.cast.pedagogue] {
        assert_eq!(told(reader), ["given", "refused", "withdrawn"]);
    }
    for stranger in [&family.cast.health, &family.cast.police] {
        assert!(told(stranger).is_empty(), "consents are as social as names");
    }
    let future = json!({"status": "given", "decided_on": "2090-01-01", "form": "oral", "service_id": Uuid::now_v7()});
    let mut errors = family.social.post(&path, &future).problem(422, "validation_failed").errors();
    errors.sort();
    let expected = [("/decided_on", "date_future"), ("/service_id", "unknown_service")];
    assert_eq!(errors, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    family.cast.stranger.post(&path, &decide("given", "2026-09-01")).problem(404, "not_found");
}

#[test]
fn a_consent_is_asked_for_where_the_service_says_so() {
    let family = Family::new();
    let member = family.add(&family.social, &mother());
    let book = |member: Option<&str>, consent: Option<&str>| {
        let body = json!({"service_id": CENTRE, "starts_at": "2026-12-01T05:00:00Z", "purpose": "A first talk",
            "family_member_id": member, "consent_id": consent});
        family.cast.pedagogue.post(&format!("/cases/{}/appointments", family.case), &body)
    };
    book(Some(&member), None).problem(409, "consent_missing");
    book(None, None).problem(409, "consent_missing");
    let path = format!("{}/{member}/consents", family.path());
    let decide = |status: &str, day: &str| {
        let body = json!({"status": status, "decided_on": day, "form": "written", "service_id": CENTRE});
        family.social.post(&path, &body).expect(201).id()
    };
    let given = decide("given", "2026-09-01");
    assert_eq!(book(Some(&member), None).expect(201).body["consent_id"], json!(given));
    assert_eq!(book(None, Some(&given)).expect(201).body["consent_id"], json!(given));
    book(Some(&member), Some(&Uuid::now_v7().to_string())).problem(409, "consent_missing");
    decide("withdrawn", "2026-09-02");
    book(Some(&member), Some(&given)).problem(409, "consent_missing");
    book(None, None).problem(409, "consent_missing");
}
