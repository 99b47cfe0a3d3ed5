//! Accounts, log-in, tokens: what opens the door, and what closes it at once.

mod accounts;
mod sessions;
mod storm;

use chrono::Utc;
use qorgan_api::auth::{PasswordSettings, Passwords, Secret};
use qorgan_domain::identity::Username;
use qorgan_storage::identity::PasswordHash;
use qorgan_storage::identity::accounts::reset_password;
use qorgan_tests::server::settings;
use qorgan_tests::{Client, Reply, Server};
use serde_json::json;

/// A password of the users that are given one.
const PASSWORD: &str = "тау бөкен жүгірді";

/// Gives a user of the world a password; sessions it had are ended by that.
fn give_password(server: &Server, username: &str) {
    give_password_at(server, username, settings().passwords);
}

fn give_password_at(server: &Server, username: &str, cost: PasswordSettings) {
    let hash = Passwords::new(cost).expect("a hasher").hash_blocking(&Secret::from(PASSWORD.to_owned()));
    let name = Username::new(username).expect("a user name");
    let hash = PasswordHash::new(hash.expect("a hash"));
    let known = reset_password(&mut server.database.owner(), &name, &hash, Utc::now()).expect("set the password");
    assert!(known, "{username} exists");
}

fn log_in(client: &Client, username: &str, password: &str) -> Reply {
    client.post("/auth/login", &json!({"username": username, "password": password}))
}

/// A word of an answer, such as a token.
fn word(reply: &Reply, name: &str) -> String {
    reply.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", reply.text)).to_owned()
}
