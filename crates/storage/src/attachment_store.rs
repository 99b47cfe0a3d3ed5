//! Where the bytes of attached documents lie: in the database, or in a folder that all servers share.
//!
//! A file is in the folder before the row that names it is committed, under a key of chance that says nothing; what no
//! row came to name is removed by a later sweep.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Text};
use uuid::Uuid;

use crate::{Database, StorageError};

/// A file younger than this may belong to a row that is about to be committed.
const SWEEP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// Keys that are asked for at once.
const SWEEP_AT_ONCE: usize = 500;
/// What a file is called while it is written.
const UNFINISHED: &str = "part";

/// Where new documents go. Documents stay readable wherever they lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AttachmentStore {
    /// In the database, under row security and in its backups.
    #[default]
    Database,
    /// In this folder.
    Folder(PathBuf),
}

/// Where the bytes of one document lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAt {
    /// In the database.
    Database,
    /// In the folder, under this key.
    Folder(String),
}

impl AttachmentStore {
    /// Puts the bytes where they may be before their row is: in the folder, safely on the disk. Nothing for the
    /// database, which takes them with the row.
    ///
    /// # Errors
    /// What the file system answers.
    pub fn put(&self, content: &mut impl Read) -> io::Result<StoredAt> {
        let Self::Folder(root) = self else { return Ok(StoredAt::Database) };
        let key = Uuid::now_v7().simple().to_string();
        let place = path(root, &key)?;
        let folder = place.parent().unwrap_or(root);
        fs::create_dir_all(folder)?;
        let unfinished = place.with_extension(UNFINISHED);
        let mut file = File::create_new(&unfinished)?;
        restrict(&file)?;
        io::copy(content, &mut file)?;
        file.sync_all()?;
        fs::rename(&unfinished, &place)?;
        File::open(folder)?.sync_all()?;
        Ok(StoredAt::Folder(key))
    }

    /// Opens a file of the folder.
    ///
    /// # Errors
    /// What the file system answers; not found, too, where this server has no folder.
    pub fn open(&self, key: &str) -> io::Result<File> {
        match self {
            Self::Folder(root) => File::open(path(root, key)?),
            Self::Database => Err(io::Error::new(io::ErrorKind::NotFound, "no folder of attachments is set")),
        }
    }

    /// Removes files of the folder that no document names and that are older than a day. Answers how many.
    ///
    /// # Errors
    /// What the file system or the database answers.
    pub fn sweep(&self, database: &Database) -> io::Result<usize> {
        let Self::Folder(root) = self else { return Ok(0) };
        let mut removed = 0;
        let mut old = Vec::new();
        for shelf in fs::read_dir(root)? {
            let shelf = shelf?;
            if !shelf.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(shelf.path())? {
                let file = file?;
                if is_old(&file.metadata()?) {
                    old.push(file.path());
                }
                if old.len() == SWEEP_AT_ONCE {
                    removed += remove_unknown(database, &std::mem::take(&mut old))?;
                }
            }
        }
        Ok(removed + remove_unknown(database, &old)?)
    }
}

/// Only the program's own user reads it.
fn restrict(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

/// Keys are ours: 32 hexadecimal digits, on shelves by the last two, which are left to chance.
fn path(root: &Path, key: &str) -> io::Result<PathBuf> {
    if key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(root.join(&key[30..]).join(key))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a key of an attachment"))
    }
}

fn is_old(metadata: &fs::Metadata) -> bool {
    let age = metadata.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    metadata.is_file() && age.is_some_and(|age| age > SWEEP_AFTER)
}

#[derive(QueryableByName)]
struct KnownKey {
    #[diesel(sql_type = Text)]
    key: String,
}

fn remove_unknown(database: &Database, files: &[PathBuf]) -> io::Result<usize> {
    let name = |file: &PathBuf| file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let keys: Vec<String> = files.iter().map(name).collect();
    let known: Vec<KnownKey> = database
        .without_session(|connection| {
            let found = sql_query("SELECT known AS key FROM attachment_objects_known($1) AS known")
                .bind::<Array<Text>, _>(&keys)
                .load(connection)?;
            Ok::<_, StorageError>(found)
        })
        .map_err(io::Error::other)?;
    let mut removed = 0;
    for file in files.iter().filter(|file| !known.iter().any(|known| known.key == name(file))) {
        fs::remove_file(file)?;
        removed += 1;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_opened_again_and_no_key_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::Folder(folder.path().to_owned());
        let StoredAt::Folder(key) = store.put(&mut &b"bytes"[..]).unwrap() else { panic!("in the folder") };
        let mut read = String::new();
        store.open(&key).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "bytes");
        for key in ["", "../../../../etc/passwd", "aa/../../../../../../../etc/passwd", &"g".repeat(32)] {
            assert!(store.open(key).is_err(), "{key}");
        }
        assert_eq!(AttachmentStore::Database.put(&mut &b"bytes"[..]).unwrap(), StoredAt::Database);
    }
}
