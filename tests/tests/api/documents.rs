//! What is generated from the code stands in the tree as the code says it; what must not be in the tree is not.

use std::path::{Path, PathBuf};
use std::process::Command;

use qorgan_domain::policy::Action;
use qorgan_tests::Server;
use qorgan_tests::client::send;
use serde_json::Value;

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("find the workspace")
}

fn committed(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file} ({error}): run `make docs`"))
}

/// Compares without printing thousands of lines: the first that differs is enough.
#[track_caller]
fn assert_current(file: &str, generated: &str) {
    let committed = committed(file);
    if committed == generated {
        return;
    }
    let differing = committed.lines().zip(generated.lines()).position(|(old, new)| old != new);
    let line = differing.unwrap_or_else(|| committed.lines().count().min(generated.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(end)").trim().to_owned();
    panic!(
        "{file} is not what the code says: run `make docs` and commit it.\nline {}: committed {:?}, now {:?}",
        line + 1,
        at(&committed),
        at(generated)
    );
}

fn document() -> Value {
    let text = qorgan_api::openapi::to_text(&qorgan_api::server::document()).expect("write the document");
    serde_json::from_str(&text).expect("read the document")
}

#[test]
fn the_committed_api_document_is_that_of_the_code() {
    let text = qorgan_api::openapi::to_text(&qorgan_api::server::document()).expect("write the document");
    assert_current("openapi/openapi.json", &text);
}

#[test]
fn the_committed_permissions_are_those_of_the_code() {
    assert_current("docs/permissions.md", &qorgan_domain::policy::document::markdown());
}

#[test]
fn no_operation_is_left_undocumented() {
    let complaints = qorgan_api::openapi::complaints(&qorgan_api::server::document()).expect("read the document");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_operation_names_a_right_that_exists() {
    let document = document();
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let right = operation["x-permission"].as_str().unwrap_or_else(|| panic!("{method} {path} names no right"));
            let known = right.parse::<Action>().is_ok();
            let open = operation["security"].as_array().is_none_or(Vec::is_empty);
            assert!(known || right == "none", "{method} {path}: there is no right {right}");
            assert_eq!(open, right == "none", "{method} {path}: open to everybody and asking for {right}");
            operations += 1;
        }
    }
    assert!(operations > 30, "the search itself must find operations: {operations}");
}

/// A crate, the crates that must not stand below it, and how deep to look (`None`: all the way).
const FORBIDDEN_EDGES: &[(&str, &[&str], Option<u8>)] = &[
    ("qorgan-domain", &["diesel", "actix-web", "tokio", "qorgan-storage", "qorgan-api"], None),
    ("qorgan-storage", &["actix-web", "utoipa", "jsonwebtoken", "qorgan-api"], None),
    // Below storage there is diesel, of course: a handler must not be able to name it.
    ("qorgan-api", &["diesel", "diesel_migrations", "pq-sys"], Some(1)),
];

/// The names of the crates below one, itself included, in what is built for use (not for its tests).
fn below(package: &str, depth: Option<u8>) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    command.args(["tree", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    command.args(["--package", package]).current_dir(root());
    command.args(depth.map(|depth| format!("--depth={depth}")));
    let output = command.output().expect("run cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn no_crate_imports_what_its_layer_must_not_know() {
    for (package, forbidden, depth) in FORBIDDEN_EDGES {
        let found = below(package, *depth);
        assert_eq!(found.first().map(String::as_str), Some(*package), "cargo tree answered something else");
        assert!(found.len() > 3, "{package} has dependencies: {found:?}");
        for name in *forbidden {
            assert!(!found.iter().any(|crate_name| crate_name == name), "{package} must not depend on {name}");
        }
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("read a folder") {
        let path = entry.expect("read a folder").path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn documents_name_no_place_of_one_machine() {
    let root = root();
    let mut files = vec![root.join("README.md"), root.join("ARCHITECTURE.md"), root.join("Makefile")];
    for folder in ["docs", "openapi", "scripts"] {
        gather(&root.join(folder), &mut files);
    }
    let mut places = vec!["/home/".to_owned(), "/root/".into(), "/Users/".into(), "/tmp/".into()];
    places.push(root.display().to_string());
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for place in &places {
            let line = text.lines().position(|line| line.contains(place.as_str()));
            assert!(line.is_none(), "{}:{} names {place}", file.display(), line.unwrap_or_default() + 1);
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let root = root();
    let mut files = vec![root.join("README.md"), root.join("ARCHITECTURE.md")];
    gather(&root.join("docs"), &mut files);
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = std::fs::read_to_string(file).expect("read a document");
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for target in targets.filter(|target| !target.is_empty() && !target.contains("://")) {
            let path = file.parent().expect("a folder").join(target);
            assert!(path.exists(), "{}: {target} leads nowhere", file.display());
        }
    }
}

#[test]
fn the_served_api_document_is_the_committed_one() {
    let server = Server::start();
    let served = send(server.anonymous().request("GET", "/openapi.json")).expect(200);
    assert!(
        served.body["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")),
        "{}",
        served.body["openapi"]
    );
    assert_current("openapi/openapi.json", &served.text);
}

/// The values of `src="…"` and `href="…"`.
fn references(html: &str) -> Vec<&str> {
    let after = |name| html.split(name).skip(1).filter_map(|rest: &str| rest.split('"').next());
    after("src=\"").chain(after("href=\"")).collect()
}

#[test]
fn the_pages_at_docs_need_no_other_host() {
    let server = Server::start();
    let get = |path: &str| send(server.anonymous().request("GET", path)).expect(200);
    let page = get("/docs/");
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{:?}", page.headers);
    let references = references(&page.text);
    assert!(references.iter().any(|reference| reference.ends_with(".js")), "{references:?}");
    for reference in references {
        let elsewhere = reference.contains("://") || reference.starts_with("//");
        assert!(!elsewhere, "the page loads {reference}");
        if reference.ends_with(".js") || reference.ends_with(".css") {
            assert!(!get(&format!("/docs/{}", reference.trim_start_matches("./"))).text.is_empty());
        }
    }
    let script = get("/docs/swagger-initializer.js");
    assert!(script.text.contains("/openapi.json"), "{}", script.text);
    assert!(!script.text.contains("://"), "{}", script.text);
}
