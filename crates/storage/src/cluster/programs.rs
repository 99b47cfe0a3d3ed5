//! Finding the PostgreSQL server programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::{Account, checked};
use super::error::ClusterError;

/// Older releases lack settings this program relies on to keep personal data out of logs.
const OLDEST: u32 = 14;

/// A folder with `initdb` and `postgres` of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    bin: PathBuf,
    major: u32,
}

impl Programs {
    /// The folder `given`, or the first usable of: `pg_config --bindir`, the distributions' places with the newest
    /// release first, `PATH`. With `made_by` only programs of that major version will do.
    pub(super) fn find(given: Option<&Path>, account: &Account, made_by: Option<Made>) -> Result<Self, ClusterError> {
        let candidates = given.map_or_else(usual_places, |folder| vec![folder.to_owned()]);
        let usable = candidates.iter().filter_map(|bin| Self::in_folder(bin, account));
        let wanted = made_by.as_ref().map(|made| made.major);
        if let Some(programs) = usable.into_iter().find(|found| wanted.is_none_or(|major| major == found.major)) {
            return Ok(programs);
        }
        let searched = if candidates.is_empty() { "PATH".to_owned() } else { listed(&candidates) };
        Err(match made_by {
            Some(made) => ClusterError::VersionMismatch { path: made.path, made_by: made.major, searched },
            None => ClusterError::ProgramsMissing { searched },
        })
    }

    /// Path of one of the programs.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }

    fn in_folder(bin: &Path, account: &Account) -> Option<Self> {
        if !bin.join("initdb").is_file() {
            return None;
        }
        // Run as the user who will run the server: programs in a folder closed to it are of no use.
        let output = checked("postgres", account.command(bin.join("postgres")).arg("--version").output()).ok()?;
        let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
        (major >= OLDEST).then(|| Self { bin: bin.to_owned(), major })
    }
}

/// The release that made an existing database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// Folder of the database.
    pub(super) path: PathBuf,
    /// Major version.
    pub(super) major: u32,
}

/// `postgres (PostgreSQL) 15.14 (Debian …)` → 15; also `17beta1` → 17.
fn major_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    let bindir = checked("pg_config", Command::new("pg_config").arg("--bindir").output());
    if let Ok(output) = bindir {
        places.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    places.extend(versioned("/usr/lib/postgresql", "", "bin"));
    places.extend(versioned("/usr", "pgsql-", "bin"));
    places.extend(versioned("/opt/homebrew/opt", "postgresql@", "bin"));
    places.push(PathBuf::from("/usr/local/pgsql/bin"));
    if let Some(path) = std::env::var_os("PATH") {
        places.extend(std::env::split_paths(&path).filter(|folder| folder.join("postgres").is_file()));
    }
    places
}

/// `root/<prefix><number>/<rest>` of every number there, the highest first.
fn versioned(root: &str, prefix: &str, rest: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join(rest)))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}

fn listed(folders: &[PathBuf]) -> String {
    let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_releases_and_betas_are_read() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("something else"), None);
    }

    #[test]
    fn higher_numbers_come_first() {
        let root = tempfile::tempdir().expect("temporary folder");
        for name in ["9", "15", "14", "not-a-version"] {
            std::fs::create_dir(root.path().join(name)).expect("folder");
        }
        let found = versioned(root.path().to_str().expect("UTF-8"), "", "bin");
        let names: Vec<_> = found.iter().filter_map(|path| path.parent()?.file_name()?.to_str()).collect();
        assert_eq!(names, ["15", "14", "9"]);
    }

    #[test]
    fn a_given_folder_without_programs_is_named_with_what_to_do() {
        let account = Account::current().expect("current user");
        let error = Programs::find(Some(Path::new("/nonexistent/bin")), &account, None).expect_err("nothing there");
        let text = error.to_string();
        assert!(text.contains("/nonexistent/bin") && text.contains("make setup"), "{text}");
    }
}
