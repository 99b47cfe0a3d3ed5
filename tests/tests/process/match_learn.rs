//! `qorgan match learn`, against a database of its own. What is learned is tested over HTTP.

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::TestDatabase;

use crate::program::Home;

#[test]
fn learning_needs_the_right_decisions_and_a_day_to_come() {
    let (home, database) = (Home::new(), TestDatabase::new());
    let account = "INSERT INTO user_credentials SELECT id, 'no password matches this', now() FROM users
                   WHERE username IN ('administrator.home', 'supervisor.home')";
    sql_query(account).execute(&mut database.owner()).expect("let the accounts work");
    let learn = |user: &str, more: &[&str]| {
        let mut command = home.command(&["match", "learn", "--as", user]);
        command.args(["--database-url", &database.server_url()]).args(more);
        let output = command.output().expect("run the program");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let table: [(&str, &[&str], i32, &str); 6] = [
        ("administrator.home", &["--dry-run", "--json"], 1, "0 decisions for one event and 0 for two are too few"),
        ("administrator.home", &["--spread", "11"], 1, "between 0.01 and 10 bits"),
        ("supervisor.home", &[], 1, "may not keep the rules"),
        ("nobody", &[], 1, "no working account"),
        ("administrator.home", &["--from", "2020-01-01"], 2, "--from: tomorrow at the earliest"),
        ("Ж", &[], 2, "--as: not a user name"),
    ];
    for (user, more, code, told) in table {
        let (status, text) = learn(user, more);
        assert!(status == Some(code) && text.contains(told), "{user} {more:?}: {status:?} {text}");
    }
}
