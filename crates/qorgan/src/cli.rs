//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::Failure;
pub use crate::matching::arguments::MatchCommand;
use crate::settings::layers::Flags;
use crate::settings::table::Setting;

/// Agencies protect children together: signals, cases, the register and its statistics.
#[derive(Debug, Parser)]
#[command(name = "qorgan", version, about, arg_required_else_help = true)]
#[command(after_help = "Configuration: flags, then QORGAN_* variables (and DATABASE_URL), then a TOML file; \
                        `qorgan config check` explains the result. Exit codes: 0 done, 1 failed, 2 usage.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Serve),
    /// Bring the database to this release and stop
    Migrate {
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
    /// Manage accounts from the machine of the server
    User {
        /// What to do.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Bring in files from the machine of the server
    Import {
        /// What.
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Match lists of people: who is one person (no database is needed)
    Match {
        /// What to do.
        #[command(subcommand)]
        command: MatchCommand,
    },
    /// Keep the statistics of the register right
    Statistics {
        /// What to do.
        #[command(subcommand)]
        command: StatisticsCommand,
    },
    /// Print the OpenAPI document of the API
    Openapi,
    /// Print the permission table, as a page for reviewers
    Permissions,
    /// Look at the configuration
    Config {
        /// What to do.
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

/// Flags of every command that reads the configuration.
#[derive(Debug, Default, Args)]
pub struct Common {
    /// Configuration file [default: qorgan.toml in the data folder, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data folder: private database, signing keys
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// PostgreSQL of the server's role, instead of a private one (a password is better given by variable)
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The same database as its owner, who applies migrations
    #[arg(long, value_name = "URL")]
    owner_database_url: Option<String>,
    /// Folder of the signing keys
    #[arg(long, value_name = "DIR")]
    signing_keys: Option<String>,
    /// Form of the log on standard error: text or json
    #[arg(long, value_name = "FORM")]
    log_format: Option<String>,
    /// Any other setting, such as --set pool.size=20
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Flags of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where from.
    #[command(flatten)]
    pub common: Common,
    /// Load the made-up demonstration region and its accounts
    #[arg(long)]
    demo: bool,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Threads that handle requests
    #[arg(long, value_name = "N")]
    workers: Option<String>,
}

/// Commands for accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an administrator; asks for the password, or reads it from standard input
    CreateAdmin {
        /// Name to log in with: 3 to 64 of a-z, 0-9, dot, underscore, hyphen
        username: String,
        /// Name to be shown [default: the user name]
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
    /// List accounts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
    /// Disable an account: its sessions end at once
    Disable {
        /// Its user name
        username: String,
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
    /// Give an account a new password; asks for it, or reads it from standard input
    ResetPassword {
        /// Its user name
        username: String,
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
}

/// Files that can be brought in.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Signals: the list of a raid or of a screening, as CSV or NDJSON. May be run again at any time
    Signals(ImportSignals),
    /// Facts of earlier years: a table, row by row filed as reports and matched. May be run again at any time
    Facts(ImportFacts),
}

/// Flags of `import facts`.
#[derive(Debug, Args)]
pub struct ImportFacts {
    /// The file
    pub file: PathBuf,
    /// Account to act as: its rights count, it stands in the audit log, the reports are those of its organisation
    #[arg(long = "as", value_name = "USERNAME")]
    pub acting_as: String,
    /// Code of the source, within which external ids are unique [default: the file's name without its ending]
    #[arg(long, value_name = "CODE")]
    pub source: Option<String>,
    /// Read a field from a column of another name, such as --map last_name=Фамилия; may be given several times
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// What blank cells of a field hold, such as --default setting=other; may be given several times
    #[arg(long, value_name = "FIELD=TEXT")]
    pub default: Vec<String>,
    /// Pass over columns that no field has the name of
    #[arg(long)]
    pub ignore_unknown: bool,
    /// csv or ndjson [default: by the file's ending]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// utf-8, windows-1251 or kz-1048 [default: utf-8]
    #[arg(long, value_name = "ENCODING")]
    pub encoding: Option<String>,
    /// Check and match all rows and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write row, field and reason of what was rejected to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub bad_rows: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where from.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of `import signals`.
#[derive(Debug, Args)]
pub struct ImportSignals {
    /// The file
    pub file: PathBuf,
    /// Account to act as: its rights count, and it stands in the audit log
    #[arg(long = "as", value_name = "USERNAME")]
    pub acting_as: String,
    /// Code of the source, within which external ids are unique [default: the file's name without its ending]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Channel of rows that name none, such as raid or asppm_screening
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// csv or ndjson [default: by the file's ending]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Check all rows and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write row, field and reason of what was rejected to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub bad_rows: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where from.
    #[command(flatten)]
    pub common: Common,
}

/// Commands for the statistics of the register.
#[derive(Debug, Subcommand)]
pub enum StatisticsCommand {
    /// Recount from the versions of facts and compare: every entry of the ledger, and counts at many moments and groupings.
    /// Exit code 1 where anything differs
    Verify {
        /// Counts to compare
        #[arg(long, default_value_t = 200)]
        samples: usize,
        /// Asks for other counts with another number
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
    /// Make the ledger right and all rollups anew from the versions of facts, while the server goes on working
    Rebuild {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Where from.
        #[command(flatten)]
        common: Common,
    },
}

/// Commands for the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Explain every setting and where its value came from, without secrets
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Where from: all flags of `serve`.
        #[command(flatten)]
        serve: Serve,
    },
}

impl Common {
    /// The flags that were given.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a `--set` that names no setting.
    pub fn flags(&self) -> Result<Flags, Failure> {
        let mut flags = Flags::new();
        let mut wrong = Vec::new();
        for pair in &self.set {
            match pair.split_once('=').map(|(key, value)| (Setting::find(key), value)) {
                Some((Some(setting), value)) => flags.push((setting.key, value.to_owned())),
                Some((None, _)) => wrong.push(format!("--set {}: not a setting", key_of(pair))),
                None => wrong.push(format!("--set {pair}: must be KEY=VALUE")),
            }
        }
        if !wrong.is_empty() {
            return Err(Failure::Usage(wrong));
        }
        // After --set: a flag of its own is the more deliberate one.
        push(&mut flags, "data", self.data.as_ref());
        push(&mut flags, "database.url", self.database_url.as_ref());
        push(&mut flags, "owner_database.url", self.owner_database_url.as_ref());
        push(&mut flags, "token.keys", self.signing_keys.as_ref());
        push(&mut flags, "log.format", self.log_format.as_ref());
        Ok(flags)
    }
}

impl Serve {
    /// The flags that were given.
    ///
    /// # Errors
    /// As [`Common::flags`].
    pub fn flags(&self) -> Result<Flags, Failure> {
        let mut flags = self.common.flags()?;
        push(&mut flags, "listen", self.listen.as_ref());
        push(&mut flags, "workers", self.workers.as_ref());
        if self.demo {
            flags.push(("demo", "true".to_owned()));
        }
        Ok(flags)
    }
}

fn push(flags: &mut Flags, key: &'static str, value: Option<&String>) {
    flags.extend(value.map(|value| (key, value.clone())));
}

/// Only the key: the value may be a secret.
fn key_of(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_of_its_own_flag_wins_over_set() {
        let cli = Cli::try_parse_from(["qorgan", "serve", "--set", "data=one", "--data", "two"]).expect("valid");
        let Command::Serve(serve) = cli.command else { panic!("serve expected") };
        let flags = serve.flags().expect("settings");
        assert_eq!(flags.last(), Some(&("data", "two".to_owned())));
    }

    #[test]
    fn a_mistyped_setting_is_named_without_its_value() {
        let cli = Cli::try_parse_from(["qorgan", "migrate", "--set", "databse.url=secret"]).expect("valid");
        let Command::Migrate { common } = cli.command else { panic!("migrate expected") };
        let text = common.flags().expect_err("no such setting").to_string();
        assert!(text.contains("databse.url") && !text.contains("secret"), "{text}");
    }
}
