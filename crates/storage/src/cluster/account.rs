//! The operating-system user PostgreSQL runs as.
//!
//! Files below the database folder are made and written *as that user*, never by root on its behalf: root writing
//! into a folder another user controls could be led elsewhere by a symbolic link.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::error::ClusterError;

/// Debian's and most other systems' user for PostgreSQL, then one that exists everywhere.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// A user of the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    /// Whether a process must change to this user first.
    switch: bool,
}

impl Account {
    /// The user this program runs as.
    pub(super) fn current() -> Result<Self, ClusterError> {
        let uid = rustix::process::geteuid().as_raw();
        Ok(Self { name: name_of(uid)?, uid, gid: rustix::process::getegid().as_raw(), switch: false })
    }

    /// Whom PostgreSQL runs as on a new folder: this user, or an unprivileged one for root, which PostgreSQL refuses.
    pub(super) fn for_new_database() -> Result<Self, ClusterError> {
        if !rustix::process::geteuid().is_root() {
            return Self::current();
        }
        UNPRIVILEGED.iter().find_map(|name| Self::named(name).ok()).ok_or_else(|| {
            ClusterError::NoAccount(format!(
                "this program runs as root, as whom PostgreSQL refuses to run, and there is no user {}",
                UNPRIVILEGED.join(" or ")
            ))
        })
    }

    /// The owner of an existing database folder, if this program can act as it.
    pub(super) fn owning(path: &Path, owner: u32) -> Result<Self, ClusterError> {
        let current = rustix::process::geteuid();
        if owner == current.as_raw() && owner != 0 {
            return Self::current();
        }
        if !current.is_root() {
            return Err(ClusterError::ForeignOwner { path: path.to_owned(), owner });
        }
        // Still root's: an earlier start was interrupted before it gave the folder away.
        if owner == 0 { Self::for_new_database() } else { Self::named(&name_of(owner)?) }
    }

    fn named(name: &str) -> Result<Self, ClusterError> {
        let uid = id(&["-u", name])?;
        let gid = id(&["-g", name])?;
        let number = |text: &str| {
            text.parse().map_err(|_| ClusterError::NoAccount(format!("`id` answered {text:?} for the user {name}")))
        };
        Ok(Self { name: name.to_owned(), uid: number(&uid)?, gid: number(&gid)?, switch: true })
    }

    /// Gives a folder to this user. Never follows a symbolic link.
    pub(super) fn take_ownership(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid)).map_err(ClusterError::io("give away", path))
    }

    /// A command that runs as this user, in its own process group, without this program's environment.
    ///
    /// The process group keeps Ctrl-C on the terminal from reaching PostgreSQL before the program has closed its
    /// connections. The environment could hold `PGPORT`, `PGDATA` and the like, and the program's secrets.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC").current_dir("/").process_group(0);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if self.switch {
            // The standard library also clears root's supplementary groups when a user id is set.
            command.uid(self.uid).gid(self.gid);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Whether this user can pass through all parents of a folder and into it: asked by trying, since modes alone do
    /// not tell (access lists, security modules, mounts).
    pub(super) fn can_enter(&self, folder: &Path) -> bool {
        let status =
            self.command("sh").args(["-c", r#"test -x "$1""#, "sh"]).arg(folder).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Runs a shell script as this user; `arguments` are its `$1`, `$2`, …
    pub(super) fn script(&self, script: &str, arguments: &[&OsStr]) -> Result<(), ClusterError> {
        let output = self.command("sh").args(["-c", script, "sh"]).args(arguments).output();
        checked("sh", output).map(drop)
    }

    /// Writes a file that only this user can read; readers see the old or the new content, never a part.
    pub(super) fn write_file(&self, path: &Path, content: &str) -> Result<(), ClusterError> {
        let mut child = self
            .command("sh")
            .args(["-c", r#"umask 077 && cat >"$1.new" && mv -f "$1.new" "$1""#, "sh"])
            .arg(path)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(ClusterError::io("write", path))?;
        // Taken and dropped here: the script reads until its input is closed.
        let sent = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(content.as_bytes()));
        checked("sh", child.wait_with_output())?;
        sent.map_err(ClusterError::io("write", path))
    }
}

/// The output of a program that succeeded, its complaint otherwise.
pub(super) fn checked(program: &str, output: std::io::Result<Output>) -> Result<Output, ClusterError> {
    let failed = |output: String| ClusterError::CommandFailed { program: program.to_owned(), output };
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    Err(failed(if said.is_empty() { output.status.to_string() } else { said.to_owned() }))
}

/// Name of a user id. PostgreSQL itself needs one, for `peer` authentication and for its own start.
fn name_of(uid: u32) -> Result<String, ClusterError> {
    id(&["-un", &uid.to_string()]).map_err(|_| {
        ClusterError::NoAccount(format!("the user id {uid} has no name on this system; PostgreSQL needs one"))
    })
}

/// The answer of `id`, which asks every source of users the system has, not `/etc/passwd` alone.
fn id(arguments: &[&str]) -> Result<String, ClusterError> {
    let output = checked("id", Command::new("id").args(arguments).env("LC_ALL", "C").output())?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
