//! `qorgan user …`: accounts, from the machine of the server. Beside a running server it uses that server's database.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use chrono::Utc;
use qorgan_api::auth::{Passwords, Secret, check_new_password};
use qorgan_domain::identity::Username;
use qorgan_storage::StorageError;
use qorgan_storage::identity::PasswordHash;
use qorgan_storage::identity::accounts::{self, AccountSummary};
use serde::Serialize;

use super::{print_json, started};
use crate::cli::{Common, UserCommand};
use crate::database::OpenDatabase;
use crate::settings::Settings;
use crate::settings::layers::Environment;
use crate::{Failure, output, wiring};

/// Runs one of the commands.
pub(crate) fn run(command: UserCommand, environment: &Environment) -> Result<(), Failure> {
    let settings = |common: &Common| started(common, common.flags()?, environment);
    match command {
        UserCommand::CreateAdmin { username, display_name, common } => {
            create_admin(&settings(&common)?, &username, display_name)
        }
        UserCommand::List { json, common } => list(&settings(&common)?, json),
        UserCommand::Disable { username, common } => disable(&settings(&common)?, &username),
        UserCommand::ResetPassword { username, common } => reset_password(&settings(&common)?, &username),
    }
}

fn create_admin(settings: &Settings, username: &str, display_name: Option<String>) -> Result<(), Failure> {
    let name = parsed(username)?;
    let display_name = display_name.unwrap_or_else(|| username.to_owned());
    let hash = new_password(settings, username)?;
    let database = OpenDatabase::for_command(settings)?;
    // The first command on a new data folder may be this one.
    database.migrate()?;
    accounts::create_administrator(&mut database.owner()?, name, display_name, hash, Utc::now())
        .map_err(|error| refused("making the administrator", username, error))?;
    database.close()?;
    output::print(&format!("made the administrator {username}\n"))
}

fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    let database = OpenDatabase::for_command(settings)?;
    let found = accounts::list_accounts(&mut database.owner()?).map_err(Failure::of("listing accounts"))?;
    database.close()?;
    let lines: Vec<Account> = found.iter().map(Account::from).collect();
    if json { print_json(&lines) } else { output::print(&table(&lines)) }
}

fn disable(settings: &Settings, username: &str) -> Result<(), Failure> {
    let name = parsed(username)?;
    let database = OpenDatabase::for_command(settings)?;
    let known = accounts::set_disabled(&mut database.owner()?, &name, true, Utc::now());
    must_exist(known.map_err(Failure::of("disabling the account"))?, "disabling the account", username)?;
    database.close()?;
    output::print(&format!("disabled {username}; its sessions have ended\n"))
}

fn reset_password(settings: &Settings, username: &str) -> Result<(), Failure> {
    let name = parsed(username)?;
    let hash = new_password(settings, username)?;
    let database = OpenDatabase::for_command(settings)?;
    let known = accounts::reset_password(&mut database.owner()?, &name, &hash, Utc::now());
    must_exist(known.map_err(Failure::of("setting the password"))?, "setting the password", username)?;
    database.close()?;
    output::print(&format!("{username} has a new password; its sessions have ended\n"))
}

fn parsed(username: &str) -> Result<Username, Failure> {
    let wrong =
        |_| Failure::usage(format!("{username:?} is not a user name: 3 to 64 of a-z, 0-9, dot, underscore, hyphen"));
    Username::new(username).map_err(wrong)
}

fn must_exist(known: bool, action: &str, username: &str) -> Result<(), Failure> {
    if known { Ok(()) } else { Err(Failure::of(action)(format!("there is no account {username}"))) }
}

fn refused(action: &str, username: &str, error: StorageError) -> Failure {
    match error {
        StorageError::Duplicate { .. } => Failure::of(action)(format!("the user name {username} is taken")),
        other => Failure::of(action)(other),
    }
}

/// Asks for a password and hashes it. The rules are those of the API.
fn new_password(settings: &Settings, username: &str) -> Result<PasswordHash, Failure> {
    let password = Secret::from(read_password().map_err(Failure::of("reading the password"))?);
    if let Err(issue) = check_new_password(&password, username) {
        let text = match issue.code() {
            "password_too_short" => "the password is too short (at least 12 characters)",
            "password_too_long" => "the password is too long",
            "password_is_username" => "the password is the user name",
            _ => "the password is one that guessers try first",
        };
        return Err(Failure::usage(text));
    }
    let hasher = Passwords::new(wiring::passwords(settings)).map_err(Failure::of("hashing the password"))?;
    hasher.hash_blocking(&password).map(PasswordHash::new).map_err(Failure::of("hashing the password"))
}

/// Twice from a terminal, without showing it; otherwise the first line of standard input.
fn read_password() -> io::Result<String> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password("Password: ")?;
    let second = rpassword::prompt_password("Again: ")?;
    if first == second { Ok(first) } else { Err(io::Error::other("the two are not the same")) }
}

/// An account, as it is printed.
#[derive(Debug, Serialize)]
struct Account {
    username: String,
    display_name: String,
    kind: &'static str,
    agency: String,
    organisation: String,
    roles: Vec<String>,
    disabled: bool,
}

impl From<&AccountSummary> for Account {
    fn from(found: &AccountSummary) -> Self {
        let roles = found.roles.iter().map(|grant| format!("{}:{}", grant.role.as_str(), grant.scope.as_str()));
        Self {
            username: found.username.clone(),
            display_name: found.display_name.clone(),
            kind: found.kind.as_str(),
            agency: found.agency.clone(),
            organisation: found.organisation.clone(),
            roles: roles.collect(),
            disabled: found.disabled,
        }
    }
}

fn table(accounts: &[Account]) -> String {
    let width = accounts.iter().map(|account| account.username.len()).max().unwrap_or_default();
    let mut text = String::new();
    for account in accounts {
        let state = if account.disabled { " (disabled)" } else { "" };
        let roles = account.roles.join(", ");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:width$}{state}  {}  {}, {}  {roles}",
            account.username, account.display_name, account.agency, account.organisation
        );
    }
    text
}
