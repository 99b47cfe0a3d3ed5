//! Starting PostgreSQL's main process, and dealing with one that an earlier program left behind.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::account::Account;
use super::error::ClusterError;
use super::place::Place;
use super::programs::Programs;
use super::{config, setup};

/// How often a state that no event announces is looked at.
const POLL: Duration = Duration::from_millis(50);
/// How long leftovers of a crashed server may keep a new one from starting.
const LEFTOVERS: Duration = Duration::from_secs(30);
/// First line of `postmaster.pid` is the process id, the fifth the socket's folder (PostgreSQL's `pidfile.h`).
const SOCKET_LINE: usize = 4;

/// Starts PostgreSQL on one database folder.
#[derive(Debug, Clone)]
pub(super) struct Launcher {
    program: PathBuf,
    account: Account,
    database: PathBuf,
    socket_dir: PathBuf,
    start_log: PathBuf,
}

impl Launcher {
    pub(super) fn new(place: &Place, programs: &Programs) -> Self {
        Self {
            program: programs.path("postgres"),
            account: place.account().clone(),
            database: place.database(),
            socket_dir: place.socket_dir().to_owned(),
            start_log: place.start_log(),
        }
    }

    /// Refuses a database folder that belongs to someone else than its parent: copied by hand as another user, say.
    pub(super) fn refuse_foreign_files(&self) -> Result<(), ClusterError> {
        use std::os::unix::fs::MetadataExt;
        let owner = std::fs::metadata(&self.database).map_err(ClusterError::io("open", &self.database))?.uid();
        if owner == self.account.uid {
            return Ok(());
        }
        Err(ClusterError::ForeignOwner { path: self.database.clone(), owner })
    }

    /// The server running on this folder, whoever started it.
    pub(super) fn running(&self) -> Option<Pid> {
        running(&self.database)
    }

    /// Starts one process; what it says before its log is open goes to the start log.
    pub(super) fn spawn(&self) -> Result<Child, ClusterError> {
        let log = File::create(&self.start_log).map_err(ClusterError::io("write", &self.start_log))?;
        let errors = log.try_clone().map_err(ClusterError::io("write", &self.start_log))?;
        let mut command = self.account.command(&self.program);
        command.arg("-D").arg(&self.database).arg("-c");
        command.arg(format!("config_file={}", self.database.join(config::FILE).display()));
        command.stdout(Stdio::from(log)).stderr(Stdio::from(errors));
        command.spawn().map_err(ClusterError::io("run", &self.program))
    }

    /// Starts PostgreSQL and waits until it accepts connections, recovery included.
    pub(super) fn start(&self, timeout: Duration) -> Result<Child, ClusterError> {
        let begun = Instant::now();
        self.remove_stale_files()?;
        loop {
            let mut child = self.spawn()?;
            match self.wait_until_ready(&mut child, begun + timeout, timeout) {
                Ok(()) => return Ok(child),
                Err(ClusterError::StartFailed { output }) if begun.elapsed() < LEFTOVERS && is_leftover(&output) => {
                    tracing::info!("waiting for processes of an earlier PostgreSQL to end");
                    self.quit_leftovers();
                    std::thread::sleep(POLL * 4);
                }
                Err(error) => {
                    end(&mut child);
                    return Err(error);
                }
            }
        }
    }

    /// Waits until connections are accepted by a server that another process started.
    pub(super) fn wait_until_accepting(&self, timeout: Duration) -> Result<(), ClusterError> {
        let deadline = Instant::now() + timeout;
        loop {
            match setup::maintenance(&self.socket_dir) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline || is_refusal(&error) => return Err(error),
                Err(_) => std::thread::sleep(POLL),
            }
        }
    }

    fn wait_until_ready(&self, child: &mut Child, deadline: Instant, timeout: Duration) -> Result<(), ClusterError> {
        loop {
            let error = match setup::maintenance(&self.socket_dir) {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            if child.try_wait().map_err(ClusterError::io("wait for", &self.program))?.is_some() {
                return Err(ClusterError::StartFailed { output: self.end_of_start_log() });
            }
            if is_refusal(&error) {
                return Err(error);
            }
            if Instant::now() > deadline {
                let reason = chain(&error);
                return Err(ClusterError::StartTimeout { seconds: timeout.as_secs(), reason });
            }
            std::thread::sleep(POLL);
        }
    }

    fn end_of_start_log(&self) -> String {
        let text = std::fs::read_to_string(&self.start_log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.len().saturating_sub(8);
        if lines.is_empty() { "it ended without a word".to_owned() } else { lines[last..].join("\n") }
    }

    /// Stops a server that a killed program left running. The lock of the data folder is ours, so nobody uses it.
    pub(super) fn stop_orphan(&self) -> Result<(), ClusterError> {
        let Some(pid) = self.running() else { return Ok(()) };
        tracing::warn!(pid = pid.as_raw_pid(), "stopping the PostgreSQL that a killed program left running");
        self.stop_process(pid)
    }

    /// Asks a server that is not our child to stop, ever more firmly.
    pub(super) fn stop_process(&self, pid: Pid) -> Result<(), ClusterError> {
        for (signal, patience) in [(Signal::INT, 30), (Signal::QUIT, 10), (Signal::KILL, 5)] {
            signal_process(pid, signal);
            let deadline = Instant::now() + Duration::from_secs(patience);
            while Instant::now() < deadline {
                if self.running() != Some(pid) {
                    return Ok(());
                }
                std::thread::sleep(POLL);
            }
        }
        Err(ClusterError::StopFailed { pid: pid.as_raw_pid() })
    }

    /// Ends processes of a server whose main process is gone. A new one cannot start beside them; what they have
    /// committed is in the log that recovery reads.
    pub(super) fn quit_leftovers(&self) {
        for pid in processes_in(&self.database) {
            signal_process(pid, Signal::QUIT);
        }
    }

    /// Removes lock files of a server that is gone. PostgreSQL removes them itself unless their process id has been
    /// given to another process since, after a restart of the machine or container, say.
    fn remove_stale_files(&self) -> Result<(), ClusterError> {
        if !cfg!(target_os = "linux") || self.running().is_some() {
            return Ok(());
        }
        self.account.script(
            r#"rm -f "$1/postmaster.pid" "$2"/.s.PGSQL.*"#,
            &[self.database.as_os_str(), self.socket_dir.as_os_str()],
        )
    }
}

/// Socket folder of the server that runs on a database folder.
pub(super) fn running_socket_dir(database: &Path) -> Option<PathBuf> {
    running(database)?;
    let text = std::fs::read_to_string(database.join("postmaster.pid")).ok()?;
    text.lines().nth(SOCKET_LINE).filter(|line| !line.is_empty()).map(PathBuf::from)
}

fn running(database: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(database.join("postmaster.pid")).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?)?;
    let alive = if cfg!(target_os = "linux") { works_in(pid, database) } else { test_kill_process(pid).is_ok() };
    alive.then_some(pid)
}

/// Whether a process is PostgreSQL on this folder: its working directory is the database folder, and it is not merely
/// somebody's shell there. A process that has ended but was not collected has no working directory.
fn works_in(pid: Pid, database: &Path) -> bool {
    let process = PathBuf::from(format!("/proc/{}", pid.as_raw_pid()));
    let program = std::fs::read_link(process.join("exe")).unwrap_or_default();
    let is_postgres =
        program.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("postgres"));
    is_postgres && std::fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == database)
}

fn processes_in(database: &Path) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    pids.filter(|pid| works_in(*pid, database)).collect()
}

/// Sends a signal; a process that has just ended is no error.
pub(super) fn signal_process(pid: Pid, signal: Signal) {
    match kill_process(pid, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => {}
        Err(error) => tracing::warn!(pid = pid.as_raw_pid(), %error, "could not signal PostgreSQL"),
    }
}

/// Ends a child that is of no use. Immediate shutdown: it has accepted nothing.
fn end(child: &mut Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw)
        && matches!(child.try_wait(), Ok(None))
    {
        signal_process(pid, Signal::QUIT);
    }
    if let Err(error) = child.wait()
        && error.kind() != ErrorKind::InvalidInput
    {
        tracing::warn!(%error, "could not wait for PostgreSQL");
    }
}

/// What PostgreSQL says while shared memory or a lock file of an earlier server is still in use.
fn is_leftover(output: &str) -> bool {
    output.contains("pre-existing shared memory block") || output.contains("lock file")
}

/// An answer that waiting does not change.
fn is_refusal(error: &ClusterError) -> bool {
    let text = chain(error);
    text.contains("authentication failed") || text.contains("no pg_hba.conf entry")
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
