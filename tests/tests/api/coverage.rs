//! Every operation of the API × (anonymous, every role, the same role of a foreign organisation).
//!
//! An operation that is not in [`probes`] fails the test: a new route comes with its place in this table.
//! What each role may expect is the permission table's word (`docs/permissions.md`, reviewed as a page);
//! what is tested here is that HTTP and storage obey it, with an answer that gives nothing away.
//!
//! Long since the probes of the first areas stand here with the walk over all of them; later areas have files of their own
//! below `coverage/`.

mod assessments;
mod children;
mod clocks;
mod consilium;
mod everyday;
mod help;
mod intake;
mod learning;
mod lists;
mod operations;
mod protocols;
mod qualification;
mod register;
mod releases;
mod risk_map;
mod statistics;
mod sync;

use std::collections::BTreeSet;

use qorgan_domain::cases::CaseAction;
use qorgan_domain::identity::{AccountKind, AgencyCode, Role};
use qorgan_domain::policy::{
    Action, Actor, CaseSubject, OrganisationRef, RoleGrant, SeatInGroup, Subject, Verdict, decide, may_ever,
};
use qorgan_domain::territory::Kato;
use qorgan_tests::world::{Side, scope, username};
use qorgan_tests::{Client, Server, client};
use serde_json::{Value, json};

use crate::support::{Cast, assessment, open_case, report};

/// Operations that need no token.
const OPEN: &[&str] = &["healthz", "readyz", "jwks_get", "auth_login", "auth_refresh", "auth_token"];

/// Which record of the fixture an operation is about.
#[derive(Debug, Clone, Copy)]
enum About {
    /// None, or a list.
    Nothing,
    Child,
    /// A child that the school at home registered and nobody works with.
    SchoolChild,
    Signal,
    Case,
    Task,
    Fact,
    Account,
    /// A placement on the in-school register of the school at home.
    Placement,
    /// A service of the school at home.
    Service,
    /// A list that the office at home compared with the register.
    Reconciliation,
    /// A list that the caller's own organisation compares.
    OwnList,
    /// A session of the consilium, convened at home; its secretary sits on the board.
    Session,
    /// A session of the group that qualifies facts, kept by its member at home; its files are not open yet.
    Group,
    /// A fact before that session, whose files are open.
    GroupFile,
    /// A request for material to the clinic at home.
    Material,
    /// The part of the schools at home in a release.
    ReleasePart,
}

/// One call of an operation.
struct Probe {
    operation: &'static str,
    action: Action,
    about: About,
    method: &'static str,
    path: String,
    body: Option<Value>,
}

/// Records at home, seen from all sides.
struct Fixture {
    cast: Cast,
    child: String,
    /// Whoever reports on this child, or opens a case for it, may see it from then on.
    linked_by_all: String,
    signal: String,
    case: String,
    task: String,
    fact: String,
}

impl Fixture {
    fn new() -> Self {
        let cast = Cast::new();
        let child = cast.child("Покрытая");
        let linked_by_all = cast.child("Общая");
        let signal = cast
            .pedagogue
            .post(
                "/signals",
                &json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine",
                "organisation_id": cast.organisation("school home")}),
            )
            .expect(201)
            .id();
        let case = open_case(&cast.pedagogue, &child, "medium").id();
        for name in ["UKZSP home", "OPEKA home", "KDN home"] {
            let body = json!({"organisation_id": cast.organisation(name), "reason": "Works on it"});
            cast.pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
        }
        let (health_task, _) = cast.implement(&case);
        let task = health_task["id"].as_str().expect("a task").to_owned();
        let fact = cast.report(&case, &child).expect(201).body["fact"]["id"].as_str().expect("a fact").to_owned();
        Self { cast, child, linked_by_all, signal, case, task, fact }
    }

    fn organisation(&self, name: &str, agency: &str, side: Side) -> OrganisationRef {
        OrganisationRef {
            id: self.cast.server.world.organisation(name),
            agency: AgencyCode::new(agency).expect("an agency"),
            kato: Kato::new(side.kato()).expect("a territory"),
        }
    }

    /// The case as the permission table sees it.
    fn case_subject(&self) -> CaseSubject {
        let manager = Some(self.cast.server.world.person("social_pedagogue.home").user);
        let lead = self.organisation("school home", "UO", Side::Home);
        let mut participants = vec![(lead.clone(), manager)];
        for agency in ["UKZSP", "OPEKA", "KDN", "UZ", "DP"] {
            participants.push((self.organisation(&format!("{agency} home"), agency, Side::Home), None));
        }
        CaseSubject { lead, manager, participants, board_seat: false }
    }

    fn verdict(&self, actor: &Actor, probe: &Probe) -> Verdict {
        let school = self.organisation("school home", "UO", Side::Home);
        let case = self.case_subject();
        let in_visible_case = decide(actor, Action::CaseRead, &Subject::Case(&case)) == Verdict::Allowed;
        let subject = match probe.about {
            About::Nothing => {
                return if may_ever(actor, probe.action) { Verdict::Allowed } else { Verdict::Forbidden };
            }
            About::Child => {
                let linked = in_visible_case || actor.organisation.id == school.id;
                let subject = Subject::Child { organisation: Some(&school), registered_by: school.id, linked };
                return decide(actor, probe.action, &subject);
            }
            About::SchoolChild => {
                let linked = actor.organisation.id == school.id;
                let subject = Subject::Child { organisation: Some(&school), registered_by: school.id, linked };
                return decide(actor, probe.action, &subject);
            }
            About::Signal => Subject::Signal {
                addressee: &school,
                filed_organisation: school.id,
                filed_by: self.cast.server.world.person("social_pedagogue.home").user,
            },
            About::Case => Subject::Case(&case),
            About::Task => {
                let holder = self.organisation("UZ home", "UZ", Side::Home);
                return decide(actor, probe.action, &Subject::Task(&case, &holder));
            }
            About::Fact => {
                return decide(actor, probe.action, &Subject::Fact { reporters: &[school], in_visible_case });
            }
            About::Reconciliation => {
                let office = self.organisation("UO home", "UO", Side::Home);
                return decide(actor, probe.action, &Subject::Reconciliation(&office));
            }
            // Who may compare lists at all, but in too narrow a scope, hears that.
            About::OwnList => {
                let own = Subject::Reconciliation(&actor.organisation);
                let allowed = decide(actor, probe.action, &own) == Verdict::Allowed;
                return if allowed { Verdict::Allowed } else { Verdict::Forbidden };
            }
            About::Placement => Subject::Placement(&school),
            About::Service => Subject::Service(Some(&school)),
            About::Account => Subject::Account(&school),
            About::Group | About::GroupFile => Subject::Group(
                (actor.username == "qualification_member.home")
                    .then_some(SeatInGroup { keeper: true, opens_file: matches!(probe.about, About::GroupFile) }),
            ),
            About::ReleasePart => {
                let place = Kato::new(Side::Home.kato()).expect("a territory");
                return decide(actor, probe.action, &Subject::ReleasePart(&school.agency, &place));
            }
            About::Material => Subject::Material(self.cast.server.world.organisation("UZ home")),
            About::Session => Subject::Session {
                convener: self.cast.server.world.organisation("UO home"),
                member: actor.username == "consilium_secretary.home",
            },
        };
        decide(actor, probe.action, &subject)
    }

    fn actor(&self, role: Role, side: Side) -> Actor {
        let name = username(role, side);
        let person = self.cast.server.world.person(&name);
        Actor {
            session: person.session,
            user: person.user,
            display_name: String::new(),
            account_kind: AccountKind::Person,
            organisation: OrganisationRef {
                id: person.organisation,
                agency: AgencyCode::new(&person.agency).expect("an agency"),
                kato: Kato::new(side.kato()).expect("a territory"),
            },
            organisation_name: String::new(),
            roles: vec![RoleGrant { role, scope: scope(role) }],
            username: name,
        }
    }
}

/// The table: every operation that needs a token, with a body that is right in itself.
fn probes(fixture: &Fixture) -> Vec<Probe> {
    let Fixture { cast, child, linked_by_all, signal, case, task, fact } = fixture;
    let account = cast.server.world.person("pedagogue.second.home").user.to_string();
    let school = cast.organisation("school home");
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let get = |operation, action, about, path: String| probe(operation, action, about, "GET", path, None);
    let post = |operation, action, about, path: String, body| probe(operation, action, about, "POST", path, Some(body));
    let patch =
        |operation, action, about, path: String, body| probe(operation, action, about, "PATCH", path, Some(body));
    let new_child = json!({"last_name": "Новая", "first_name": "Дана", "birth_date": "2015-03-04", "sex": "female", "territory": "351000000"});
    let plan = json!({"goals": [{"title": "G", "tasks": [{"title": "T", "organisation_id": school, "due_on": "2090-01-01"}]}]});
    let mut table = vec![
        get("auth_me", Action::AccountUse, About::Nothing, "/auth/me".into()),
        post(
            "auth_password",
            Action::AccountUse,
            About::Nothing,
            "/auth/password".into(),
            json!({"current_password": "not the one", "new_password": "тау бөкен жүгірді"}),
        ),
        get("agency_list", Action::ReferenceRead, About::Nothing, "/agencies".into()),
        get("territory_list", Action::ReferenceRead, About::Nothing, "/territories".into()),
        get("classifier_get", Action::ReferenceRead, About::Nothing, "/classifiers/risk_level".into()),
        get("organisation_list", Action::OrganisationRead, About::Nothing, "/organisations".into()),
        get("organisation_get", Action::OrganisationRead, About::Nothing, format!("/organisations/{school}")),
        post(
            "organisation_create",
            Action::OrganisationManage,
            About::Nothing,
            "/organisations".into(),
            json!({"agency": "UO", "territory": "351000000", "kind": "school", "name": "New school"}),
        ),
        patch(
            "organisation_update",
            Action::OrganisationManage,
            About::Nothing,
            format!("/organisations/{school}"),
            json!({"name": "school home"}),
        ),
        get("user_list", Action::UserRead, About::Nothing, "/users".into()),
        get("user_get", Action::UserRead, About::Account, format!("/users/{account}")),
        post(
            "user_create",
            Action::UserManage,
            About::Nothing,
            "/users".into(),
            json!({"username": "new.user", "display_name": "New",
            "organisation_id": school, "roles": [{"role": "social_pedagogue", "scope": "organisation"}], "password": "тау бөкен жүгірді"}),
        ),
        patch(
            "user_update",
            Action::UserManage,
            About::Account,
            format!("/users/{account}"),
            json!({"display_name": "Renamed"}),
        ),
        post(
            "user_password",
            Action::UserManage,
            About::Account,
            format!("/users/{account}/password"),
            json!({"password": "тау бөкен жүгірді"}),
        ),
        get("audit_event_list", Action::AuditRead, About::Nothing, "/audit/events".into()),
        post("child_create", Action::ChildRegister, About::Nothing, "/children".into(), new_child),
        post(
            "child_search",
            Action::ChildSearch,
            About::Nothing,
            "/children/search".into(),
            json!({"query": "Покрытая Алия"}),
        ),
        get("child_get", Action::ChildRead, About::Child, format!("/children/{child}")),
        patch(
            "child_update",
            Action::ChildUpdate,
            About::Child,
            format!("/children/{child}"),
            json!({"territory": "351000000"}),
        ),
        post(
            "signal_create",
            Action::SignalFile,
            About::Nothing,
            "/signals".into(),
            json!({"channel": "other", "description": "D", "territory": "351000000", "urgency": "routine"}),
        ),
        get("signal_list", Action::SignalRead, About::Nothing, "/signals".into()),
        get("signal_get", Action::SignalRead, About::Signal, format!("/signals/{signal}")),
        post(
            "signal_triage",
            Action::SignalTriage,
            About::Signal,
            format!("/signals/{signal}/triage"),
            json!({"decision": "dismiss", "reason": "A mistake"}),
        ),
        get("case_list", Action::CaseRead, About::Nothing, "/cases".into()),
        get("case_get", Action::CaseRead, About::Case, format!("/cases/{case}")),
        patch("case_update", Action::CaseUpdate, About::Case, format!("/cases/{case}"), json!({"title": "Another"})),
        get("case_timeline", Action::CaseRead, About::Case, format!("/cases/{case}/timeline")),
        post(
            "participant_add",
            Action::ParticipantAdd,
            About::Case,
            format!("/cases/{case}/participants"),
            json!({"organisation_id": school, "reason": "Again"}),
        ),
        post(
            "assessment_create",
            Action::AssessmentWrite,
            About::Case,
            format!("/cases/{case}/assessments"),
            assessment("medium"),
        ),
        get("assessment_list", Action::CaseRead, About::Case, format!("/cases/{case}/assessments")),
        post("plan_create", Action::PlanWrite, About::Case, format!("/cases/{case}/plan"), plan),
        get("plan_list", Action::CaseRead, About::Case, format!("/cases/{case}/plan")),
        post(
            "review_create",
            Action::ReviewWrite,
            About::Case,
            format!("/cases/{case}/reviews"),
            json!({"conclusion": "continue", "summary": "S"}),
        ),
        get("review_list", Action::CaseRead, About::Case, format!("/cases/{case}/reviews")),
        post(
            "note_create",
            Action::NoteWrite,
            About::Case,
            format!("/cases/{case}/notes"),
            json!({"section": "general", "text": "N"}),
        ),
        get("note_list", Action::CaseRead, About::Case, format!("/cases/{case}/notes")),
        get("task_list", Action::CaseRead, About::Nothing, "/tasks".into()),
        get("task_get", Action::CaseRead, About::Task, format!("/tasks/{task}")),
        post(
            "task_waive",
            Action::TaskWaive,
            About::Task,
            format!("/tasks/{task}/waive"),
            json!({"reason": "Not needed"}),
        ),
        post(
            "task_complete",
            Action::TaskComplete,
            About::Task,
            format!("/tasks/{task}/complete"),
            json!({"result": "Done"}),
        ),
        post(
            "report_file",
            Action::ReportFile,
            About::Nothing,
            "/register/reports".into(),
            report(linked_by_all, None),
        ),
        get("fact_list", Action::RegisterRead, About::Nothing, "/register/facts".into()),
        get("fact_get", Action::RegisterRead, About::Fact, format!("/register/facts/{fact}")),
        get("fact_reports", Action::RegisterRead, About::Fact, format!("/register/facts/{fact}/reports")),
        get(
            "statistics_register",
            Action::StatisticsExact,
            About::Nothing,
            "/statistics/register?group_by=month&from=2026-01-01&to=2026-12-31&method=exact".into(),
        ),
        post(
            "case_create",
            Action::CaseOpen,
            About::Nothing,
            "/cases".into(),
            json!({"child_id": linked_by_all, "title": "T", "description": "D", "risk_level": "low"}),
        ),
    ];
    table.extend(intake::probes(fixture));
    table.extend(lists::probes(fixture));
    table.extend(children::probes(fixture));
    table.extend(clocks::probes(fixture));
    table.extend(assessments::probes(fixture));
    table.extend(help::probes(fixture));
    table.extend(sync::probes(fixture));
    table.extend(everyday::probes(fixture));
    table.extend(register::probes(fixture));
    table.extend(learning::probes(fixture));
    table.extend(consilium::probes(fixture));
    table.extend(qualification::probes(fixture));
    table.extend(statistics::probes());
    table.extend(releases::probes(fixture));
    table.extend(risk_map::probes());
    table.extend(operations::probes());
    // Which right a step of the lifecycle asks for depends on the step.
    table.extend(CaseAction::ALL.iter().map(|action| {
        post(
            "case_transition",
            Action::of_lifecycle(*action),
            About::Case,
            format!("/cases/{case}/transitions"),
            json!({"action": action, "reason": "Because", "escalate_to": "commission"}),
        )
    }));
    table.extend(protocols::probes(fixture));
    // Ends the session: last.
    table.push(post("auth_logout", Action::AccountUse, About::Nothing, "/auth/logout".into(), json!({})));
    table
}

fn call(client: &Client, probe: &Probe) -> qorgan_tests::Reply {
    let mut request = client.request(probe.method, &format!("/api/v1{}", probe.path)).header("If-Match", "\"1\"");
    if let Some(body) = &probe.body
        && probe.operation != "auth_logout"
    {
        // A body that is not JSON says so: {"raw": text, "content_type": …}.
        request = match (body["raw"].as_str(), body["content_type"].as_str()) {
            (Some(text), Some(kind)) => request.header("Content-Type", kind).body(text.to_owned()),
            _ => request.json(body),
        };
    }
    client::send(request)
}

#[test]
fn every_operation_is_in_the_table_and_asks_for_its_right() {
    let fixture = Fixture::new();
    let document = client::send(fixture.cast.server.anonymous().request("GET", "/openapi.json")).expect(200).body;
    let table = probes(&fixture);
    let mut known: BTreeSet<&str> = table.iter().map(|probe| probe.operation).collect();
    known.extend(OPEN);
    let mut documented = BTreeSet::new();
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("operations").values() {
            let name = operation["operationId"].as_str().expect("an operation id");
            documented.insert(name);
            let open = operation["security"].as_array().is_none_or(Vec::is_empty);
            assert_eq!(open, OPEN.contains(&name), "{name}: is it open to anybody?");
            let permission = operation["x-permission"].as_str().expect("a permission");
            let probed: BTreeSet<&str> =
                table.iter().filter(|probe| probe.operation == name).map(|probe| probe.action.as_str()).collect();
            assert!(
                open || probed.contains(permission),
                "{name}: documented with {permission}, probed with {probed:?}"
            );
        }
    }
    assert_eq!(documented, known, "operations of the API and of the coverage table");
}

#[test]
fn without_a_token_everything_is_closed() {
    let fixture = Fixture::new();
    let anonymous = fixture.cast.server.anonymous();
    for probe in probes(&fixture) {
        let reply = call(&anonymous, &probe);
        assert_eq!((reply.status, reply.body["code"].as_str()), (401, Some("unauthenticated")), "{}", probe.operation);
    }
}

#[test]
fn every_role_gets_what_the_table_says_and_no_more() {
    let fixture = Fixture::new();
    let table = probes(&fixture);
    let mut wrong = Vec::new();
    for side in [Side::Abroad, Side::Home] {
        for role in Role::ALL {
            let actor = fixture.actor(*role, side);
            let client = fixture.cast.server.client(&actor.username);
            for probe in &table {
                let verdict = fixture.verdict(&actor, probe);
                let reply = call(&client, probe);
                if !obeys(verdict, reply.status, probe) {
                    wrong.push(format!(
                        "{} as {}: {verdict:?} but {} {}",
                        probe.operation, actor.username, reply.status, reply.body["code"]
                    ));
                }
                // Accounts and services are kept by administrators of either side.
                let shared = matches!(probe.about, About::Nothing | About::Account | About::Service);
                // The statistics office of either side reads all parts.
                let shared = shared || (matches!(probe.about, About::ReleasePart) && *role == Role::Statistician);
                let foreign_record = side == Side::Abroad && !shared;
                if foreign_record && matches!(reply.status, 200..=299 | 409 | 412) {
                    wrong.push(format!("{} as {}: reaches a foreign record", probe.operation, actor.username));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Allowed may still meet a rule (409), a version (412) or a wrong password (401 invalid_credentials).
fn obeys(verdict: Verdict, status: u16, probe: &Probe) -> bool {
    match verdict {
        Verdict::Forbidden => status == 403,
        Verdict::Invisible => status == 404,
        Verdict::Allowed if probe.operation == "auth_password" => matches!(status, 401 | 422),
        Verdict::Allowed => matches!(status, 200 | 201 | 204 | 409 | 412),
    }
}

#[test]
fn whoever_may_not_do_it_at_all_hears_that_before_what_is_wrong_with_the_attempt() {
    let fixture = Fixture::new();
    let statistician = fixture.cast.server.client("statistician.home");
    for probe in probes(&fixture) {
        if matches!(
            probe.action,
            Action::AccountUse
                | Action::ReferenceRead
                | Action::OrganisationRead
                | Action::StatisticsExact
                | Action::StatisticsProtected
                | Action::ReleaseRead
                | Action::ReleaseManage
                | Action::ReleasePartRead
                | Action::OperationsRead
                | Action::OperationsExact
                | Action::OperationsProtected
        ) {
            continue;
        }
        // No If-Match, unknown parameters, a body that is none.
        let mut request = statistician.request(probe.method, &format!("/api/v1{}?colour=red", probe.path));
        if probe.body.is_some() {
            request = request.header("Content-Type", "application/json").body("{");
        }
        let reply = client::send(request);
        assert_eq!(
            (reply.status, reply.body["code"].as_str()),
            (403, Some("forbidden")),
            "{}: {}",
            probe.operation,
            reply.text
        );
    }
}

#[test]
fn refusals_are_audited() {
    let server = Server::start();
    let statistician = server.client("statistician.home");
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let refused = statistician.get(&format!("/cases/{id}")).problem(403, "forbidden");
    let request_id = refused.header("x-request-id").expect("a request id").to_owned();
    let log = server.client("auditor.home").get("/audit/events").expect(200);
    let event = log.body["items"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["request_id"] == request_id.as_str())
        .expect("the refusal in the audit log")
        .clone();
    assert_eq!(
        (&event["outcome"], &event["reason"], &event["action"]),
        (&json!("refused"), &json!("forbidden"), &json!("case_read"))
    );
    assert_eq!(event["resource_id"], id);
}
