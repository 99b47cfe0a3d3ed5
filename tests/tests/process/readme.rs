//! The README's tour, as a newcomer takes it: its own commands against the program with the demonstration region.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

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

/// The program, running on a data folder of its own; stopped with this value.
struct Program {
    child: Child,
    url: String,
    folder: TempDir,
}

impl Program {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("make a folder");
        // As root, PostgreSQL runs as an unprivileged user, who must be able to pass.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("open the folder");
        let log = File::create(folder.path().join("log")).expect("make the log");
        let mut child = Command::new(program())
            .args(["serve", "--demo", "--data", "data", "--listen", "127.0.0.1:0"])
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("start the program");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let mut program = Self { child, url: String::new(), folder };
        let Some(url) = first.strip_prefix("Qorgan listens on ") else {
            panic!("the program did not start: {first}\n{}", program.log());
        };
        program.url = url.to_owned();
        // Read on, so that the program never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        program
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // Asked, not killed: it must stop its PostgreSQL.
            let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        }
        let _ = self.child.wait();
    }
}

/// The program that cargo built beside these tests.
fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("find the tests");
    let folder = tests.ancestors().nth(2).expect("the folder above deps");
    let program = folder.join("qorgan");
    assert!(program.is_file(), "{} is missing: run `cargo build --package qorgan`, or `make test`", program.display());
    program
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
    let program = Program::start();
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
fn patterns_match_as_they_are_meant() {
    assert!(is_like("35-2026-000123-6", "35-…"));
    assert!(is_like("closed", "closed"));
    assert!(!is_like("closed", "close"));
    assert!(!is_like("5-", "35-…"));
}
