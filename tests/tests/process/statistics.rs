//! `qorgan statistics`, against a database of its own.

use std::process::Output;

use diesel::connection::SimpleConnection;
use qorgan_tests::TestDatabase;
use serde_json::Value;

use crate::program::Home;

fn statistics(home: &Home, database: &TestDatabase, arguments: &[&str]) -> Output {
    let mut command = home.command(&["statistics"]);
    command.args(arguments).args(["--owner-database-url", &database.owner_url()]);
    command.args(["--database-url", &database.server_url()]).output().expect("run the program")
}

#[test]
fn a_ledger_that_lies_is_told_of_by_its_cells_and_made_right() {
    let (home, database) = (Home::new(), TestDatabase::new());
    let mut owner = database.owner();
    owner.batch_execute(include_str!("../database/ledger/storm.sql")).expect("the storm");
    owner.batch_execute("SELECT setseed(0.351), storm(60)").expect("some facts");
    let verify = ["verify", "--samples", "30"];
    let good = statistics(&home, &database, &verify);
    let text = String::from_utf8_lossy(&good.stdout);
    assert!(good.status.success() && text.ends_with("ledger, rollups and versions agree\n"), "{text}");
    let wrong = "UPDATE register_ledger SET sex = 3 - sex WHERE seq = (SELECT min(seq) FROM register_ledger)";
    owner.batch_execute(wrong).expect("make it lie");
    let bad = statistics(&home, &database, &verify);
    let text = String::from_utf8_lossy(&bad.stdout);
    assert_eq!(bad.status.code(), Some(1), "{text}");
    assert!(text.contains("2 entries are missing or too many") && text.contains("qorgan statistics rebuild"), "{text}");
    let rebuilt = statistics(&home, &database, &["rebuild", "--json"]);
    let told: Value = serde_json::from_slice(&rebuilt.stdout).expect("JSON");
    assert_eq!((&told["corrections"], &told["rollups"]), (&2.into(), &220.into()));
    let good = statistics(&home, &database, &["verify", "--samples", "30", "--json"]);
    let told: Value = serde_json::from_slice(&good.stdout).expect("JSON");
    assert!(good.status.success() && told["wrong_entries"] == 0 && told["wrong_cells"] == 0, "{told}");
}
