//! Passwords under load.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use qorgan_api::auth::{PasswordSettings, Passwords, Secret};
use qorgan_api::problem::ProblemCode;

fn settings() -> PasswordSettings {
    PasswordSettings { memory_kib: 64, iterations: 1, concurrent: 1, queue: 4, ..PasswordSettings::default() }
}

fn secret(text: &str) -> Secret {
    Secret::from(text.to_owned())
}

#[actix_web::test]
async fn a_password_is_known_by_its_hash() {
    let passwords = Passwords::new(settings()).unwrap();
    let hash = passwords.hash(&secret("тау бөкен жүгірді")).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
    assert!(passwords.verify(&secret("тау бөкен жүгірді"), Some(hash.clone())).await.unwrap());
    assert!(!passwords.verify(&secret("тау бөкен жүгірдi"), Some(hash.clone())).await.unwrap());
    assert!(!passwords.verify(&secret(""), None).await.unwrap(), "nobody has no password");
    assert!(!passwords.verify(&secret("x"), Some("not a hash".into())).await.unwrap());
    assert_ne!(hash, passwords.hash(&secret("тау бөкен жүгірді")).await.unwrap(), "salted");
    assert_eq!(format!("{:?}", secret("hidden")), "Secret");
}

#[actix_web::test]
async fn other_parameters_ask_for_a_new_hash() {
    let cheap = Passwords::new(settings()).unwrap();
    let dear = Passwords::new(PasswordSettings { iterations: 2, ..settings() }).unwrap();
    let hash = cheap.hash_blocking(&secret("x")).unwrap();
    assert!(!cheap.needs_rehash(&hash));
    assert!(dear.needs_rehash(&hash));
    assert!(dear.verify(&secret("x"), Some(hash)).await.unwrap(), "the old hash still opens");
    assert!(cheap.needs_rehash("nonsense"));
}

#[actix_web::test]
async fn an_unknown_user_costs_as_much_as_a_known_one() {
    let passwords = Passwords::new(PasswordSettings { memory_kib: 8192, iterations: 4, ..settings() }).unwrap();
    let hash = passwords.hash_blocking(&secret("right")).unwrap();
    let mut times = [Duration::MAX; 2];
    for _ in 0..5 {
        for (index, known) in [Some(hash.clone()), None].into_iter().enumerate() {
            let started = Instant::now();
            passwords.verify(&secret("wrong"), known).await.unwrap();
            times[index] = times[index].min(started.elapsed());
        }
    }
    let ratio = times[0].as_secs_f64() / times[1].as_secs_f64();
    assert!((0.33..3.0).contains(&ratio), "{times:?}");
}

#[actix_web::test]
async fn a_storm_of_logins_is_turned_away() {
    let passwords = Passwords::new(PasswordSettings { memory_kib: 16384, ..settings() }).unwrap();
    let hash = passwords.hash_blocking(&secret("right")).unwrap();
    let secret = secret("right");
    let storm = (0..40).map(|_| passwords.verify(&secret, Some(hash.clone())));
    let outcomes = join_all(storm).await;
    let served = outcomes.iter().filter(|outcome| matches!(outcome, Ok(true))).count();
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!((1..=10).contains(&served), "{served}");
    assert_eq!(served + refused.len(), 40);
    assert!(refused.iter().all(|problem| problem.code() == ProblemCode::Unavailable));
    assert!(passwords.verify(&secret, Some(hash)).await.unwrap(), "and afterwards the door is open");
}
