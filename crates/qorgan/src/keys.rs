//! The files of the signing keys.
//!
//! A folder of `*.pem`, each an Ed25519 private key in PKCS#8. The last name in alphabetical order signs; all verify,
//! so that tokens signed before a rotation stay good. Generated names begin with the time of their making.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use qorgan_api::auth::{SigningKeys, generate_pem};

use crate::Failure;

/// Reads the keys of a folder. With `generate` a first one is made where there is none.
pub(crate) fn load(folder: &Path, generate: bool) -> Result<SigningKeys, Failure> {
    let action = || format!("reading the signing keys in {}", folder.display());
    if generate {
        make_first(folder)?;
    }
    let mut files = pem_files(folder).map_err(Failure::of(action()))?;
    if files.is_empty() {
        let cause = "no *.pem there; make one with `openssl genpkey -algorithm ed25519 -out FILE`";
        return Err(Failure::of(action())(cause));
    }
    files.sort_by(|left, right| right.cmp(left));
    let mut pems = Vec::new();
    for file in files {
        warn_if_open(&file);
        let pem = std::fs::read_to_string(&file).map_err(Failure::of(action()))?;
        pems.push((file.display().to_string(), pem));
    }
    SigningKeys::from_pems(pems).map_err(Failure::of(action()))
}

fn make_first(folder: &Path) -> Result<(), Failure> {
    let action = || format!("making a signing key in {}", folder.display());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Failure::of(action()))?;
    // Two programs that start at once on one folder agree on one key.
    let lock = File::create(folder.join(".lock")).map_err(Failure::of(action()))?;
    lock.lock().map_err(Failure::of(action()))?;
    if !pem_files(folder).map_err(Failure::of(action()))?.is_empty() {
        return Ok(());
    }
    let pem = generate_pem().map_err(Failure::of(action()))?;
    let target = folder.join(format!("{}.pem", chrono::Utc::now().format("%Y%m%dT%H%M%SZ")));
    write_whole(&target, pem.as_bytes()).map_err(Failure::of(action()))?;
    tracing::info!(folder = %folder.display(), "made a signing key");
    Ok(())
}

/// The file has its whole content or does not exist, also after a power cut.
fn write_whole(target: &Path, content: &[u8]) -> std::io::Result<()> {
    let new = target.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&new, target)?;
    target.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn pem_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries: std::io::Result<Vec<_>> = std::fs::read_dir(folder)?.collect();
    let paths = entries?.into_iter().map(|entry| entry.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|extension| extension == "pem")).collect())
}

/// A warning only: orchestrators hand over secrets in files whose mode one cannot always choose.
fn warn_if_open(file: &Path) {
    if std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0) {
        tracing::warn!(file = %file.display(), "other users of this machine may read this signing key (chmod 600)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_key_is_made_once_and_closed_to_others() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let keys = folder.path().join("data/keys");
        let first: Vec<String> = load(&keys, true).expect("made").ids().map(str::to_owned).collect();
        let second: Vec<String> = load(&keys, true).expect("read").ids().map(str::to_owned).collect();
        assert_eq!(first, second);
        let file = pem_files(&keys).expect("listed").pop().expect("one key");
        let mode = |path: &Path| std::fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&file)), (0o700, 0o600));
    }

    #[test]
    fn without_a_key_the_way_to_one_is_told() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let text = load(folder.path(), false).err().expect("no key").to_string();
        assert!(text.contains("openssl genpkey"), "{text}");
    }

    #[test]
    fn the_last_name_signs() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let old = generate_pem().expect("key");
        std::fs::write(folder.path().join("20260101T000000Z.pem"), &old).expect("written");
        let old = load(folder.path(), false).expect("one").ids().next().expect("id").to_owned();
        std::fs::write(folder.path().join("20260201T000000Z.pem"), generate_pem().expect("key")).expect("written");
        let ids: Vec<String> = load(folder.path(), false).expect("two").ids().map(str::to_owned).collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(ids[1], old);
    }
}
