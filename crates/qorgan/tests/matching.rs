//! `qorgan match` as a person runs it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn qorgan(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qorgan"));
    command.arg("match").args(arguments).env_clear().current_dir(folder).output().expect("the program runs")
}

fn evaluated(folder: &Path, arguments: &[&str]) -> Value {
    let output = qorgan(folder, &[&["evaluate", "--json", "--out", "links.csv"], arguments].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn refused(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = qorgan(folder, arguments);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn generated(folder: &Path, persons: &str, seed: &str) {
    let files = ["--out-a", "a.csv", "--out-b", "b.csv", "--truth", "t.csv"];
    let output = qorgan(folder, &[&["generate", "--persons", persons, "--seed", seed], &files[..]].concat());
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn made_up_lists_are_linked_well_and_always_in_the_same_way() {
    let folder = tempfile::tempdir().expect("folder");
    generated(folder.path(), "3000", "21");
    let report = evaluated(folder.path(), &["a.csv", "b.csv", "--truth", "t.csv"]);
    let links = fs::read_to_string(folder.path().join("links.csv")).expect("links");
    let quality = &report["truth"]["decisions"];
    let number = |value: &Value| value.as_f64().expect("a number");
    assert!(number(&quality["auto_and_review"]["f1"]) >= 0.97, "{report:#}");
    assert_eq!(quality["auto"]["wrong"], 0, "{report:#}");
    assert!(number(&quality["auto"]["recall"]) >= 0.8, "{report:#}");
    assert!(number(&report["truth"]["lost_by_blocking"]) <= 0.01 * number(&report["truth"]["pairs"]), "{report:#}");
    assert_eq!(links.lines().next(), Some("left,right,score,decision"));
    for line in links.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        assert!(matches!(fields[3], "auto" | "review"), "{line}");
        assert!((0.0..=1.0).contains(&fields[2].parse::<f64>().expect("a number")), "{line}");
    }
    evaluated(folder.path(), &["a.csv", "b.csv"]);
    assert_eq!(fs::read_to_string(folder.path().join("links.csv")).expect("links"), links);
}

#[test]
fn repetitions_in_one_list_are_found_with_other_columns_and_kept_weights() {
    let folder = tempfile::tempdir().expect("folder");
    let rows = "nr,surname,name,born,plz\n\
                1,Ахметова,Әлия,10.05.2071,100\n\
                2,Akhmetova,Aliya,2071-05-10,100\n\
                3,Ким,Ян,20720303,200\n\
                4,Иванов,Пётр,,300\n";
    fs::write(folder.path().join("one.csv"), rows).expect("file");
    fs::write(folder.path().join("truth.csv"), "left,right\n2,1\n").expect("file");
    let map = "id=nr,last_name=surname,first_name=name,birth_date=born,extra:plz=plz";
    let first = ["one.csv", "--truth", "truth.csv", "--map", map, "--review", "0.5", "--model-out", "model.json"];
    let report = evaluated(folder.path(), &first);
    let found = &report["truth"]["decisions"]["auto_and_review"];
    assert_eq!((&found["right"], &found["wrong"], &found["missed"]), (&1.into(), &0.into(), &0.into()), "{report:#}");
    let again = evaluated(folder.path(), &["one.csv", "--map", map, "--model", "model.json", "--no-estimate"]);
    assert_eq!((&again["auto"], &again["review"]), (&report["auto"], &report["review"]));
}

#[test]
fn what_cannot_be_read_is_named_and_nothing_is_shown_of_it() {
    let folder = tempfile::tempdir().expect("folder");
    let rows = "id,last_name,first_name,birth_date,sex\n\
                1,Secretov,Ян,31.02.2071,x\n\
                ,Secretov,Ян,,\n\
                1,Secretov,Ян,,\n\
                2,,,,\n\
                3,Secretov\n\
                4,Secretov,Ян,2071-02-03,f\n";
    fs::write(folder.path().join("a.csv"), rows).expect("file");
    let output = qorgan(folder.path(), &["evaluate", "a.csv", "--json", "--out", "l.csv", "--bad-rows", "bad.csv"]);
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["left"], &report["rows_left_out"]), (&2.into(), &4.into()));
    assert_eq!(report["values_not_understood"], 2);
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        complaints.contains("a.csv, line 2: birth_date is no date") && !complaints.contains("Secretov"),
        "{complaints}"
    );
    let bad = fs::read_to_string(folder.path().join("bad.csv")).expect("bad rows");
    assert_eq!(bad.lines().count(), 7, "{bad}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    fs::write(folder.path().join("a.csv"), "id,last_name\n1,Ким\n").expect("file");
    fs::write(folder.path().join("model.json"), "{}").expect("file");
    let table: [(&[&str], i32, &str); 7] = [
        (&["evaluate", "a.csv"], 2, "--out"),
        (&["evaluate", "none.csv", "--out", "l.csv"], 1, "none.csv"),
        (&["evaluate", "a.csv", "--out", "l.csv", "--map", "colour=x"], 2, "colour"),
        (&["evaluate", "a.csv", "--out", "l.csv", "--map", "sex=gender"], 2, "gender"),
        (&["evaluate", "a.csv", "--out", "l.csv", "--automatic", "1.5"], 2, "--automatic"),
        (&["evaluate", "a.csv", "--out", "l.csv", "--model", "model.json"], 1, "model.json"),
        (&["generate", "--persons", "0", "--out-a", "a", "--out-b", "b", "--truth", "t"], 2, "--persons"),
    ];
    for (arguments, code, word) in table {
        let (found, text) = refused(folder.path(), arguments);
        assert_eq!(found, Some(code), "{arguments:?} {text}");
        assert!(text.contains(word), "{arguments:?} {text}");
    }
}
