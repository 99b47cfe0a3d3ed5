//! Puts the application together and serves it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use chrono::TimeDelta;
use qorgan_storage::Database;
use qorgan_storage::attachment_store::AttachmentStore;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;

use crate::auth::{PasswordSettings, Passwords, SigningKeys, TokenSettings, Tokens};
use crate::middleware::{LoginLimiter, RateQuota, RequestLimits, RightsTable, edge, rate_limit, rights_first};
use crate::openapi::{self, Document};
use crate::pages;
use crate::problem::{MethodTable, fallback};
use crate::request::{BodyLimit, ImportLimit, QueryTable};
use crate::routes;

/// Seconds that requests under way get to finish when the server stops.
const SHUTDOWN_SECONDS: u64 = 20;

/// Everything about the HTTP side that an operator sets.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Threads that speak HTTP.
    pub workers: usize,
    /// Issuer, audience and lifetime of access tokens.
    pub tokens: TokenSettings,
    /// How long a session lives without a refresh.
    pub refresh_lifetime: TimeDelta,
    /// How passwords are hashed, and how many at once.
    pub passwords: PasswordSettings,
    /// Most bytes of a body.
    pub body_limit: usize,
    /// Most bytes of a file of signals.
    pub import_limit: usize,
    /// Attached documents: the largest, and where new ones go.
    pub attachments: AttachmentSettings,
    /// Requests of one session.
    pub session_quota: RateQuota,
    /// Requests of one address without a good token.
    pub address_quota: RateQuota,
    /// Attempts to log in, of one account from one address.
    pub login_quota: RateQuota,
}

/// Attached documents: the largest, and where new ones go.
#[derive(Debug, Clone)]
pub struct AttachmentSettings {
    /// Most bytes of one document.
    pub limit: usize,
    /// Where new documents go.
    pub store: AttachmentStore,
}

/// How long a session lives without a refresh; the login routes read it.
#[derive(Debug, Clone, Copy)]
pub struct RefreshLifetime(pub TimeDelta);

/// What all workers share.
#[derive(Clone)]
struct Shared {
    database: web::Data<Database>,
    tokens: web::Data<Tokens>,
    passwords: web::Data<Passwords>,
    limits: web::Data<RequestLimits>,
    logins: web::Data<LoginLimiter>,
    methods: web::Data<MethodTable>,
    queries: web::Data<QueryTable>,
    rights: web::Data<RightsTable>,
    refresh: web::Data<RefreshLifetime>,
    import_limit: web::Data<ImportLimit>,
    attachments: web::Data<AttachmentSettings>,
    document: Document,
    body_limit: BodyLimit,
}

/// The API document, complete.
#[must_use]
pub fn document() -> OpenApi {
    let (_, mut document) =
        App::new().into_utoipa_app().openapi(openapi::base()).configure(routes::register).split_for_parts();
    openapi::complete(&mut document);
    document
}

/// Binds and starts the server; answers with it and the address it listens on.
///
/// # Errors
/// Where the address cannot be bound.
pub fn serve(settings: &ApiSettings, database: Database, keys: SigningKeys) -> io::Result<(Server, SocketAddr)> {
    let document = document();
    let shared = Shared {
        database: web::Data::new(database),
        tokens: web::Data::new(Tokens::new(keys, settings.tokens.clone())),
        passwords: web::Data::from(Arc::new(Passwords::new(settings.passwords.clone()).map_err(io::Error::other)?)),
        limits: web::Data::new(RequestLimits::new(settings.session_quota, settings.address_quota)),
        logins: web::Data::new(LoginLimiter::new(settings.login_quota)),
        methods: web::Data::new(
            MethodTable::new(&document)
                .with("/openapi.json", &["GET"])
                .with("/docs", &["GET"])
                .with("/problems", &["GET"])
                .with("/problems/{code}", &["GET"])
                .with(pages::PATTERNS[0], &["GET"])
                .with(pages::PATTERNS[1], &["GET"]),
        ),
        queries: web::Data::new(QueryTable::new(&document)),
        rights: web::Data::new(RightsTable::new(&document)),
        refresh: web::Data::new(RefreshLifetime(settings.refresh_lifetime)),
        import_limit: web::Data::new(ImportLimit(settings.import_limit)),
        attachments: web::Data::new(settings.attachments.clone()),
        document: Document::new(&document).map_err(io::Error::other)?,
        body_limit: BodyLimit(settings.body_limit),
    };
    let server = HttpServer::new(move || {
        let shared = shared.clone();
        let (app, _) = App::new().into_utoipa_app().configure(routes::register).split_for_parts();
        app.app_data(shared.database)
            .app_data(shared.tokens)
            .app_data(shared.passwords)
            .app_data(shared.limits)
            .app_data(shared.logins)
            .app_data(shared.methods)
            .app_data(shared.queries)
            .app_data(shared.rights)
            .app_data(shared.refresh)
            .app_data(shared.body_limit)
            .app_data(shared.import_limit)
            .app_data(shared.attachments)
            .configure(openapi::serve(shared.document))
            .configure(pages::serve)
            .default_service(web::route().to(fallback))
            .wrap(from_fn(rights_first))
            .wrap(from_fn(rate_limit))
            .wrap(from_fn(edge))
            .wrap(Compress::default())
    })
    .workers(settings.workers.max(1))
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .bind(settings.listen)?;
    let address = server.addrs().first().copied().unwrap_or(settings.listen);
    Ok((server.run(), address))
}
