//! A file of a page: its bytes, its type, its tag.

use actix_web::http::header::{self, EntityTag, IfNoneMatch};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// A file that is part of the program.
pub struct File {
    /// Its name below the page.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

impl File {
    /// Its tag: the same for the same bytes.
    fn tag(&self) -> EntityTag {
        let hash = Sha256::digest(self.bytes);
        EntityTag::new_strong(hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Answers with the file, or with 304 where the browser has it. Browsers ask each time, so that a new release shows at
    /// once.
    pub fn answer(&self, request: &HttpRequest, policy: &'static str) -> HttpResponse {
        let tag = self.tag();
        let known = match request.get_header::<IfNoneMatch>() {
            Some(IfNoneMatch::Any) => true,
            Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
            None => false,
        };
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((header::ETAG, tag.to_string()))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .insert_header((header::CONTENT_SECURITY_POLICY, policy));
        if known { response.finish() } else { response.content_type(self.media_type).body(self.bytes) }
    }
}
