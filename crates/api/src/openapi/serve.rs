//! `/openapi.json` and the pages at `/docs/`, from the program itself: they work without internet.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::problem::guide;

/// The finished document as text, made once and shared by all workers.
#[derive(Clone)]
pub struct Document(web::Bytes);

impl Document {
    /// The text of a document.
    ///
    /// # Errors
    /// When the document is not JSON.
    pub fn new(document: &OpenApi) -> Result<Self, serde_json::Error> {
        Ok(Self(super::to_text(document)?.into()))
    }
}

/// Registers `/openapi.json`, `/docs/` and `/problems/{code}`: `app.configure(serve(document))`.
pub fn serve(document: Document) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let pages = SwaggerUi::new("/docs/{_:.*}").config(
            Config::from("/openapi.json").validator_url("none").try_it_out_enabled(true).persist_authorization(false),
        );
        config
            .app_data(web::Data::new(document))
            .route("/openapi.json", web::get().to(text))
            .route("/docs", web::get().to(to_pages))
            .route("/problems", web::get().to(guide))
            .route("/problems/{code}", web::get().to(guide))
            .service(pages);
    }
}

async fn text(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}

async fn to_pages() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
