//! `qorgan match`: lists of people, without a database.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use qorgan_domain::matching::{Decision, Model, Thresholds};
use serde::Serialize;

use super::print_json;
use crate::matching::arguments::{Evaluate, Generate, MatchCommand};
use crate::matching::columns::Mapping;
use crate::matching::linking::{Link, Linked, Linking};
use crate::matching::lists::{self, Complaint, List};
use crate::matching::made_up;
use crate::matching::quality::Quality;
use crate::{Failure, output};

/// Runs one of the commands.
pub(crate) fn run(command: &MatchCommand) -> Result<(), Failure> {
    match command {
        MatchCommand::Evaluate(wanted) => evaluate(wanted),
        MatchCommand::Generate(wanted) => generate(wanted),
        MatchCommand::Learn(_) => Err(Failure::usage("match learn needs a database")),
    }
}

fn generate(wanted: &Generate) -> Result<(), Failure> {
    let made = made_up::lists(&made_up::Wanted {
        persons: wanted.persons as usize,
        seed: wanted.seed,
        shared: wanted.shared,
        corrupted: wanted.corrupted,
    });
    let pairs = made.truth.len();
    write_rows(&wanted.out_a, &made_up::HEADER, made.left)?;
    write_rows(&wanted.out_b, &made_up::HEADER, made.right)?;
    write_rows(&wanted.truth, &["left", "right"], made.truth)?;
    output::print(&format!("{} people in each list, {pairs} of them in both\n", wanted.persons))
}

fn evaluate(wanted: &Evaluate) -> Result<(), Failure> {
    let begun = Instant::now();
    let mapping = Mapping::new(&wanted.map)?;
    let model = model(wanted)?.with_extras(mapping.extras().count());
    let left = lists::read(&wanted.left, &mapping)?;
    let right = wanted.right.as_deref().map(|path| lists::read(path, &mapping)).transpose()?;
    let truth = wanted.truth.as_deref().map(|path| lists::read_truth(path, &left, right.as_ref())).transpose()?;
    complain(wanted, left.complaints.iter().chain(right.iter().flat_map(|right| &right.complaints)))?;

    let linking = Linking { model, estimate: !wanted.no_estimate, one_to_one: wanted.one_to_one };
    let linked = linking.link(&left.people, right.as_ref().map(|right| right.people.as_slice()));
    write_links(&wanted.out, &linked.links, &left, right.as_ref().unwrap_or(&left))?;
    if let Some(path) = &wanted.model_out {
        let json = linked.model.to_json().map_err(Failure::of("writing the model"))?;
        fs::write(path, json).map_err(Failure::of(format!("writing {}", path.display())))?;
    }
    let report = Report::new(&left, right.as_ref(), &linked, truth.as_ref(), begun);
    if wanted.json { print_json(&report) } else { output::print(&report.to_text()) }
}

fn model(wanted: &Evaluate) -> Result<Model, Failure> {
    let model = if wanted.model == "shipped" {
        Model::shipped().clone()
    } else {
        let text = fs::read_to_string(&wanted.model).map_err(Failure::of(format!("reading {}", wanted.model)))?;
        Model::from_json(&text).map_err(Failure::of(format!("reading {}", wanted.model)))?
    };
    let bits = |flag: &str, probability: Option<f64>, otherwise: f64| match probability {
        None => Ok(otherwise),
        Some(p) if p > 0.0 && p < 1.0 => Ok((p / (1.0 - p)).log2()),
        Some(_) => Err(Failure::usage(format!("--{flag}: must lie between 0 and 1"))),
    };
    let preset = model.thresholds();
    Ok(model.with_thresholds(Thresholds {
        automatic: bits("automatic", wanted.automatic, preset.automatic)?,
        review: bits("review", wanted.review, preset.review)?,
    }))
}

/// Complaints shown one by one on the terminal; all of them are in the file of bad rows.
const SHOWN: usize = 20;

fn complain<'a>(wanted: &Evaluate, complaints: impl Iterator<Item = &'a Complaint>) -> Result<(), Failure> {
    let complaints: Vec<&Complaint> = complaints.collect();
    for complaint in complaints.iter().take(SHOWN) {
        let Complaint { file, line, column, reason } = complaint;
        output::complain(&format!("{file}, line {line}: {column} {reason}"));
    }
    if complaints.len() > SHOWN {
        output::complain(&format!("and {} more; --bad-rows FILE lists them all", complaints.len() - SHOWN));
    }
    let Some(path) = &wanted.bad_rows else { return Ok(()) };
    let rows = complaints.iter().map(|complaint| {
        let Complaint { file, line, column, reason } = complaint;
        [file.clone(), line.to_string(), (*column).to_owned(), (*reason).to_owned()]
    });
    write_rows(path, &["file", "line", "column", "reason"], rows)
}

fn write_links(path: &Path, links: &[Link], left: &List, right: &List) -> Result<(), Failure> {
    let rows = links.iter().map(|link| {
        [
            left.ids[link.left as usize].clone(),
            right.ids[link.right as usize].clone(),
            format!("{:.9}", probability(link.weight)),
            link.decision.to_string(),
        ]
    });
    write_rows(path, &["left", "right", "score", "decision"], rows)
}

fn write_rows<const N: usize>(
    path: &Path,
    header: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Failure> {
    let writing = || Failure::of(format!("writing {}", path.display()));
    let mut writer = csv::Writer::from_path(path).map_err(writing())?;
    writer.write_record(header).map_err(writing())?;
    for row in rows {
        writer.write_record(&row).map_err(writing())?;
    }
    writer.flush().map_err(Failure::of(format!("writing {}", path.display())))
}

fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// What was found, for people and machines.
#[derive(Serialize)]
struct Report {
    left: usize,
    right: Option<usize>,
    rows_left_out: usize,
    values_not_understood: usize,
    pairs: f64,
    compared: usize,
    compared_share: f64,
    common_keys_divided: u64,
    common_keys_left_out: u64,
    one_to_one: bool,
    expected_matches: Option<f64>,
    auto: usize,
    review: usize,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    truth: Option<Truth>,
}

/// What was found, against the truth.
#[derive(Serialize)]
struct Truth {
    pairs: usize,
    /// True pairs that name an id that is not in the lists; they count as missed.
    unknown_ids: usize,
    /// True pairs that blocking did not propose.
    lost_by_blocking: usize,
    decisions: Decisions,
    thresholds: Vec<AtThreshold>,
}

/// Quality of the links by decision.
#[derive(Serialize)]
struct Decisions {
    /// Those decided `auto`.
    auto: Quality,
    /// All links: those decided `auto` and those decided `review`.
    auto_and_review: Quality,
}

#[derive(Serialize)]
struct AtThreshold {
    threshold: f64,
    #[serde(flatten)]
    quality: Quality,
}

const THRESHOLDS: [f64; 9] = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999_999];

impl Report {
    fn new(
        left: &List,
        right: Option<&List>,
        linked: &Linked,
        truth: Option<&(HashSet<(u32, u32)>, usize)>,
        begun: Instant,
    ) -> Self {
        let count = |decision| linked.links.iter().filter(|link| link.decision == decision).count();
        let left_out = left.left_out + right.map_or(0, |right| right.left_out);
        let complaints = left.complaints.len() + right.map_or(0, |right| right.complaints.len());
        let compared = linked.blocked.pairs.len();
        Self {
            left: left.ids.len(),
            right: right.map(|right| right.ids.len()),
            rows_left_out: left_out,
            values_not_understood: complaints - left_out,
            pairs: linked.all_pairs,
            compared,
            compared_share: if linked.all_pairs > 0.0 { compared as f64 / linked.all_pairs } else { 0.0 },
            common_keys_divided: linked.blocked.divided,
            common_keys_left_out: linked.blocked.left_out,
            one_to_one: linked.one_to_one,
            expected_matches: linked.expected_matches,
            auto: count(Decision::Automatic),
            review: count(Decision::Review),
            seconds: begun.elapsed().as_secs_f64(),
            truth: truth.map(|(truth, unknown)| Truth::new(linked, truth, *unknown)),
        }
    }

    fn to_text(&self) -> String {
        let mut text = format!(
            "{} {}\n{} pairs compared, {:.4} % of all\n{} links: {} auto, {} review{}\n{:.1} s\n",
            self.left,
            self.right.map_or("records".to_owned(), |right| format!("and {right} records")),
            self.compared,
            self.compared_share * 100.0,
            self.auto + self.review,
            self.auto,
            self.review,
            if self.one_to_one { ", each record in one at most" } else { "" },
            self.seconds,
        );
        if self.rows_left_out > 0 {
            text += &format!("{} rows left out, see above\n", self.rows_left_out);
        }
        let Some(truth) = &self.truth else { return text };
        text += &format!(
            "\n{} true pairs, {} of them never compared\n{:<16}{:>10}{:>8}{:>8}{:>11}{:>9}{:>9}\n",
            truth.pairs, truth.lost_by_blocking, "links", "right", "wrong", "missed", "precision", "recall", "F1",
        );
        let mut line = |name: String, quality: &Quality| {
            text += &format!(
                "{name:<16}{:>10}{:>8}{:>8}{:>11.6}{:>9.5}{:>9.5}\n",
                quality.right, quality.wrong, quality.missed, quality.precision, quality.recall, quality.f1
            );
        };
        line("auto".to_owned(), &truth.decisions.auto);
        line("auto and review".to_owned(), &truth.decisions.auto_and_review);
        for at in &truth.thresholds {
            line(format!(">= {}", at.threshold), &at.quality);
        }
        text
    }
}

impl Truth {
    fn new(linked: &Linked, truth: &HashSet<(u32, u32)>, unknown: usize) -> Self {
        let of = |wanted: &dyn Fn(&Link) -> bool| {
            let links = linked.links.iter().filter(|link| wanted(link)).map(|link| (link.left, link.right));
            Quality::of(links, truth, unknown)
        };
        let proposed = linked.blocked.pairs.iter().filter(|pair| truth.contains(pair)).count();
        let at = |threshold: f64| AtThreshold { threshold, quality: of(&|link| probability(link.weight) >= threshold) };
        Self {
            pairs: truth.len() + unknown,
            unknown_ids: unknown,
            lost_by_blocking: truth.len() - proposed,
            decisions: Decisions {
                auto: of(&|link| link.decision == Decision::Automatic),
                auto_and_review: of(&|_| true),
            },
            thresholds: THRESHOLDS.into_iter().map(at).collect(),
        }
    }
}
