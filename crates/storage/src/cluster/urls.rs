//! libpq connection strings for a socket folder.

use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The port names the socket file; nothing listens on a network.
pub(super) const PORT: u16 = 5432;

/// `postgresql:///database?host=…&port=…&user=…`. The port is explicit because `PGPORT` would change it otherwise.
pub(super) fn connection(socket_dir: &Path, role: &str, database: &str) -> String {
    let host = percent_encoded(socket_dir.as_os_str().as_bytes());
    let database = percent_encoded(database.as_bytes());
    let role = percent_encoded(role.as_bytes());
    format!("postgresql:///{database}?host={host}&port={PORT}&user={role}")
}

/// Everything but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
fn percent_encoded(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_and_non_latin_names_are_encoded() {
        assert_eq!(
            connection(Path::new("/a b/қ?&"), "qorgan_owner", "t-1"),
            "postgresql:///t-1?host=%2Fa%20b%2F%D2%9B%3F%26&port=5432&user=qorgan_owner"
        );
    }
}
