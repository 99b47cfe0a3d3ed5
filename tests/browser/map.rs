//! The page as people use it: by mouse, by keyboard, by ear, on a phone, on paper, in three languages.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::Utc;
use qorgan_api::auth::{Passwords, Secret};
use qorgan_domain::identity::Username;
use qorgan_storage::identity::PasswordHash;
use qorgan_storage::identity::accounts::reset_password;
use qorgan_tests::Server;
use qorgan_tests::facts::{age_facts, file_fact};
use qorgan_tests::server::settings;
use serde_json::{Value, json};

use super::chrome::Page;

const PASSWORD: &str = "тау бөкен жүгірді";
const TEMIRTAU: &str = "352400000";

/// Facts of the present year by place; the years before have two in each place that has any.
const FACTS: [(&str, usize); 12] = [
    ("351000000", 9),
    ("351600000", 2),
    ("352100000", 1),
    ("352200000", 3),
    (TEMIRTAU, 12),
    ("352800000", 2),
    ("353200000", 1),
    ("353600000", 1),
    ("354000000", 3),
    ("354800000", 1),
    ("355600000", 1),
    ("356400000", 2),
];

fn furnish(server: &Server) {
    let pedagogue = server.client("social_pedagogue.home");
    let mut at = 0;
    for (territory, count) in FACTS {
        for number in 0..count {
            let nature = ["physical", "bullying", "neglect", "attempt", "bullying"][number % 5];
            file_fact(&pedagogue, at, &format!("2026-0{}-1{}", 1 + number % 8, number % 10), territory, nature);
            at += 1;
        }
        if count >= 9 {
            for year in [2023, 2024, 2024, 2025, 2025] {
                file_fact(&pedagogue, at, &format!("{year}-0{}-15", 1 + at % 9), territory, "physical");
                at += 1;
            }
        }
    }
    age_facts(server);
}

fn give_password(server: &Server, username: &str) {
    let hash =
        Passwords::new(settings().passwords).expect("a hasher").hash_blocking(&Secret::from(PASSWORD.to_owned()));
    let name = Username::new(username).expect("a user name");
    let hash = PasswordHash::new(hash.expect("a hash"));
    assert!(reset_password(&mut server.database.owner(), &name, &hash, Utc::now()).expect("set the password"));
}

fn picture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("map").join(name)
}

/// Waits for a drawing in a language of an indicator.
fn drawn(page: &mut Page, language: &str, indicator: &str) {
    page.wait_for(&format!("(document.documentElement.dataset.drawn ?? '').startsWith('{language} {indicator} ')"));
    page.wait_for("!document.getElementById('status').textContent.includes('…')");
}

/// By the keyboard alone, as the first thing that one meets.
fn log_in(page: &mut Page, username: &str, password: &str) {
    page.eval("for (const id of ['password', 'username']) { const field = document.getElementById(id); field.value = ''; field.focus(); }");
    page.write(username);
    page.press("Tab");
    page.write(password);
    page.press("Enter");
}

/// Chooses in a list, as a person does who then leaves it.
fn choose(page: &mut Page, list: &str, value: &str) {
    page.eval(&format!(
        "(() => {{ const list = document.getElementById('{list}'); list.value = '{value}'; \
         list.dispatchEvent(new Event('change', {{bubbles: true}})); return list.value; }})()"
    ));
}

#[test]
fn the_map_works_for_everybody() {
    let server = Server::start();
    furnish(&server);
    println!("pictures: {}", picture("").display());
    // A new password ends the sessions that there were.
    let map = server.client("statistician.home").get("/risk-map?from=2026-01-01&to=2026-12-31").expect(200).body;
    for username in ["statistician.home", "analyst.home", "social_pedagogue.home"] {
        give_password(&server, username);
    }
    let base = format!("http://{}", server.address);
    let mut page = Page::open();
    page.resize(1280, 900, false);
    page.visit(&format!("{base}/map"));
    page.wait_for("document.documentElement.dataset.ready");
    page.picture(&picture("login.png"));
    keyboard_reaches_the_login(&mut page);
    log_in(&mut page, "statistician.home", PASSWORD);
    drawn(&mut page, "ru", "facts");
    choose(&mut page, "period", "2026-01-01/2026-12-31");
    page.wait_for("document.documentElement.dataset.drawn.includes(' 2026-01-01 ')");
    drawn(&mut page, "ru", "facts");
    page.picture(&picture("desktop.png"));

    places_stand_right(&mut page);
    table_equals_map(&mut page);
    values_are_the_apis(&mut page, &map);
    keyboard_reaches_everything(&mut page);
    words_are_read_well(&mut page);
    languages_switch(&mut page);
    choices_are_followed(&mut page);
    it_fits_a_phone(&mut page);
    it_prints(&mut page);
    nothing_moves_for_who_wants_none(&mut page);
    nothing_is_kept(&mut page);
    assert_eq!(page.complaints(), [""; 0], "the console is silent");
    let foreign: Vec<String> = page.asked_for().into_iter().filter(|address| !address.starts_with(&base)).collect();
    assert_eq!(foreign, ["about:blank"; 0], "nothing is asked of anybody else");
    it_forgets_and_refuses(&mut page);
}

fn keyboard_reaches_the_login(page: &mut Page) {
    let mut met = Vec::new();
    for _ in 0..9 {
        page.press("Tab");
        met.push(page.eval(
            "document.activeElement.id || document.activeElement.dataset.language || document.activeElement.className",
        ));
    }
    for expected in ["skip", "ru", "kk", "en", "username", "password"] {
        assert!(met.contains(&json!(expected)), "{expected} among {met:?}");
    }
}

/// Every tile stands as its place lies towards every other.
fn places_stand_right(page: &mut Page) {
    let tiles = page.eval(
        "(async () => { const layout = {}; for (const tile of document.querySelectorAll('.tile')) { const box = tile.getBoundingClientRect(); \
         layout[tile.dataset.kato] = [box.left + box.width / 2, box.top + box.height / 2]; } return layout; })()",
    );
    let tiles: BTreeMap<String, [f64; 2]> = serde_json::from_value(tiles).expect("tiles");
    assert_eq!(tiles.len(), 13);
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/storage/reference/territories.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("territories")).expect("JSON");
    let seats: Vec<(&str, f64, f64)> = file["territories"]
        .as_array()
        .expect("territories")
        .iter()
        .filter(|row| tiles.contains_key(row["kato"].as_str().unwrap_or_default()))
        .map(|row| {
            let side = |name: &str| row[name].as_f64().expect("a coordinate");
            (row["kato"].as_str().expect("a code"), side("seat_lon"), side("seat_lat"))
        })
        .collect();
    assert_eq!(seats.len(), 13);
    for (one, east, north) in &seats {
        for (other, west, south) in &seats {
            assert!(east - west < 0.05 || tiles[*one][0] >= tiles[*other][0] - 1.0, "{one} lies east of {other}");
            assert!(north - south < 0.05 || tiles[*one][1] <= tiles[*other][1] + 1.0, "{one} lies north of {other}");
        }
    }
}

fn table_equals_map(page: &mut Page) {
    let differing = page.eval(
        "[...document.querySelectorAll('.tile')].filter((tile) => { \
           const cells = document.querySelectorAll(`#table tr[data-kato='${tile.dataset.kato}'] td`); \
           return cells.length < 9 || cells[1].textContent !== tile.querySelector('.value').textContent; \
         }).map((tile) => tile.dataset.kato)",
    );
    assert_eq!(differing, json!([]), "the table says the same as the map");
    assert_eq!(page.eval("document.querySelectorAll('#table tbody tr').length"), json!(14));
    assert_eq!(page.eval("document.querySelectorAll('#table th[scope]').length"), json!(10 + 14));
    assert_eq!(page.eval("document.querySelector('#table caption').textContent.length > 10"), json!(true));
}

/// What stands on the tiles is what the API answers.
fn values_are_the_apis(page: &mut Page, map: &Value) {
    let counts = page.eval(
        "Object.fromEntries([...document.querySelectorAll('#table tr[data-kato]')].map((row) => [row.dataset.kato, row.cells[1].textContent]))",
    );
    for feature in map["features"].as_array().expect("features") {
        let shown = &counts[feature["id"].as_str().expect("a code")];
        assert_eq!(shown, &json!(feature["properties"]["count"].to_string()), "{}", feature["id"]);
    }
    let alerts = page.eval("[...document.querySelectorAll('.tile.alert')].map((tile) => tile.dataset.kato)");
    let expected: Vec<&Value> = map["features"]
        .as_array()
        .expect("features")
        .iter()
        .filter(|feature| feature["properties"]["alert"] == true)
        .map(|feature| &feature["id"])
        .collect();
    let mut shown: Vec<&Value> = alerts.as_array().expect("tiles").iter().collect();
    shown.sort_by_key(|kato| kato.to_string());
    assert_eq!(shown, expected);
    assert!(alerts.as_array().is_some_and(|alerts| alerts.contains(&json!(TEMIRTAU))), "{alerts}");
    assert_eq!(page.eval("document.querySelectorAll('#history circle').length >= 3"), json!(true));
    assert_eq!(page.eval("document.querySelectorAll('#forms li').length >= 3"), json!(true));
}

fn keyboard_reaches_everything(page: &mut Page) {
    page.eval("document.activeElement.blur()");
    let mut met = Vec::new();
    for _ in 0..40 {
        page.press("Tab");
        met.push(page.eval(
            "document.activeElement.id || document.activeElement.dataset.kato || document.activeElement.tagName",
        ));
    }
    for expected in ["indicator", "unit", "period", "method", "print", "logout", TEMIRTAU, "355200000"] {
        assert!(met.contains(&json!(expected)), "{expected} among {met:?}");
    }
    let tiles = met.iter().filter(|id| id.as_str().is_some_and(|id| id.starts_with("35"))).count();
    assert!(tiles >= 13, "{met:?}");
    // What has the focus is seen to have it.
    page.eval("document.querySelector('.tile[data-kato=\"351000000\"]').focus()");
    page.press("ArrowLeft");
    assert_eq!(page.eval("document.activeElement.dataset.kato"), json!("352200000"), "Saran lies west of Karaganda");
    assert_ne!(page.eval("getComputedStyle(document.activeElement).outlineStyle"), json!("none"));
    page.press("ArrowUp");
    assert_eq!(page.eval("document.activeElement.dataset.kato"), json!(TEMIRTAU));
    page.press("Enter");
    page.wait_for("document.querySelector('.tile[data-kato=\"352400000\"]').getAttribute('aria-pressed') === 'true'");
    assert_eq!(page.eval("document.getElementById('detail-heading').textContent.includes('Темиртау')"), json!(true));
    assert_eq!(page.eval("document.activeElement.dataset.kato"), json!(TEMIRTAU), "the focus stays");
    page.picture(&picture("selected.png"));
}

/// Contrast of every text of 4.5 or more (WCAG 2.2, 1.4.3), a name for everything that one can use.
fn words_are_read_well(page: &mut Page) {
    let poor = page.eval(
        "(() => { const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number); \
           const light = (rgb) => rgb.slice(0, 3).map((v) => { const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }) \
             .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0); \
           const ground = (element) => { for (let at = element; at; at = at.parentElement) { const rgb = parse(getComputedStyle(at).backgroundColor); \
             if (rgb.length === 3 || rgb[3] > 0.99) return rgb; } return [255, 255, 255]; }; \
           const found = []; \
           for (const element of document.querySelectorAll('body *')) { \
             const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()); \
             if (!own || element.tagName === 'OPTION' || element.tagName === 'NOSCRIPT' || element.getClientRects().length === 0) continue; \
             const style = getComputedStyle(element); const svg = element instanceof SVGElement; \
             const [one, other] = [light(parse(svg ? style.fill : style.color)), light(ground(svg ? element.closest('div') : element))].sort((a, b) => b - a); \
             const ratio = (one + 0.05) / (other + 0.05); if (ratio < 4.5) found.push(`${element.tagName} ${element.className} ${ratio.toFixed(2)} ${element.textContent.slice(0, 30)}`); \
           } return found; })()",
    );
    assert_eq!(poor, json!([]), "texts with too little contrast");
    let nameless = page.eval(
        "[...document.querySelectorAll('button, select, input, [role=img], [role=region]')].filter((element) => element.getClientRects().length > 0 \
         && !(element.labels?.length || element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.textContent.trim())) \
         .map((element) => element.outerHTML.slice(0, 80))",
    );
    assert_eq!(nameless, json!([]), "everything has a name");
}

fn languages_switch(page: &mut Page) {
    let words = "[...document.querySelectorAll('[data-word]')].map((element) => element.textContent)";
    let russian = page.eval(words);
    for (language, title) in [("kk", "Тәуекел картасы"), ("en", "Risk map"), ("ru", "Карта риска")]
    {
        page.eval(&format!("document.querySelector('[data-language={language}]').click()"));
        drawn(page, language, "facts");
        assert_eq!(page.eval("document.documentElement.lang"), json!(language));
        assert_eq!(page.eval(&format!("document.title.startsWith('{title}')")), json!(true));
        let now = page.eval(words);
        let same = russian
            .as_array()
            .into_iter()
            .flatten()
            .zip(now.as_array().into_iter().flatten())
            .filter(|(a, b)| a == b)
            .count();
        assert!(language == "ru" || same == 0, "{same} texts stayed Russian in {language}: {now}");
        page.picture(&picture(&format!("language-{language}.png")));
    }
}

fn choices_are_followed(page: &mut Page) {
    choose(page, "indicator", "bullying");
    drawn(page, "ru", "bullying");
    table_equals_map(page);
    choose(page, "indicator", "composite");
    drawn(page, "ru", "composite");
    page.picture(&picture("composite.png"));
    choose(page, "indicator", "facts");
    drawn(page, "ru", "facts");
    let heading = |says: &str| format!("document.getElementById('map-heading').textContent.includes('{says}')");
    choose(page, "unit", "quarter");
    page.wait_for(&heading("кв."));
    choose(page, "unit", "month");
    page.wait_for(&format!("!{}", heading("кв.")));
    choose(page, "unit", "year");
    choose(page, "period", "2026-01-01/2026-12-31");
    page.wait_for(&heading(", 2026 ·"));
    choose(page, "method", "protected");
    page.wait_for("document.getElementById('notes').textContent.includes('защищены')");
    table_equals_map(page);
    choose(page, "method", "exact");
    page.wait_for("!document.getElementById('notes').textContent.includes('защищены')");
}

fn it_fits_a_phone(page: &mut Page) {
    for (width, height) in [(320, 640), (360, 740), (412, 915), (768, 1024)] {
        page.resize(width, height, true);
        std::thread::sleep(std::time::Duration::from_millis(300));
        let scroll = page.eval("document.documentElement.scrollWidth - window.innerWidth");
        assert!(scroll.as_i64().is_some_and(|scroll| scroll <= 0), "{width} px scrolls sideways by {scroll}");
        assert_eq!(page.eval("window.innerWidth"), json!(width));
        let cut = page.eval(
            "[...document.querySelectorAll('.tile span')].filter((text) => text.scrollWidth > text.parentElement.clientWidth || \
             text.getBoundingClientRect().bottom > text.parentElement.getBoundingClientRect().bottom + 1).map((text) => text.textContent)",
        );
        assert_eq!(cut, json!([]), "at {width} px names are cut");
        let small = page.eval(
            "[...document.querySelectorAll('button, select')].filter((element) => { const box = element.getBoundingClientRect(); \
             return box.width > 0 && (box.width < 24 || box.height < 24); }).length",
        );
        assert_eq!(small, json!(0), "every target is large enough (WCAG 2.2, 2.5.8)");
        page.picture(&picture(&format!("phone-{width}.png")));
    }
    page.resize(1280, 900, false);
}

fn it_prints(page: &mut Page) {
    page.media("print", &[]);
    assert_eq!(
        page.eval("document.getElementById('controls').getClientRects().length"),
        json!(0),
        "controls are not printed"
    );
    assert_eq!(page.eval("document.querySelectorAll('.tile').length"), json!(13));
    assert_eq!(page.eval("document.getElementById('table').getClientRects().length"), json!(1));
    page.picture(&picture("print.png"));
    page.media("", &[]);
    page.print(&picture("print.pdf"));
    assert!(std::fs::metadata(picture("print.pdf")).is_ok_and(|file| file.len() > 10_000));
}

fn nothing_moves_for_who_wants_none(page: &mut Page) {
    let duration = "getComputedStyle(document.querySelector('.tile')).transitionDuration";
    page.media("", &[("prefers-reduced-motion", "no-preference")]);
    assert_ne!(page.eval(duration), json!("0s"));
    page.media("", &[("prefers-reduced-motion", "reduce")]);
    assert_eq!(page.eval(duration), json!("0s"));
    page.media("", &[]);
}

fn nothing_is_kept(page: &mut Page) {
    let kept =
        page.eval("[localStorage.length, sessionStorage.length, document.cookie, location.search, location.hash]");
    assert_eq!(kept, json!([0, 0, "", "", ""]));
}

/// Whoever logs out leaves nothing, a reload asks again, and a refusal is told in words.
fn it_forgets_and_refuses(page: &mut Page) {
    page.eval("document.getElementById('logout').click()");
    page.wait_for("!document.getElementById('login').hidden");
    assert_eq!(page.eval("document.querySelectorAll('.tile, #table td').length"), json!(0));
    log_in(page, "analyst.home", "not the password");
    page.wait_for("document.getElementById('login-error').textContent.length > 5");
    log_in(page, "social_pedagogue.home", PASSWORD);
    page.wait_for("document.getElementById('error').textContent.length > 5");
    assert_eq!(page.eval("document.querySelectorAll('.tile').length"), json!(0), "no right, no map");
    page.eval("document.getElementById('logout').click()");
    page.wait_for("!document.getElementById('login').hidden");
    log_in(page, "analyst.home", PASSWORD);
    drawn(page, "ru", "facts");
    assert_eq!(
        page.eval("document.getElementById('method-field').hidden"),
        json!(true),
        "exact counts are the office's"
    );
    assert_eq!(page.eval("document.getElementById('notes').textContent.includes('защищены')"), json!(true));
    page.picture(&picture("analyst.png"));
    page.call("Page.reload", json!({}));
    page.wait_for("document.readyState === 'complete' && document.getElementById('tool')?.hidden");
}
