//! The record of a session and the summary of a case as files: what an office program would read of them.

use std::io::{Cursor, Read};

use qorgan_tests::Client;
use quick_xml::events::Event;
use serde_json::json;

use super::Board;
use crate::support::Cast;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A file from the server: unzipped, every part read as XML, the text of the pages put together.
pub struct Paper {
    text: String,
    pub name: String,
}

impl Paper {
    pub fn get(client: &Client, path: &str, language: &str) -> Self {
        let request = client.request("GET", &format!("/api/v1{path}")).header("Accept-Language", language);
        let response = request.send().expect("an answer");
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().expect("a header").to_owned();
        assert_eq!(header("content-type"), DOCX);
        assert_eq!(header("cache-control"), "no-store");
        let name = header("content-disposition");
        let bytes = response.bytes().expect("a body");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut text = String::new();
        let mut parts = 0;
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("a part");
            let mut xml = String::new();
            part.read_to_string(&mut xml).expect("text");
            let content = read_xml(part.name(), &xml);
            if part.name().starts_with("word/document") || part.name().starts_with("word/header") {
                text.push_str(&content);
                parts += 1;
            }
        }
        assert!(parts >= 2, "a document and its running head");
        Self { text, name }
    }

    #[track_caller]
    pub fn says(&self, words: &[&str]) {
        for word in words {
            assert!(self.text.contains(word), "{word:?} is not in {}", self.text);
        }
    }

    #[track_caller]
    pub fn hides(&self, words: &[&str]) {
        for word in words {
            assert!(!self.text.contains(word), "{word:?} is in {}", self.text);
        }
    }
}

/// The text of a part; fails where it is not well-formed.
fn read_xml(name: &str, xml: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut text = String::new();
    let mut depth = 0_i32;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Text(content) => text.push_str(&content.decode().expect("text")),
            Event::GeneralRef(reference) => text.push_str(match &*reference.decode().expect("a reference") {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                other => panic!("{name}: &{other};"),
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{name}: elements are left open");
    text
}

#[test]
fn the_record_says_what_the_reader_may_read_in_the_readers_language() {
    let board = Board::convened(1, "psychological");
    board.keep("/open", &json!({})).expect(200);
    board.present(&["psychologist.abroad", "health_specialist.abroad"]);
    let kazakh = "Әлеуметтік қолдау: ғ, қ, ң, ө, ұ, ү, һ, і – <маңызды> & \"тез\"\nЕкінші жол";
    let mut votes = board.votes(&[("psychologist.abroad", "for"), ("health_specialist.abroad", "abstain")]);
    votes[0]["opinion"] = json!("Мен қолдаймын.");
    let decision = json!({"outcome": "support_programme", "section": "psychological", "text": kazakh, "votes": votes,
        "tasks": [{"title": "Отбасымен әңгіме", "organisation_id": board.cast.organisation("DP home"), "due_on": "2090-01-10"}]});
    board.decide(&decision).expect(201);
    let text = "Әлеуметтік қолдау: ғ, қ, ң, ө, ұ, ү, һ, і – <маңызды> & \"тез\"";
    let opinion = "Мен қолдаймын.";

    let russian = Paper::get(&board.secretary, &board.at("/document"), "ru");
    russian.says(&[
        "Протокол заседания",
        "Председатель",
        text,
        "Екінші жол",
        opinion,
        "Отбасымен әңгіме",
        "DP home",
        "10.01.2090",
        "Программа сопровождения",
        "Конфиденциально, личный экземпляр: Made-up consilium_secretary.home",
        "Воздержался",
    ]);
    let number = board.cast.pedagogue.get(&format!("/cases/{}", board.case)).expect(200).body["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    russian.says(&[&number, "Which support does the child need?"]);
    russian.hides(&["Сапаров"]);
    assert!(russian.name.starts_with("attachment; filename=\"consilium-"), "{}", russian.name);
    Paper::get(&board.chair, &board.at("/document?format=docx"), "kk").says(&[
        "отырысының хаттамасы",
        "Төраға",
        "Қалыс қалды",
        text,
    ]);
    // The inspector sees the case and not this section.
    let inspector = Paper::get(&board.inspector, &board.at("/document"), "en");
    inspector.says(&[&number, "closed to you", "Programme of support", "Chair"]);
    inspector.hides(&[text, opinion, "Отбасымен", "Which support"]);
    let data = board.inspector.get(&board.at("/document?format=json")).expect(200);
    assert_eq!(data.body["items"][0]["decision"]["text"], json!(null));
    board.chair.get(&board.at("/document?format=pdf")).problem(400, "invalid_query");

    board.keep("/close", &json!({})).expect(200);
    Paper::get(&board.secretary, &board.at("/document"), "ru").says(&[text, &number]);
    let after = Paper::get(&board.chair, &board.at("/document"), "en");
    after.says(&["No case of the agenda is open to you now."]);
    after.hides(&[text, opinion, &number, "Programme of support"]);
}

#[test]
fn the_summary_of_a_case_says_what_it_came_to_and_no_text_of_any_section() {
    let cast = Cast::new();
    let opened = cast.case();
    let (case, child) = (opened.id(), opened.body["child_id"].as_str().expect("a child").to_owned());
    let path = format!("/cases/{case}/closure-summary");
    let early = cast.pedagogue.get(&path).problem(409, "domain_rule");
    assert_eq!((&early.body["reason"], early.missing()), (&json!("wrong_stage"), vec!["stage".to_owned()]));
    let (health, police) = cast.implement(&case);
    let secret = json!({"result": "Haematoma of the liver."});
    let task = |task: &serde_json::Value| format!("/tasks/{}", task["id"].as_str().expect("an id"));
    cast.health.change(&format!("{}/complete", task(&health)), 1, &secret).expect(200);
    cast.supervisor.change(&format!("{}/waive", task(&police)), 1, &json!({"reason": "The family moved."})).expect(200);
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    cast.report(&case, &child).expect(201);
    let steps = cast.protocol_tasks(&case).len();
    cast.waive_protocols(&case);
    let proposal = json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Бала қауіпсіз жерде."});
    cast.act(&cast.pedagogue, &case, proposal).expect(200);

    let summary = cast.pedagogue.get(&path).expect(200);
    let body = &summary.body;
    assert_eq!((&body["outcome"], &body["reason"]), (&json!("safety_restored"), &json!("Бала қауіпсіз жерде.")));
    assert_eq!(body["tasks"], json!({"done_in_time": 1, "done_late": 0, "waived": 1 + steps, "open": 0}));
    assert_eq!(
        (&body["assessments"], &body["plans_approved"], &body["register_reports"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let course: Vec<_> =
        body["risk_course"].as_array().expect("steps").iter().map(|step| step["event"].clone()).collect();
    assert_eq!(course, [json!("opened"), json!("assessment_recorded")]);
    assert_eq!(body["manager"]["name"], "Made-up social_pedagogue.home");
    for hidden in ["Haematoma", "grandmother", "Сапаров"] {
        assert!(!summary.text.contains(hidden), "{hidden}");
    }
    let paper = Paper::get(&cast.pedagogue, &format!("{path}?format=docx"), "kk");
    let number = opened.body["number"].as_str().expect("a number");
    paper.says(&[
        "қорытынды анықтама",
        number,
        "Қауіпсіздік қалпына келтірілді",
        "Бала қауіпсіз жерде.",
        "Examine the child",
        "Құпия, жеке дана: Made-up social_pedagogue.home, school home",
    ]);
    paper.hides(&["Haematoma", "grandmother", "Сапаров"]);
    Paper::get(&cast.health, &format!("{path}?format=docx"), "en")
        .says(&["Made-up health_specialist.home, UZ home", "Safety restored"]);
    cast.stranger.get(&path).problem(404, "not_found");
    let other = cast.server.client("supervisor.home");
    cast.act(&other, &case, json!({"action": "approve_closure"})).expect(200);
    assert!(cast.pedagogue.get(&path).expect(200).body["closed_at"].is_string());
}
