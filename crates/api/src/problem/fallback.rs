//! The answer where no route matches: 404, or 405 with `Allow`, or the methods to an `OPTIONS`.

use std::collections::BTreeSet;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::{OpenApi, PathItem};

use super::{Problem, ProblemCode};

/// Which methods each address takes, read from the API document: the same registration that made the routes.
pub struct MethodTable(Vec<(ResourceDef, BTreeSet<&'static str>)>);

impl MethodTable {
    /// The table of a document.
    pub fn new(document: &OpenApi) -> Self {
        let rows = document.paths.paths.iter();
        Self(rows.map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item))).collect())
    }

    /// Adds an address that stands outside the document, such as a page.
    #[must_use]
    pub fn with(mut self, pattern: &str, methods: &[&'static str]) -> Self {
        self.0.push((ResourceDef::new(pattern), methods.iter().copied().collect()));
        self
    }

    /// The methods of an address as a list for `Allow`; `None` where there is nothing.
    fn allow(&self, path: &str) -> Option<HeaderValue> {
        let mut methods = BTreeSet::new();
        for (_, more) in self.0.iter().filter(|(pattern, _)| pattern.is_match(path)) {
            methods.extend(more);
        }
        if methods.is_empty() {
            return None;
        }
        if methods.contains("GET") {
            methods.insert("HEAD");
        }
        methods.insert("OPTIONS");
        HeaderValue::from_str(&methods.into_iter().collect::<Vec<_>>().join(", ")).ok()
    }
}

fn methods(item: &PathItem) -> BTreeSet<&'static str> {
    let operations = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
        ("HEAD", &item.head),
        ("OPTIONS", &item.options),
    ];
    operations.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name).collect()
}

/// Default service of the application. Needs `web::Data<MethodTable>`.
///
/// # Errors
/// `not_found` for an unknown address, `method_not_allowed` with `Allow` for a known one.
pub async fn fallback(request: HttpRequest, table: web::Data<MethodTable>) -> Result<HttpResponse, Problem> {
    let Some(allow) = table.allow(request.path()) else {
        return Err(Problem::new(ProblemCode::NotFound));
    };
    if request.method() == actix_web::http::Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish());
    }
    Err(Problem::new(ProblemCode::MethodNotAllowed).with_header(header::ALLOW, allow))
}
