//! The program on a data folder of its own: start, trouble, end.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

/// A running `qorgan serve`, ended with the test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut command = qorgan(folder, &["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a first line").expect("text");
        let url = first.strip_prefix("Qorgan listens on ").unwrap_or_else(|| panic!("{first}")).to_owned();
        // Read on, so that the program never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    fn status(&self, path: &str) -> u16 {
        let client = reqwest::blocking::Client::builder().timeout(Duration::from_secs(10)).build().expect("client");
        client.get(format!("{}{path}", self.url)).send().expect("an answer").status().as_u16()
    }

    fn signal(&self, signal: Signal) {
        kill_process(as_pid(self.child.id()), signal).expect("signal");
    }

    fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("ended").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.signal(Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

fn qorgan(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qorgan"));
    command.args(arguments).env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.current_dir(folder).stderr(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = qorgan(folder, arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("input");
    child.wait_with_output().expect("ended")
}

/// A folder that PostgreSQL's unprivileged user may pass through.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("permissions");
    folder
}

fn as_pid(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).expect("process id")).expect("process id")
}

fn postmaster(folder: &Path) -> Pid {
    let text = std::fs::read_to_string(folder.join("data/pg/data/postmaster.pid")).expect("PostgreSQL runs");
    as_pid(text.lines().next().expect("first line").parse().expect("process id"))
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_starts_from_nothing_and_stops_with_its_database_when_asked() {
    let folder = open_folder();
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start(folder.path());
        assert_eq!(server.status("/readyz"), 200);
        let database = postmaster(folder.path());
        server.signal(signal);
        assert_eq!(server.wait(), Some(0));
        assert!(test_kill_process(database).is_err(), "PostgreSQL has ended with it");
    }
}

#[test]
fn a_killed_database_comes_back_and_so_does_a_killed_program() {
    let folder = open_folder();
    let mut server = Server::start(folder.path());
    kill_process(postmaster(folder.path()), Signal::KILL).expect("signal");
    assert_ne!(server.status("/readyz"), 500);
    wait_until("ready again", || server.status("/readyz") == 200);

    server.signal(Signal::KILL);
    server.wait();
    let left = postmaster(folder.path());
    assert!(test_kill_process(left).is_ok(), "PostgreSQL is left running by a killed program");
    let server = Server::start(folder.path());
    assert_eq!(server.status("/readyz"), 200);
    assert_ne!(postmaster(folder.path()), left);
}

#[test]
fn a_second_program_is_refused_and_account_commands_work_beside_the_server() {
    let folder = open_folder();
    let server = Server::start(folder.path());
    let second = run(folder.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"], "");
    assert_eq!(second.status.code(), Some(1));
    let text = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(text.contains("in use") && text.contains("data"), "{text}");

    let create = ["user", "create-admin", "chief", "--data", "data"];
    let weak = run(folder.path(), &create, "short\n");
    assert_eq!(weak.status.code(), Some(2), "{weak:?}");
    let made = run(folder.path(), &create, "a long enough phrase\n");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let again = run(folder.path(), &create, "a long enough phrase\n");
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert!(String::from_utf8_lossy(&again.stderr).contains("taken"), "{again:?}");

    let nobody = run(folder.path(), &["user", "disable", "nobody.here", "--data", "data"], "");
    assert_eq!(nobody.status.code(), Some(1), "{nobody:?}");
    let reset = run(folder.path(), &["user", "reset-password", "chief", "--data", "data"], "another long phrase\n");
    assert_eq!(reset.status.code(), Some(0), "{reset:?}");
    let disabled = run(folder.path(), &["user", "disable", "chief", "--data", "data"], "");
    assert_eq!(disabled.status.code(), Some(0), "{disabled:?}");
    let list = run(folder.path(), &["user", "list", "--json", "--data", "data"], "");
    let accounts: serde_json::Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!(accounts[0]["username"], "chief");
    assert_eq!(accounts[0]["disabled"], true);
    assert_eq!(server.status("/readyz"), 200);
}

#[test]
fn an_account_command_waits_for_a_server_that_is_just_starting() {
    let folder = open_folder();
    let data = folder.path().to_owned();
    let starting = std::thread::spawn(move || Server::start(&data));
    wait_until("the server has the folder", || folder.path().join("data/qorgan.lock").exists());
    let made = run(folder.path(), &["user", "create-admin", "chief", "--data", "data"], "a long enough phrase\n");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert_eq!(starting.join().expect("started").status("/readyz"), 200);
}

#[test]
fn a_taken_port_is_told_before_a_database_is_made() {
    let folder = open_folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("port");
    let address = taken.local_addr().expect("address").to_string();
    let output = run(folder.path(), &["serve", "--data", "data", "--listen", &address], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&address), "{output:?}");
    assert!(!folder.path().join("data").exists());
}
