//! `qorgan config check` as a person runs it: sources, their order, every bad value at once, no secrets.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The program with an environment of its own.
fn qorgan(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qorgan"));
    command.args(arguments).env_clear().envs(variables.iter().copied()).current_dir(folder);
    command.output().expect("the program runs")
}

fn check(folder: &Path, flags: &[&str], variables: &[(&str, &str)]) -> (Value, Option<i32>) {
    let arguments = [&["config", "check", "--json"], flags].concat();
    let output = qorgan(folder, &arguments, variables);
    let explained = serde_json::from_slice(&output.stdout);
    (explained.unwrap_or_else(|_| panic!("JSON expected: {output:?}")), output.status.code())
}

fn setting<'a>(explained: &'a Value, key: &str) -> (&'a str, &'a str) {
    let lines = explained["settings"].as_array().expect("settings");
    let line = lines.iter().find(|line| line["key"] == key).unwrap_or_else(|| panic!("no {key}"));
    (line["value"].as_str().unwrap_or(""), line["source"].as_str().unwrap_or(""))
}

fn problems(explained: &Value) -> Vec<&str> {
    explained["problems"].as_array().expect("problems").iter().filter_map(Value::as_str).collect()
}

#[test]
fn flags_go_before_variables_before_the_file_before_presets() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::create_dir(folder.path().join("data")).expect("folder");
    let file = "workers = 3\n[pool]\nsize = 11\ntimeout_ms = 5\n[token]\nissuer = \"file\"\n";
    std::fs::write(folder.path().join("data/qorgan.toml"), file).expect("file");
    let variables = [("QORGAN_DATA", "data"), ("QORGAN_POOL_SIZE", "12"), ("QORGAN_POOL_TIMEOUT_MS", "6")];
    let (explained, code) = check(folder.path(), &["--set", "pool.size=13"], &variables);
    assert_eq!(code, Some(0), "{explained}");
    assert_eq!(setting(&explained, "pool.size"), ("13", "command line"));
    assert_eq!(setting(&explained, "pool.timeout_ms"), ("6", "QORGAN_POOL_TIMEOUT_MS"));
    assert_eq!(setting(&explained, "workers"), ("3", "data/qorgan.toml"));
    assert_eq!(setting(&explained, "token.issuer"), ("file", "data/qorgan.toml"));
    assert_eq!(setting(&explained, "token.audience"), ("qorgan-api", "preset"));
}

#[test]
fn every_bad_value_and_unknown_key_is_named_at_once() {
    let folder = tempfile::tempdir().expect("folder");
    let file = "colour = \"red\"\nworkers = [1]\n[pool]\nsiez = 4\n[tokne]\nissuer = \"x\"\n";
    std::fs::write(folder.path().join("my.toml"), file).expect("file");
    let variables = [("QORGAN_POOL_SIZE", "many"), ("QORGAN_DEMO", "perhaps"), ("QORGAN_ARGON2_PARALLELISM", "64")];
    let flags = ["--config", "my.toml", "--listen", "nowhere", "--set", "argon2.memory_kib=100"];
    let (explained, code) = check(folder.path(), &flags, &variables);
    assert_eq!((code, &explained["valid"]), (Some(1), &Value::Bool(false)));
    let found = problems(&explained);
    let expected = ["colour", "workers", "pool.siez", "tokne", "pool.size", "demo", "listen", "argon2.memory_kib"];
    for key in expected {
        assert!(found.iter().any(|problem| problem.starts_with(&format!("{key}: "))), "{key} in {found:?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
    assert!(found.iter().any(|problem| problem.contains("QORGAN_POOL_SIZE") && problem.contains("many")), "{found:?}");

    let refused = qorgan(folder.path(), &["migrate", "--config", "my.toml"], &variables);
    assert_eq!(refused.status.code(), Some(2));
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("pool.siez") && text.contains("pool.size"), "{text}");
}

#[test]
fn secrets_are_never_shown() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("owner"), "postgresql://owner:hush-owner@db/qorgan\n").expect("file");
    let file = "[database]\nurl = \"postgresql://server:hush-file@db/qorgan\"\nlimit hush-line\n";
    std::fs::write(folder.path().join("broken.toml"), file).expect("file");
    let owner = folder.path().join("owner");
    let variables = [
        ("DATABASE_URL", "postgresql://server:hush-server@db/qorgan"),
        ("QORGAN_OWNER_DATABASE_URL_FILE", owner.to_str().expect("UTF-8")),
    ];
    for flags in [&[][..], &["--config", "broken.toml"]] {
        for form in [&["config", "check"][..], &["config", "check", "--json"]] {
            let output = qorgan(folder.path(), &[form, flags].concat(), &variables);
            let text = format!("{output:?}");
            assert!(text.contains("(secret)") && !text.contains("hush"), "{text}");
        }
    }
    let (explained, _) = check(folder.path(), &[], &variables);
    assert_eq!(setting(&explained, "database.url"), ("(secret)", "DATABASE_URL"));
    assert_eq!(setting(&explained, "owner_database.url").1, "file named by QORGAN_OWNER_DATABASE_URL_FILE");
}

#[test]
fn our_own_variable_goes_before_the_common_one_and_an_empty_one_is_unset() {
    let folder = tempfile::tempdir().expect("folder");
    let both = [("DATABASE_URL", "postgresql://a"), ("QORGAN_DATABASE_URL", "postgresql://b")];
    assert_eq!(setting(&check(folder.path(), &[], &both).0, "database.url").1, "QORGAN_DATABASE_URL");
    let empty = [("DATABASE_URL", ""), ("QORGAN_POOL_SIZE", "")];
    let (explained, code) = check(folder.path(), &[], &empty);
    assert_eq!((setting(&explained, "database.url"), code), (("", ""), Some(0)));
}

#[test]
fn a_missing_file_and_a_stray_variable_are_told() {
    let folder = tempfile::tempdir().expect("folder");
    let (explained, code) = check(folder.path(), &["--config", "none.toml"], &[("QORGAN_SERVICE_HOST", "10.0.0.1")]);
    assert_eq!(code, Some(1));
    assert!(problems(&explained)[0].starts_with("none.toml: "), "{explained}");
    assert!(explained["notices"].to_string().contains("QORGAN_SERVICE_HOST"), "{explained}");
}

#[test]
fn an_owner_without_a_server_url_and_a_data_folder_set_from_inside_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::create_dir(folder.path().join("qorgan-data")).expect("folder");
    std::fs::write(folder.path().join("qorgan-data/qorgan.toml"), "data = \"other\"\n").expect("file");
    let (explained, _) = check(folder.path(), &["--owner-database-url", "postgresql://x"], &[]);
    let found = problems(&explained);
    assert!(found.iter().any(|problem| problem.starts_with("data: ")), "{found:?}");
    assert!(found.iter().any(|problem| problem.starts_with("owner_database.url: ")), "{found:?}");
}

#[test]
fn usage_is_exit_code_two_and_help_is_zero() {
    let folder = tempfile::tempdir().expect("folder");
    assert_eq!(qorgan(folder.path(), &["serve", "--no-such-flag"], &[]).status.code(), Some(2));
    assert_eq!(qorgan(folder.path(), &[], &[]).status.code(), Some(2));
    let help = qorgan(folder.path(), &["--help"], &[]);
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&help.stdout).contains("openapi"));
}
