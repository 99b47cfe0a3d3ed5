//! The README's tour, as a newcomer takes it: its own commands against the program with the demonstration region.
//! And what the operators' page says of the settings.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::program::Home;

/// Where the tour says that the server listens.
const ADDRESS: &str = "http://127.0.0.1:8080";
/// What stands before the text that a command prints.
const PRINTS: &str = "# → ";
/// In that text: anything.
const ANYTHING: char = '…';

/// The commands of the tour: its `sh` blocks, one after the other.
fn tour() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).expect("read the README");
    let (_, rest) = readme.split_once("\n## A tour").expect("the README has a tour");
    let section = rest.split_once("\n## ").map_or(rest, |(section, _)| section);
    let blocks = section.split("\n```sh\n").skip(1);
    blocks.map(|block| block.split_once("\n```").expect("the block ends").0.to_owned() + "\n").collect()
}

/// What the commands print, line by line.
fn expected(commands: &str) -> Vec<&str> {
    commands.lines().filter_map(|line| line.split_once(PRINTS)).map(|(_, text)| text.trim()).collect()
}

/// Whether a line is the expected one, where `…` stands for anything.
fn is_like(line: &str, pattern: &str) -> bool {
    match pattern.split_once(ANYTHING) {
        Some((start, end)) => line.len() >= start.len() + end.len() && line.starts_with(start) && line.ends_with(end),
        None => line == pattern,
    }
}

/// Runs commands as somebody types them, but stops at the first that fails.
fn run(commands: &str) -> Output {
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-euo", "pipefail", "-c", commands]).stdin(Stdio::null());
    bash.output().expect("run bash")
}

#[test]
fn the_tour_prints_what_the_readme_says_again_and_again() {
    let commands = tour();
    assert!(commands.contains(ADDRESS), "the tour names {ADDRESS}");
    let expected = expected(&commands);
    assert!(expected.len() > 25, "the search itself must find what is printed: {expected:?}");
    let home = Home::new();
    let program = home.serve(&["--demo"]);
    let commands_here = commands.replace(ADDRESS, &program.url);
    for round in ["first", "second"] {
        let output = run(&commands_here);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = printed.lines().collect();
        let wrong = (0..expected.len().max(lines.len())).find(|at| match (lines.get(*at), expected.get(*at)) {
            (Some(line), Some(pattern)) => !is_like(line, pattern),
            _ => true,
        });
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(
            wrong.is_none() && output.status.success(),
            "{round} run, {}: the README says {:?}, printed was {:?}, after\n{}\n{complaints}",
            output.status,
            wrong.and_then(|at| expected.get(at)),
            wrong.and_then(|at| lines.get(at)),
            lines[..wrong.unwrap_or(lines.len()).min(lines.len())].join("\n"),
        );
    }
}

#[test]
fn the_operators_page_has_every_setting_and_no_other() {
    let output = Home::new().command(&["config", "check", "--json"]).output().expect("run the program");
    let explanation: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let settings = explanation["settings"].as_array().expect("settings");
    let keys: Vec<&str> = settings.iter().filter_map(|setting| setting["key"].as_str()).collect();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let page = std::fs::read_to_string(page).expect("read the page");
    let (_, table) = page.split_once("| setting | preset | meaning |\n").expect("the page has the table");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let documented: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(documented, keys);
}

#[test]
fn patterns_match_as_they_are_meant() {
    assert!(is_like("35-2026-000123-6", "35-…"));
    assert!(is_like("closed", "closed"));
    assert!(!is_like("closed", "close"));
    assert!(!is_like("5-", "35-…"));
}
