//! Folders of a private cluster: the lock, where the database stands, where its socket stands.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ClusterSettings;
use super::account::Account;
use super::error::ClusterError;
use super::urls::PORT;

/// `sun_path` of a Unix socket address holds 108 bytes on Linux with the closing zero, 104 on the BSDs and macOS.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// Names tried for a folder outside the data folder before giving up.
const NAMES_TRIED: u32 = 20;

/// A data folder taken by this program.
#[derive(Debug)]
pub(super) struct Place {
    data_dir: PathBuf,
    base: PathBuf,
    socket_dir: PathBuf,
    account: Account,
    notices: Vec<String>,
    /// The lock lasts as long as this open file.
    _lock: File,
}

impl Place {
    /// Makes the folders and takes the lock.
    pub(super) fn take(settings: &ClusterSettings) -> Result<Self, ClusterError> {
        let data_dir = made_data_dir(&settings.data_dir)?;
        let lock = locked(&data_dir)?;
        let mut notices = Vec::new();
        let (base, account) = placed_base(&data_dir, settings, &mut notices)?;
        account.script(r#"umask 077 && mkdir -p "$1/log" "$1/socket" && rm -rf "$1/data.new""#, &[base.as_os_str()])?;
        let socket_dir = placed_socket_dir(&base, settings, &account, &mut notices)?;
        Ok(Self { data_dir, base, socket_dir, account, notices, _lock: lock })
    }

    /// Folder of everything that belongs to PostgreSQL's user; an absolute path without symbolic links.
    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// PostgreSQL's data directory.
    pub(super) fn database(&self) -> PathBuf {
        self.base.join("data")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    pub(super) fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Where PostgreSQL writes before its own log is open. It stands in the data folder, which this program's user
    /// owns, because this program opens it.
    pub(super) fn start_log(&self) -> PathBuf {
        self.data_dir.join("postgres-start.log")
    }
}

/// Where the database of a data folder stands, if there is one.
pub(super) fn existing_base(data_dir: &Path) -> Result<Option<PathBuf>, ClusterError> {
    let data_dir = match data_dir.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(ClusterError::io("open", data_dir))?,
    };
    match recorded_base(&data_dir)? {
        Some(base) => Ok(Some(base)),
        None => Ok(folder_at(&data_dir.join("pg"))?.map(|_| data_dir.join("pg"))),
    }
}

fn made_data_dir(path: &Path) -> Result<PathBuf, ClusterError> {
    if !path.exists() {
        // As root the folder must let PostgreSQL's unprivileged user through; what stands in it is closed by itself.
        let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
        DirBuilder::new().recursive(true).mode(mode).create(path).map_err(ClusterError::io("make", path))?;
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).map_err(ClusterError::io("make", path))?;
    }
    let path = path.canonicalize().map_err(ClusterError::io("open", path))?;
    // Both end up in PostgreSQL's configuration, a text file of lines.
    match path.to_str() {
        Some(text) if !text.contains(char::is_control) => Ok(path),
        _ => Err(ClusterError::PathUnusable { path, reason: "it is not plain UTF-8 text".to_owned() }),
    }
}

fn locked(data_dir: &Path) -> Result<File, ClusterError> {
    let path = data_dir.join("qorgan.lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(&path).map_err(ClusterError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Only for the message: without it the holder stays unnamed.
            let _ = file.read_to_string(&mut holder);
            let holder = holder.trim().parse::<u32>().map_or_else(|_| String::new(), |pid| format!(" (process {pid})"));
            return Err(ClusterError::InUse { folder: data_dir.to_owned(), holder });
        }
        Err(TryLockError::Error(source)) => return Err(ClusterError::io("lock", &path)(source)),
    }
    let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    written.map_err(ClusterError::io("write", &path))?;
    Ok(file)
}

/// The folder for the database and the user it belongs to.
fn placed_base(
    data_dir: &Path,
    settings: &ClusterSettings,
    notices: &mut Vec<String>,
) -> Result<(PathBuf, Account), ClusterError> {
    if let Some(base) = recorded_base(data_dir)? {
        let account = owned(&base)?;
        if !account.can_enter(&base) {
            return Err(ClusterError::Unreachable { path: base, user: account.name });
        }
        notices.push(format!("the database of {} stands in {}", data_dir.display(), base.display()));
        return Ok((base, account));
    }
    let base = data_dir.join("pg");
    let account = if folder_at(&base)?.is_some() { owned(&base)? } else { Account::for_new_database()? };
    if account.can_enter(data_dir) {
        make_private(&base, &account)?;
        return Ok((base, account));
    }
    // Never a second, empty database beside one that exists.
    if base.join("data").exists() {
        return Err(ClusterError::Unreachable { path: base, user: account.name });
    }
    let base = elsewhere(data_dir, &settings.fallback_root, &account)?;
    notices.push(format!(
        "the user {}, as whom PostgreSQL runs, cannot enter {}; the database stands in {} instead",
        account.name,
        data_dir.display(),
        base.display()
    ));
    Ok((base, account))
}

/// What the pointer file in the data folder names.
fn recorded_base(data_dir: &Path) -> Result<Option<PathBuf>, ClusterError> {
    let pointer = data_dir.join("pg.location");
    let target = match std::fs::read_to_string(&pointer) {
        Ok(text) => PathBuf::from(text.trim_end_matches('\n')),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ClusterError::io("read", &pointer)(error)),
    };
    match target.canonicalize() {
        Ok(base) => Ok(Some(base)),
        Err(_) => Err(ClusterError::LostLocation { pointer, target }),
    }
}

/// A new folder for the database below `root`, written down in the data folder.
///
/// Its name comes from the path of the data folder. If such a folder exists already, it belonged to a data folder that
/// has been deleted since; it is left alone and the next name is taken.
fn elsewhere(data_dir: &Path, root: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    if !root.exists() {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o711).create(root).map_err(ClusterError::io("make", root))?;
        std::fs::set_permissions(root, PermissionsExt::from_mode(0o711)).map_err(ClusterError::io("make", root))?;
    }
    let root = root.canonicalize().map_err(ClusterError::io("open", root))?;
    let owner = folder_at(&root)?.map(|folder| folder.uid());
    if owner != Some(rustix::process::geteuid().as_raw()) {
        return Err(ClusterError::PathUnusable { path: root, reason: "it belongs to another user".to_owned() });
    }
    if !account.can_enter(&root) {
        return Err(ClusterError::Unreachable { path: root, user: account.name.clone() });
    }
    let base = unused_folder(&root, &hash_of(data_dir), account)?;
    let pointer = data_dir.join("pg.location");
    let written = File::create(&pointer).and_then(|mut file| {
        writeln!(file, "{}", base.display())?;
        file.sync_all()
    });
    written.map_err(ClusterError::io("write", &pointer))?;
    Ok(base)
}

fn unused_folder(root: &Path, name: &str, account: &Account) -> Result<PathBuf, ClusterError> {
    for number in 1..=NAMES_TRIED {
        let path = root.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => {
                account.take_ownership(&path)?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(ClusterError::io("make", &path)(error)),
        }
    }
    let reason = format!("{NAMES_TRIED} folders named {name} stand there already; delete those no longer needed");
    Err(ClusterError::PathUnusable { path: root.to_owned(), reason })
}

/// The socket's folder: beside the database, or in a short private one when that path is too long for a socket.
fn placed_socket_dir(
    base: &Path,
    settings: &ClusterSettings,
    account: &Account,
    notices: &mut Vec<String>,
) -> Result<PathBuf, ClusterError> {
    let beside = base.join("socket");
    if fits_socket(&beside) {
        return Ok(beside);
    }
    let roots = settings.runtime_dir.clone().into_iter().chain([std::env::temp_dir(), PathBuf::from("/tmp")]);
    for root in roots.filter(|root| account.can_enter(root)) {
        let Some(socket_dir) = private_runtime_dir(&root, &hash_of(base), account) else { continue };
        notices.push(format!(
            "the path {} is too long for a socket; the socket stands in {}",
            beside.display(),
            socket_dir.display()
        ));
        return Ok(socket_dir);
    }
    let reason = format!("a Unix socket's path has at most {SOCKET_PATH_LIMIT} bytes; choose a shorter data folder");
    Err(ClusterError::PathUnusable { path: beside, reason })
}

/// A folder in a place where others may write too: only one that belongs to `account` and is closed to all others.
fn private_runtime_dir(root: &Path, hash: &str, account: &Account) -> Option<PathBuf> {
    (1..=NAMES_TRIED).map(|number| root.join(format!("qorgan-{hash}-{number}"))).find(|path| {
        fits_socket(path)
            && make_private(path, account).is_ok()
            && std::fs::symlink_metadata(path)
                .is_ok_and(|folder| folder.is_dir() && folder.uid() == account.uid && folder.mode() & 0o077 == 0)
    })
}

fn fits_socket(folder: &Path) -> bool {
    folder.join(format!(".s.PGSQL.{PORT}")).as_os_str().len() <= SOCKET_PATH_LIMIT
}

/// Makes a folder that only `account` may enter; one that exists keeps its mode. Fails on anything but a folder.
fn make_private(path: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return account.take_ownership(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ClusterError::io("make", path)(error)),
    }
    match folder_at(path)? {
        // Root's own: made by a start that was interrupted before the next line.
        Some(folder) if folder.uid() == rustix::process::geteuid().as_raw() => account.take_ownership(path),
        _ => Ok(()),
    }
}

/// The account that owns an existing database folder.
fn owned(base: &Path) -> Result<Account, ClusterError> {
    let folder = folder_at(base)?.ok_or_else(|| ClusterError::NotADatabase { path: base.to_owned() })?;
    Account::owning(base, folder.uid())
}

/// What stands at a path: nothing, a folder, or an error for everything else, symbolic links included.
fn folder_at(path: &Path) -> Result<Option<Metadata>, ClusterError> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => Ok(Some(found)),
        Ok(_) => Err(ClusterError::PathUnusable { path: path.to_owned(), reason: "it is not a folder".to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::io("open", path)(error)),
    }
}

/// Sixteen hexadecimal digits that stand for a path.
fn hash_of(path: &Path) -> String {
    let path: &OsStr = path.as_os_str();
    Sha256::digest(path.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
