//! Headers that keep browsers and caches from doing harm with our answers.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// The pages of the API document need their own scripts and styles, and nothing from elsewhere.
const DOCUMENTATION_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Everything else is data: it may load nothing and stand in no frame.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds the headers that belong to an address, leaving those that the handler set.
pub(super) fn secure(path: &str, headers: &mut HeaderMap) {
    let policy = if path.starts_with("/docs") { DOCUMENTATION_POLICY } else { DATA_POLICY };
    add(headers, header::CONTENT_SECURITY_POLICY, policy);
    add(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, header::X_FRAME_OPTIONS, "DENY");
    add(headers, header::REFERRER_POLICY, "no-referrer");
    if path.starts_with("/api/") {
        add(headers, header::CACHE_CONTROL, "no-store");
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
