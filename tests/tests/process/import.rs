//! `qorgan import signals`, against a database of its own.

use std::fmt::Write;
use std::process::Output;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::TestDatabase;
use serde_json::Value;

use crate::program::Home;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(database: &TestDatabase, query: &str) -> i64 {
    sql_query(query).get_result::<Count>(&mut database.owner()).expect("a count").count
}

/// Runs the command in a folder; `file` is what it reads.
fn import(home: &Home, database: &TestDatabase, file: &str, more: &[&str]) -> Output {
    import_as("juvenile_inspector.home", home, database, file, more)
}

fn import_as(username: &str, home: &Home, database: &TestDatabase, file: &str, more: &[&str]) -> Output {
    let mut command = home.command(&["import", "signals"]);
    std::fs::write(command.get_current_dir().expect("a folder").join("raid-2026-03.csv"), file)
        .expect("write the file");
    command.args(["raid-2026-03.csv", "--as", username, "--channel", "raid"]);
    command.args(["--database-url", &database.server_url()]).args(more);
    command.output().expect("run the program")
}

#[test]
fn a_file_is_brought_in_and_again_and_what_is_wrong_is_told() {
    let (home, database) = (Home::new(), TestDatabase::new());
    let account = "INSERT INTO user_credentials SELECT id, 'no password matches this', now() FROM users
                   WHERE username IN ('juvenile_inspector.home', 'hotline_operator.home')";
    sql_query(account).execute(&mut database.owner()).expect("let the account work");
    let mut file = String::from("external_id;description;territory;urgency;last_name\n");
    for number in 0..1_200 {
        let name = if number == 7 { "Секретов" } else { "" };
        writeln!(file, "{number};Found at night;351000000;urgent;{name}").expect("text");
    }
    let dry = import(&home, &database, &file, &["--dry-run", "--json"]);
    let told: Value = serde_json::from_slice(&dry.stdout).expect("JSON");
    assert_eq!((dry.status.code(), &told["accepted"], &told["rejected"]), (Some(1), &1_199.into(), &1.into()));
    assert_eq!(count(&database, "SELECT count(*) FROM signals"), 0);

    let first = import(&home, &database, &file, &["--bad-rows", "bad.csv"]);
    assert_eq!(String::from_utf8_lossy(&first.stdout), "1199 filed, 0 filed before, 1 rejected\n");
    assert_eq!(first.status.code(), Some(1), "{}", String::from_utf8_lossy(&first.stderr));
    let folder = home.command(&[]).get_current_dir().expect("a folder").to_owned();
    let bad = std::fs::read_to_string(folder.join("bad.csv")).expect("the bad rows");
    assert_eq!(bad, "row,field,code,message\n9,first_name,missing_field,A required field is missing.\n");

    // As after an interruption: the whole file once more, with the row put right.
    let right = file.replace("Секретов", "");
    let again = import(&home, &database, &right, &[]);
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(String::from_utf8_lossy(&again.stdout), "1 filed, 1199 filed before, 0 rejected\n");
    assert_eq!(count(&database, "SELECT count(*) FROM signals WHERE channel = 'raid'"), 1_200);
    assert_eq!(count(&database, "SELECT count(*) FROM signal_imports WHERE finished_at IS NOT NULL"), 2);
    let open = "SELECT count(*) FROM sessions WHERE revoke_reason IS DISTINCT FROM 'import_done'
                AND user_id = (SELECT id FROM users WHERE username = 'juvenile_inspector.home')";
    assert_eq!(count(&database, open), 1, "no session but the world's own is left");
    for output in [&dry, &first, &again] {
        let text = [output.stdout.clone(), output.stderr.clone()].concat();
        assert!(!String::from_utf8_lossy(&text).contains("Секретов"));
    }
}

#[test]
fn what_cannot_be_used_is_told_and_rights_count() {
    let (home, database) = (Home::new(), TestDatabase::new());
    let wrong = home
        .command(&["import", "signals", "Raid.xls", "--as", "Ж", "--channel", "pigeon"])
        .output()
        .expect("run the program");
    let text = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(2), "{text}");
    for flag in ["--as", "--source", "--format", "--channel"] {
        assert!(text.contains(flag), "{flag}: {text}");
    }
    // Nobody works without an account, and a header that is wrong is told without its words.
    let header = "external_id;description;territory;urgency\n";
    let nobody = import(&home, &database, header, &[]);
    assert_eq!(nobody.status.code(), Some(1));
    let account = "INSERT INTO user_credentials SELECT id, 'x', now() FROM users WHERE username IN ('juvenile_inspector.home', 'health_specialist.home')";
    sql_query(account).execute(&mut database.owner()).expect("let the accounts work");
    let without_header = import(&home, &database, "Секретов;Алия\n", &[]);
    assert_eq!(without_header.status.code(), Some(2));
    let text = String::from_utf8_lossy(&without_header.stderr).into_owned();
    assert!(text.contains("column 1") && !text.contains("Секретов"), "{text}");
    let forbidden = import_as("health_specialist.home", &home, &database, header, &[]);
    let text = String::from_utf8_lossy(&forbidden.stderr).into_owned();
    assert!(forbidden.status.code() == Some(1) && text.contains("may not import"), "{text}");
}
