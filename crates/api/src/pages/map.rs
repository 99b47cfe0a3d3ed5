//! `/map`: the risk map as a page. It uses the API like any other client, so it needs no right of its own.

use actix_web::{HttpRequest, HttpResponse, web};

use super::files::File;
use crate::problem::{Problem, ProblemCode};

/// Everything from this program alone: no script or style in the page itself, no frame, no form that leaves, nothing that
/// makes a script of a text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Where the page and its files stand, for the table of methods.
pub const PATTERNS: [&str; 2] = ["/map", "/map/{file}*"];

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! file {
    ($name:literal, $media_type:expr) => {
        File { name: $name, media_type: $media_type, bytes: include_bytes!(concat!("../../pages/map/", $name)) }
    };
}

/// The page itself.
const PAGE: File = file!("index.html", "text/html; charset=utf-8");

/// What it loads.
const FILES: &[File] = &[
    file!("style.css", "text/css; charset=utf-8"),
    file!("icon.svg", "image/svg+xml"),
    file!("layout.json", "application/json"),
    file!("app.js", SCRIPT),
    file!("api.js", SCRIPT),
    file!("charts.js", SCRIPT),
    file!("detail.js", SCRIPT),
    file!("dom.js", SCRIPT),
    file!("periods.js", SCRIPT),
    file!("tiles.js", SCRIPT),
    file!("words.js", SCRIPT),
    file!("vendor/d3.min.js", SCRIPT),
    file!("vendor/d3-LICENSE.txt", "text/plain; charset=utf-8"),
];

/// Registers the page and its files.
pub fn serve(config: &mut web::ServiceConfig) {
    config.route("/map", web::get().to(page)).route("/map/{file:.*}", web::get().to(file));
}

async fn page(request: HttpRequest) -> HttpResponse {
    PAGE.answer(&request, POLICY)
}

async fn file(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let known = FILES.iter().find(|file| file.name == name.as_str());
    let known = if name.is_empty() { Some(&PAGE) } else { known };
    Ok(known.ok_or_else(|| Problem::new(ProblemCode::NotFound))?.answer(&request, POLICY))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn text(name: &str) -> &'static str {
        let file = FILES.iter().chain([&PAGE]).find(|file| file.name == name).unwrap();
        std::str::from_utf8(file.bytes).unwrap()
    }

    #[test]
    fn what_is_asked_for_is_served() {
        for file in FILES.iter().chain([&PAGE]).filter(|file| !file.name.starts_with("vendor")) {
            let text = text(file.name);
            let local =
                text.split('"').filter_map(|part| part.strip_prefix("/map/").or_else(|| part.strip_prefix("./")));
            for name in local {
                assert!(FILES.iter().any(|file| file.name == name), "{} asks for {name}", file.name);
            }
        }
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_is_kept() {
        for file in FILES.iter().chain([&PAGE]).filter(|file| !file.name.starts_with("vendor")) {
            let text = text(file.name).replace("http://www.w3.org/2000/svg", "");
            for word in
                ["http://", "https://", "localStorage", "sessionStorage", "document.cookie", "innerHTML", "indexedDB"]
            {
                assert!(!text.contains(word), "{word} in {}", file.name);
            }
        }
        let page = text("index.html");
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("onclick"));
        assert!(page.split("<script").skip(1).all(|script| script.split('>').next().unwrap().contains("src=")));
    }

    /// Tiles may not contradict the map: what lies clearly east of another does not stand west of it.
    #[test]
    fn tiles_stand_in_their_relative_places() {
        let layout: BTreeMap<String, Value> = serde_json::from_str(text("layout.json")).unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../storage/reference/territories.json");
        let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let places: Vec<(&str, f64, f64)> = file["territories"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["parent_kato"] == "350000000" && row["seat_lat"].is_f64())
            .map(|row| {
                (row["kato"].as_str().unwrap(), row["seat_lon"].as_f64().unwrap(), row["seat_lat"].as_f64().unwrap())
            })
            .collect();
        assert_eq!(places.len(), 13);
        assert_eq!(
            places.iter().map(|place| place.0).collect::<BTreeSet<_>>(),
            layout.keys().map(String::as_str).collect()
        );
        let tile = |kato: &str, side: &str| layout[kato][side].as_u64().unwrap();
        let cells: BTreeSet<(u64, u64)> =
            places.iter().map(|place| (tile(place.0, "column"), tile(place.0, "row"))).collect();
        assert_eq!(cells.len(), 13, "no two share a cell");
        for (one, east, north) in &places {
            for (other, west, south) in &places {
                // A twentieth of a degree is a few kilometres.
                assert!(
                    east - west < 0.05 || tile(one, "column") >= tile(other, "column"),
                    "{one} lies east of {other}"
                );
                assert!(north - south < 0.05 || tile(one, "row") <= tile(other, "row"), "{one} lies north of {other}");
            }
        }
    }
}
