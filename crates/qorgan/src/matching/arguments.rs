//! The command line of `match`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use crate::cli::Common;

/// Commands for matching.
#[derive(Debug, Subcommand)]
pub enum MatchCommand {
    /// Find who is one person in two lists, or who stands twice in one; with the truth, measure how well
    Evaluate(Box<Evaluate>),
    /// Write two lists of made-up people, some records corrupted, and the truth about them
    Generate(Generate),
    /// Learn the weights by which reports are matched from what people decided on match reviews (in the database)
    Learn(Learn),
}

/// Flags of `match learn`.
#[derive(Debug, Args)]
pub struct Learn {
    /// Account to act as: its rights count, and it stands in the audit log
    #[arg(long = "as", value_name = "USERNAME")]
    pub acting_as: String,
    /// From which day on the learned rules count [default: tomorrow]
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// How far off the weights that were set are believed to be, in bits
    #[arg(long, value_name = "BITS", default_value_t = 1.0)]
    pub spread: f64,
    /// Show what would be learned and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where from.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of `match evaluate`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// A list of people, as CSV with a header
    pub left: PathBuf,
    /// Another one; without it, people who stand twice in the first are looked for
    pub right: Option<PathBuf>,
    /// The true pairs, as CSV with a header: id in the first list, id in the second
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// Where to write the links found: left,right,score,decision
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Column of a field, as field=column; may be repeated, or several with commas. Fields: id, last_name, first_name,
    /// patronymic, birth_date, sex, iin, territory; extra:NAME for any other, compared as text
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',')]
    pub map: Vec<String>,
    /// Weights to start from: a model as JSON, or `shipped`
    #[arg(long, value_name = "FILE", default_value = "shipped")]
    pub model: String,
    /// Take the weights as they are; otherwise they are estimated from the lists
    #[arg(long)]
    pub no_estimate: bool,
    /// Write the weights that were used to this file
    #[arg(long, value_name = "FILE")]
    pub model_out: Option<PathBuf>,
    /// Whether nobody stands twice in a list (for two lists)
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub one_to_one: OneToOne,
    /// Least probability for decision auto [default: that of the model]
    #[arg(long, value_name = "P")]
    pub automatic: Option<f64>,
    /// Least probability for decision review [default: that of the model]
    #[arg(long, value_name = "P")]
    pub review: Option<f64>,
    /// Write row, column and reason of what could not be read to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub bad_rows: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Whether a record has one partner at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OneToOne {
    /// If the links found look so.
    Auto,
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Flags of `match generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// People in each list
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    pub persons: u32,
    /// The same seed gives the same lists
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// How many of a hundred people of the first list are in the second, too
    #[arg(long, value_name = "PERCENT", default_value_t = 60, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub shared: u32,
    /// How many of a hundred records are corrupted, in each list
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub corrupted: u32,
    /// The first list
    #[arg(long, value_name = "FILE")]
    pub out_a: PathBuf,
    /// The second list
    #[arg(long, value_name = "FILE")]
    pub out_b: PathBuf,
    /// The true pairs
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
}
