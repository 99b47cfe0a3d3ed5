//! The program as cargo built it, on a data folder of its own.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A folder in which programs run one after the other, each finding what the one before left.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("make a folder");
        // As root, PostgreSQL runs as an unprivileged user, who must be able to pass.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("open the folder");
        Self { folder }
    }

    /// A command of the program here, with nothing of this process's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end, with a line on its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("start the program");
        writeln!(child.stdin.take().expect("a pipe"), "{input}").expect("write to the program");
        assert!(child.wait().expect("the program ends").success(), "qorgan {arguments:?}");
    }

    /// A file of the data folder.
    pub fn data(&self, path: &str) -> PathBuf {
        self.folder.path().join("data").join(path)
    }

    /// Starts `qorgan serve` on the data folder, on a free port.
    pub fn serve(&self, arguments: &[&str]) -> Program {
        let log = self.folder.path().join("log");
        let mut command = self.command(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log).expect("make the log"))
            .spawn()
            .expect("start the program");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let Some(url) = first.strip_prefix("Qorgan listens on ").map(str::to_owned) else {
            let _ = child.wait();
            panic!("the program did not start: {first}\n{}", std::fs::read_to_string(&log).unwrap_or_default());
        };
        // Read on, so that the program never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Program { child, url }
    }
}

/// A running server; asked to stop with this value.
pub struct Program {
    child: Child,
    /// `http://` and the address.
    pub url: String,
}

impl Program {
    pub fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().expect("an address")
    }

    /// SIGKILL: no chance to clean up.
    pub fn kill(mut self) {
        self.child.kill().expect("kill the program");
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // Asked, not killed: it must stop its PostgreSQL.
            signal("-TERM", self.child.id());
        }
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
pub fn signal(name: &str, pid: u32) {
    let _ = Command::new("kill").args([name, &pid.to_string()]).status();
}

/// The program that cargo built beside these tests.
fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("find the tests");
    let folder = tests.ancestors().nth(2).expect("the folder above deps");
    let program = folder.join("qorgan");
    assert!(program.is_file(), "{} is missing: run `cargo build --package qorgan`, or `make test`", program.display());
    program
}
