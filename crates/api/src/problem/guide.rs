//! `/problems/{code}`: what `type` of a problem points to, a page that says what the code means.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::{Problem, ProblemCode};
use crate::request::Language;

/// Answers the page of one code, or of all when there is none in the address. Register it for
/// `/problems` and `/problems/{code}`.
///
/// # Errors
/// `not_found` for an unknown code.
pub async fn guide(code: Option<web::Path<String>>) -> Result<HttpResponse, Problem> {
    let codes = match code {
        None => ProblemCode::ALL.to_vec(),
        Some(code) => vec![ProblemCode::from_code(&code).ok_or(ProblemCode::NotFound)?],
    };
    let sections: String = codes.into_iter().map(section).collect();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"ru\"><head><meta charset=\"utf-8\"><title>Qorgan: problems</title></head>\n\
         <body>\n{sections}</body></html>\n"
    );
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(page))
}

/// One code with its words. All texts come from the catalogue, so nothing needs escaping.
fn section(code: ProblemCode) -> String {
    let mut section = format!("<h2 id=\"{0}\"><code>{0}</code> ({1})</h2>\n", code.as_str(), code.status().as_u16());
    for language in Language::ALL {
        section.push_str(&format!(
            "<p lang=\"{}\"><b>{}.</b> {}</p>\n",
            language.as_str(),
            code.title().in_language(*language),
            code.detail().in_language(*language),
        ));
    }
    section
}
