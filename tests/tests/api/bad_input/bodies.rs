//! Bodies that no operation takes, sent to every operation that takes a body.

use qorgan_tests::server::settings;
use qorgan_tests::{Client, Reply, Server, client};
use reqwest::blocking::Body;
use serde_json::{Value, json};

use super::operations::{Callers, Operation, read};
use super::{clear, wrong};

const ID: &str = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";

fn send(client: &Client, operation: &Operation, content_type: Option<&str>, body: impl Into<Body>) -> Reply {
    let mut request = client.request(&operation.method, &operation.at(ID)).header("If-Match", "\"1\"").body(body);
    if let Some(content_type) = content_type {
        request = request.header("Content-Type", content_type);
    }
    client::send(request)
}

/// Every operation with a JSON body, with a body, and what it must answer.
fn everywhere(server: &Server, check: impl Fn(&Operation, &Client)) {
    let callers = Callers::new(server);
    let (_, operations) = read(&server.anonymous());
    let with_body: Vec<_> = operations.iter().filter(|operation| operation.schema.is_some()).collect();
    assert!(with_body.len() > 20, "the document lists operations with bodies");
    for operation in with_body {
        check(operation, callers.of(operation));
    }
}

#[test]
fn text_that_is_not_json_is_placed() {
    let server = Server::start();
    let deep = format!("{{\"title\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let bodies: [(&str, &[u8], u64); 10] = [
        ("empty", b"", 1),
        ("blank", b" \n ", 2),
        ("cut off", b"{\n\"last_name\": \"Sekretov", 2),
        ("comma", b"{\"last_name\": \"Sekretov\",\n}", 2),
        ("single quotes", b"{'last_name': 'Sekretov'}", 1),
        ("two documents", b"{} {\"last_name\": \"Sekretov\"}", 1),
        ("huge exponent", b"{\"age\": 1e999999}", 1),
        ("lone surrogate", b"{\"last_name\": \"Sekretov\\ud800\"}", 1),
        ("not UTF-8", b"{\"last_name\": \"Sekretov\xff\xfe\"}", 1),
        ("bare NUL", b"{\"last_name\": \"Sekretov\0\"}", 1),
    ];
    everywhere(&server, |operation, client| {
        for (what, body, line) in bodies {
            let reply = send(client, operation, Some("application/json"), body.to_vec());
            clear(&reply, 400, "malformed_json", &["Sekretov"]);
            assert_eq!(reply.body["line"], line, "{} {what}: {}", operation.name, reply.text);
            assert!(reply.body["column"].is_u64(), "{} {what}: {}", operation.name, reply.text);
        }
        let reply = send(client, operation, Some("application/json; charset=utf-8"), deep.clone());
        clear(&reply, 400, "malformed_json", &[]);
    });
}

#[test]
fn a_document_of_another_shape_is_refused_by_field() {
    let server = Server::start();
    everywhere(&server, |operation, client| {
        let name = &operation.name;
        for body in ["[]", "null", "7", "\"Sekretov\"", "true", "[{\"last_name\": \"Sekretov\"}]"] {
            let reply = send(client, operation, Some("application/json"), body.to_owned());
            clear(&reply, 422, "validation_failed", &["Sekretov"]);
            assert_eq!(wrong(&reply), [" wrong_type"], "{name}: {body}");
        }
        let strange = json!({"no_such_field": "Sekretov", "и такого нет": [{"deep": "Sekretov"}]});
        let reply = send(client, operation, Some("application/json"), strange.to_string());
        clear(&reply, 422, "validation_failed", &["Sekretov"]);
        for pointer in ["/no_such_field", "/и такого нет"] {
            let expected = (pointer.to_owned(), "unknown_field".to_owned());
            assert!(reply.errors().contains(&expected), "{name}: {}", reply.text);
        }
        let doubled = "{\"x\": \"Sekretov\", \"x\": \"Sekretov\", \"y\": {\"z\": 1, \"z\": 2}}";
        let reply = send(client, operation, Some("application/json"), doubled);
        clear(&reply, 422, "validation_failed", &["Sekretov"]);
        for pointer in ["/x", "/y/z"] {
            let expected = (pointer.to_owned(), "duplicate_field".to_owned());
            assert!(reply.errors().contains(&expected), "{name}: {}", reply.text);
        }
    });
}

#[test]
fn every_known_field_is_refused_in_a_wrong_type_and_all_at_once() {
    let server = Server::start();
    let (document, _) = read(&server.anonymous());
    everywhere(&server, |operation, client| {
        let schema = operation.schema.as_ref().expect("a schema");
        let schema = super::chance::resolved(&document, schema);
        // A body may have no fields at all: then there is none to be wrong.
        let Some(fields) = schema["properties"].as_object() else { return };
        let names: Vec<&String> = fields.keys().collect();
        // No field of the API is an object of any content, so an object of one strange member is wrong everywhere.
        let body: Value = names.iter().map(|name| ((*name).clone(), json!({"strange": "Sekretov"}))).collect();
        let reply = send(client, operation, Some("application/json"), body.to_string());
        clear(&reply, 422, "validation_failed", &["Sekretov"]);
        let errors = reply.errors();
        for name in names {
            let below = format!("/{name}/");
            let named = errors.iter().any(|(at, _)| *at == format!("/{name}") || at.starts_with(&below));
            assert!(named, "{}: {name} is not named in {}", operation.name, reply.text);
        }
    });
}

#[test]
fn other_content_types_are_refused() {
    let server = Server::start();
    let types = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json; charset=windows-1251"),
        Some("application/xml"),
        Some("nonsense"),
    ];
    everywhere(&server, |operation, client| {
        for content_type in types {
            let reply = send(client, operation, content_type, "{\"last_name\": \"Sekretov\"}");
            clear(&reply, 415, "unsupported_media_type", &["Sekretov"]);
            assert_eq!(reply.header("accept"), Some("application/json"), "{}", operation.name);
        }
    });
    let client = server.client("social_pedagogue.home");
    let packed = client.request("POST", "/api/v1/children").header("Content-Encoding", "gzip");
    let packed = packed.header("Content-Type", "application/json").body(vec![0x1f, 0x8b, 8, 0]);
    clear(&client::send(packed), 415, "unsupported_media_type", &[]);
    let form = client.request("POST", "/api/v1/auth/token").header("Content-Type", "application/json");
    clear(&client::send(form.body("{\"client_secret\": \"Sekretov\"}")), 415, "unsupported_media_type", &["Sekretov"]);
}

#[test]
fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    const LIMIT: usize = 4096;
    let server = Server::with(&qorgan_api::ApiSettings { body_limit: LIMIT, ..settings() });
    everywhere(&server, |operation, client| {
        let reply = send(client, operation, Some("application/json"), format!("{:1$}", "{}", LIMIT + 1));
        clear(&reply, 413, "payload_too_large", &[]);
        assert_eq!(reply.body["limit_bytes"], LIMIT, "{}", operation.name);
        // Without a length that announces it, too.
        let unannounced = std::io::Cursor::new(format!("{:1$}", "{}", LIMIT + 1));
        let reply = send(client, operation, Some("application/json"), Body::new(unannounced));
        clear(&reply, 413, "payload_too_large", &[]);
        let reply = send(client, operation, Some("application/json"), format!("{:1$}", "[]", LIMIT));
        clear(&reply, 422, "validation_failed", &[]);
    });
}
