//! PostgreSQL's configuration: written anew at each start, so that a changed setting or user takes effect.

use std::fmt::Write;
use std::path::Path;

use super::account::Account;
use super::error::ClusterError;
use super::place::Place;
use super::urls::PORT;
use super::{ClusterSettings, OWNER_ROLE, SERVER_ROLE};

/// Name of the main configuration file in the database folder.
pub(super) const FILE: &str = "qorgan.conf";

/// Nobody but the mapped users, and they only through the socket.
const HBA: &str = "# Written at each start.\nlocal  all  qorgan_owner,qorgan_server  peer map=qorgan\n";

/// Who may connect is decided by the kernel (`peer`): there is no password to leak.
pub(super) fn write(place: &Place, settings: &ClusterSettings) -> Result<(), ClusterError> {
    let account = place.account();
    let database = place.database();
    account.write_file(&database.join("pg_hba.conf"), HBA)?;
    account.write_file(&database.join("pg_ident.conf"), &ident(&[&Account::current()?.name, &account.name])?)?;
    account.write_file(&database.join(FILE), &main(place.base(), place.socket_dir(), settings)?)
}

fn ident(users: &[&str]) -> Result<String, ClusterError> {
    let mut text = "# Written at each start.\n".to_owned();
    let mut written: Vec<&str> = Vec::new();
    for user in users {
        // A leading slash would be read as a regular expression, a quotation mark would end the name.
        if user.starts_with('/') || user.contains('"') || user.contains(char::is_control) {
            return Err(ClusterError::NoAccount(format!("PostgreSQL cannot take the user name {user:?}")));
        }
        if !written.contains(user) {
            written.push(user);
            for role in [OWNER_ROLE, SERVER_ROLE] {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "qorgan  \"{user}\"  {role}");
            }
        }
    }
    Ok(text)
}

fn main(base: &Path, socket_dir: &Path, settings: &ClusterSettings) -> Result<String, ClusterError> {
    let log = quoted(&base.join("log"))?;
    let socket = quoted(socket_dir)?;
    let max_connections = settings.max_connections;
    let durable = if settings.durable { "on" } else { "off" };
    Ok(format!(
        "\
# Written at each start. Own settings belong into local.conf, which is read last.
include 'postgresql.conf'

listen_addresses = ''
port = {PORT}
unix_socket_directories = {socket}
unix_socket_permissions = 0700
max_connections = {max_connections}
shared_buffers = 128MB

# An acknowledged commit is on disk.
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'

# A week of logs, a file a day.
logging_collector = on
log_destination = 'stderr'
log_directory = {log}
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on

# No personal data in the log: neither statements and their values, nor messages about a failed statement, which may
# quote a value (the client receives them). What the server says about itself (LOG, FATAL, PANIC) stays.
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0

include_if_exists 'local.conf'
"
    ))
}

/// A path as a value of a configuration file. Such values end with the line and double their quotation marks.
fn quoted(path: &Path) -> Result<String, ClusterError> {
    match path.to_str() {
        // In a list of folders a comma would separate two of them; a quoted list element would need other rules.
        Some(text) if !text.contains(char::is_control) && !text.contains([',', '"', '\\']) => {
            Ok(format!("'{}'", text.replace('\'', "''")))
        }
        _ => Err(ClusterError::PathUnusable {
            path: path.to_owned(),
            reason: "a comma, a double quotation mark, a backslash or a control character in it".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_is_mapped_once_and_odd_names_are_refused() {
        let text = ident(&["dev", "dev"]).expect("plain name");
        assert_eq!(text.lines().filter(|line| line.contains("\"dev\"")).count(), 2);
        assert!(ident(&["/.*"]).is_err());
        assert!(ident(&["a\"b"]).is_err());
    }

    #[test]
    fn a_quotation_mark_cannot_end_a_value() {
        assert_eq!(quoted(Path::new("/it's")).expect("usable"), "'/it''s'");
        assert!(quoted(Path::new("/a,b")).is_err());
    }

    #[test]
    fn a_server_is_durable_and_tests_are_not() {
        let text = |settings: &ClusterSettings| main(Path::new("/d/pg"), Path::new("/d/s"), settings).expect("plain");
        assert!(text(&ClusterSettings::new("/d")).contains("\nfsync = on\n"));
        assert!(text(&ClusterSettings::for_tests("/d")).contains("\nfsync = off\n"));
    }
}
