//! `/cases/{id}/attachments`: documents in sections.

use std::thread;

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_api::ApiSettings;
use qorgan_api::server::AttachmentSettings;
use qorgan_storage::attachment_store::AttachmentStore;
use qorgan_tests::server::settings;
use qorgan_tests::{Client, Reply, Server, client};
use serde_json::{Value, json};

use crate::support::{Cast, lists, open_case, register_child};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89";
const BOUNDARY: &str = "qorgan-7c3e9f00";

/// A part of a form: name, perhaps a file name and a media type, bytes.
type Part<'a> = (&'a str, Option<(&'a str, &'a str)>, &'a [u8]);

fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        body.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
        if let Some((file_name, media_type)) = file {
            body.extend_from_slice(format!("; filename=\"{file_name}\"\r\nContent-Type: {media_type}").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn send(client: &Client, case: &str, parts: &[Part<'_>]) -> Reply {
    let request = client.request("POST", &format!("/api/v1/cases/{case}/attachments"));
    let request = request.header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
    client::send(request.body(form(parts)))
}

fn attach(client: &Client, case: &str, section: &str, (name, media_type): (&str, &str), bytes: &[u8]) -> Reply {
    let parts: [Part<'_>; 3] = [
        ("section", None, section.as_bytes()),
        ("title", None, "Акт".as_bytes()),
        ("file", Some((name, media_type)), bytes),
    ];
    send(client, case, &parts)
}

/// Status, headers and bytes of the content.
fn content(client: &Client, case: &str, id: &str) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let request = client.request("GET", &format!("/api/v1/cases/{case}/attachments/{id}/content"));
    let response = request.send().expect("the server answers");
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
    (status, headers, response.bytes().expect("the content").to_vec())
}

/// Something longer than a few pieces, that no compression shortens, and that is text.
fn long(bytes: usize) -> Vec<u8> {
    let mut state = 7_u64;
    (0..bytes)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            b'a' + u8::try_from((state >> 33) % 26).expect("a letter")
        })
        .collect()
}

fn in_folder(folder: &std::path::Path) -> ApiSettings {
    let store = AttachmentStore::Folder(folder.to_owned());
    ApiSettings { attachments: AttachmentSettings { limit: 4 * 1024 * 1024, store }, ..settings() }
}

fn case_of(server: &Server) -> (Client, String) {
    let pedagogue = server.client("social_pedagogue.home");
    let child = register_child(&pedagogue, "Құжатова");
    let case = open_case(&pedagogue, &child, "medium").id();
    for name in ["UZ home", "DP home"] {
        let body = json!({"organisation_id": server.world.organisation(name), "reason": "Works on it"});
        pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
    }
    (pedagogue, case)
}

#[test]
fn what_is_attached_comes_back_from_the_database_and_from_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    for settings in [settings(), in_folder(folder.path())] {
        let server = Server::with(&settings);
        let (pedagogue, case) = case_of(&server);
        let text = long(1_700_001);
        let attached = attach(&pedagogue, &case, "general", ("Протокол «1».txt", "text/plain"), &text).expect(201);
        assert_eq!((&attached.body["kind"], &attached.body["size_bytes"]), (&json!("txt"), &json!(1_700_001)));
        assert_eq!((&attached.body["title"], &attached.body["file_name"]), (&json!("Акт"), &json!("Протокол «1».txt")));
        assert_eq!(attached.body["sha256"].as_str().map(str::len), Some(64));
        let id = attached.id();
        assert_eq!(attached.header("location"), Some(format!("/api/v1/cases/{case}/attachments/{id}").as_str()));
        let (status, headers, bytes) = content(&pedagogue, &case, &id);
        assert_eq!(status, 200);
        assert!(bytes == text, "other bytes came back");
        let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(header("content-type"), Some("text/plain"));
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("cache-control"), Some("no-store"));
        let disposition = header("content-disposition").expect("a disposition");
        assert!(disposition.starts_with("attachment; filename=\"attachment.txt\"; filename*=UTF-8''"), "{disposition}");
        let timeline = pedagogue.get(&format!("/cases/{case}/timeline")).expect(200);
        assert!(timeline.text.contains("attachment_added") && !timeline.text.contains("Протокол"), "{}", timeline.text);
    }
    let files = walk(folder.path());
    assert_eq!(files.len(), 1, "the second server's document, and nothing unfinished: {files:?}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("read a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_foreign_section_shows_who_and_when_and_not_what() {
    let server = Server::start();
    let (pedagogue, case) = case_of(&server);
    let health = server.client("health_specialist.home");
    let police = server.client("juvenile_inspector.home");
    let attached = attach(&health, &case, "medical", ("Секретов.pdf", "application/pdf"), PDF).expect(201);
    let id = attached.id();
    for closed in [&pedagogue, &police] {
        for path in [format!("/cases/{case}/attachments"), format!("/cases/{case}/attachments/{id}")] {
            let seen = closed.get(&path).expect(200);
            assert!(!seen.text.contains("Секретов") && !seen.text.contains("Акт"), "{}", seen.text);
            let one = if seen.body["items"].is_array() { &seen.body["items"][0] } else { &seen.body };
            assert_eq!(
                (&one["readable"], &one["kind"], &one["section"]),
                (&json!(false), &json!("pdf"), &json!("medical"))
            );
            assert_eq!((&one["sha256"], &one["title"], &one["file_name"]), (&Value::Null, &Value::Null, &Value::Null));
            assert!(one["created_at"].is_string() && one["size_bytes"] == PDF.len());
        }
        assert_eq!(content(closed, &case, &id).0, 403);
    }
    assert_eq!(content(&health, &case, &id).2, PDF);
    // Who does not see the case learns nothing; another case has no such document.
    let stranger = server.client("social_pedagogue.abroad");
    for path in ["", &format!("/{id}"), &format!("/{id}/content")] {
        let _ = stranger.get(&format!("/cases/{case}/attachments{path}")).problem(404, "not_found");
    }
    let _ = attach(&stranger, &case, "general", ("a.pdf", "application/pdf"), PDF).problem(404, "not_found");
    let other = open_case(&pedagogue, &register_child(&pedagogue, "Басқа"), "low").id();
    let _ = pedagogue.get(&format!("/cases/{other}/attachments/{id}")).problem(404, "not_found");
    // Writing goes by section too.
    let refused = attach(&pedagogue, &case, "medical", ("a.pdf", "application/pdf"), PDF);
    assert_eq!(
        refused.problem(422, "validation_failed").errors(),
        [("/section".into(), "section_not_writable".into())]
    );
    assert!(lists(&pedagogue.get(&format!("/cases/{case}/attachments")).expect(200), &id));
}

#[test]
fn what_a_file_is_its_content_decides() {
    let server = Server::start();
    let (pedagogue, case) = case_of(&server);
    let archive = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let polyglot = [PNG, archive].concat();
    let table: [(&str, &str, &[u8], &str); 9] = [
        ("a.pdf", "application/pdf", PNG, "file_kind_differs"),
        ("a.png", "image/png", PDF, "file_kind_differs"),
        ("a.txt", "text/plain", PDF, "file_kind_differs"),
        ("a.pdf", "application/pdf", b"MZ\x90\x00\x03\x00\x00\x00", "file_kind_unknown"),
        ("a.png", "image/png", &polyglot, "file_two_kinds"),
        ("a.html", "text/html", b"<html>", "file_kind_unknown"),
        ("a.svg", "image/svg+xml", b"<svg/>", "file_kind_unknown"),
        ("a.pdf", "application/pdf", b"", "file_empty"),
        ("..", "application/pdf", PDF, "file_name_format"),
    ];
    for (name, media_type, bytes, code) in table {
        let refused = attach(&pedagogue, &case, "general", (name, media_type), bytes).problem(422, "validation_failed");
        assert_eq!(refused.errors(), [("/file".to_owned(), code.to_owned())], "{name} {media_type}");
    }
    assert_eq!(pedagogue.get(&format!("/cases/{case}/attachments")).expect(200).body["items"], json!([]));
    // What says nothing of itself is taken for what it is.
    let unsaid = attach(&pedagogue, &case, "general", ("a", "application/octet-stream"), PNG).expect(201);
    assert_eq!(unsaid.body["kind"], "png");
}

#[test]
fn every_wrong_field_of_the_form_is_named() {
    let server = Server::start();
    let (pedagogue, case) = case_of(&server);
    let wrong = |parts: &[Part<'_>]| {
        let mut errors: Vec<String> = send(&pedagogue, &case, parts)
            .problem(422, "validation_failed")
            .errors()
            .into_iter()
            .map(|(at, code)| format!("{at} {code}"))
            .collect();
        errors.sort();
        errors
    };
    assert_eq!(wrong(&[]), ["/file missing_field", "/section missing_field", "/title missing_field"]);
    let parts: [Part<'_>; 6] = [
        ("section", None, b"secret"),
        ("title", None, b" "),
        ("title", None, b"Again"),
        ("id", None, b"0190a6f8-5b1c-4c3e-9f00-1234567890ab"),
        ("colour", None, b"red"),
        ("file", Some(("a.pdf", "application/pdf")), PDF),
    ];
    assert_eq!(
        wrong(&parts),
        [
            "/colour unknown_field",
            "/id id_not_v7",
            "/section unknown_code",
            "/title duplicate_field",
            "/title text_too_short"
        ]
    );
    for content_type in ["application/json", "multipart/form-data", "multipart/mixed; boundary=x", "text/csv"] {
        let request = pedagogue.request("POST", &format!("/api/v1/cases/{case}/attachments"));
        let reply = client::send(request.header("Content-Type", content_type).body("x"));
        let reply = reply.problem(415, "unsupported_media_type");
        assert_eq!(reply.header("accept"), Some("multipart/form-data"));
    }
}

#[test]
fn a_file_over_the_limit_is_refused_with_and_without_a_length() {
    let attachments = AttachmentSettings { limit: 100_000, store: AttachmentStore::Database };
    let server = Server::with(&ApiSettings { attachments, ..settings() });
    let (pedagogue, case) = case_of(&server);
    let at_limit = attach(&pedagogue, &case, "general", ("a.txt", "text/plain"), &long(100_000)).expect(201);
    assert_eq!(at_limit.body["size_bytes"], 100_000);
    let over = attach(&pedagogue, &case, "general", ("a.txt", "text/plain"), &long(100_001));
    assert_eq!(over.problem(413, "payload_too_large").body["limit_bytes"], 100_000);
    let text = long(120_000);
    let parts: [Part<'_>; 3] =
        [("section", None, b"general"), ("title", None, b"T"), ("file", Some(("a.txt", "text/plain")), &text)];
    let body = reqwest::blocking::Body::new(std::io::Cursor::new(form(&parts)));
    let request = pedagogue.request("POST", &format!("/api/v1/cases/{case}/attachments"));
    let request = request.header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
    let _ = client::send(request.body(body)).problem(413, "payload_too_large");
}

#[test]
fn a_tampered_piece_is_found_before_a_byte_leaves() {
    let server = Server::start();
    let (pedagogue, case) = case_of(&server);
    let id = attach(&pedagogue, &case, "general", ("a.txt", "text/plain"), &long(900_000)).expect(201).id();
    assert_eq!(content(&pedagogue, &case, &id).0, 200);
    let mut owner = server.database.owner();
    let tamper = "UPDATE case_attachment_chunks SET bytes = set_byte(bytes, 17, 0) WHERE position = 2";
    assert_eq!(sql_query(tamper).execute(&mut owner).expect("tamper"), 1);
    let (status, _, bytes) = content(&pedagogue, &case, &id);
    assert_eq!(status, 500);
    assert!(bytes.len() < 2000, "no content in the answer");
    // A piece that is missing, too. The server's own role could do neither.
    sql_query("DELETE FROM case_attachment_chunks WHERE position = 3").execute(&mut owner).expect("tamper");
    assert_eq!(content(&pedagogue, &case, &id).0, 500);
    let mut role = server.database.server();
    for statement in ["UPDATE case_attachment_chunks SET bytes = ''", "DELETE FROM case_attachments"] {
        assert!(sql_query(statement).execute(&mut role).is_err(), "{statement}");
    }
}

#[test]
fn a_withdrawn_document_stays_in_the_record_and_is_no_longer_handed_out() {
    let server = Server::start();
    let (pedagogue, case) = case_of(&server);
    let police = server.client("juvenile_inspector.home");
    let attached = attach(&pedagogue, &case, "general", ("a.pdf", "application/pdf"), PDF).expect(201);
    let path = format!("/cases/{case}/attachments/{}/withdraw", attached.id());
    let reason = json!({"reason": "Attached to the wrong case."});
    let of_other = police.change(&path, 1, &reason).problem(409, "domain_rule");
    assert_eq!(of_other.body["reason"], "attachment_of_other_organisation");
    let _ = pedagogue.post(&path, &reason).problem(428, "precondition_required");
    let _ = pedagogue.change(&path, 7, &reason).problem(412, "stale_version");
    let withdrawn = pedagogue.change(&path, 1, &reason).expect(200);
    assert_eq!(withdrawn.body["withdraw_reason"], "Attached to the wrong case.");
    assert!(withdrawn.body["withdrawn_at"].is_string());
    let (status, _, bytes) = content(&pedagogue, &case, &attached.id());
    assert_eq!(status, 409);
    assert!(String::from_utf8_lossy(&bytes).contains("attachment_withdrawn"));
    let again = pedagogue.change(&path, 2, &reason).problem(409, "domain_rule");
    assert_eq!(again.body["reason"], "attachment_withdrawn");
    let list = pedagogue.get(&format!("/cases/{case}/attachments")).expect(200);
    assert_eq!(list.body["items"][0]["title"], "Акт");
}

#[test]
fn eight_at_once_and_one_sent_twice() {
    let cast = Cast::new();
    let case = cast.case().id();
    thread::scope(|scope| {
        for number in 0..8 {
            let (client, case) = (&cast.pedagogue, &case);
            scope.spawn(move || {
                let text = [format!("{number} ").into_bytes(), long(600_000)].concat();
                let id = attach(client, case, "general", ("a.txt", "text/plain"), &text).expect(201).id();
                assert!(content(client, case, &id).2 == text);
            });
        }
    });
    let id = "01927c3e-5b1c-7c3e-9f00-1234567890ab";
    let parts = |title: &'static str| -> [Part<'static>; 4] {
        [
            ("id", None, id.as_bytes()),
            ("section", None, b"general"),
            ("title", None, title.as_bytes()),
            ("file", Some(("a.pdf", "application/pdf")), PDF),
        ]
    };
    assert_eq!(send(&cast.pedagogue, &case, &parts("One")).expect(201).id(), id);
    assert_eq!(send(&cast.pedagogue, &case, &parts("One")).expect(200).id(), id);
    let _ = send(&cast.pedagogue, &case, &parts("Two")).problem(409, "id_taken");
    let count = cast.pedagogue.get(&format!("/cases/{case}/attachments")).expect(200);
    assert_eq!(count.body["items"].as_array().map(Vec::len), Some(9));
}
