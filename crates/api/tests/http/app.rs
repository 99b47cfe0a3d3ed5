//! The application under test: a few made-up operations, assembled as the real one is.

use std::net::SocketAddr;

use actix_http::Request;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Compress, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, HttpServer, get, patch, post, web};
use chrono::{NaiveDate, Utc};
use qorgan_api::auth::{Bearer, SigningKeys, TokenSettings, Tokens, generate_pem};
use qorgan_api::middleware::{RequestLimits, edge, rate_limit};
use qorgan_api::openapi::{self, Document};
use qorgan_api::problem::{MethodTable, Problem, ProblemCode, fallback};
use qorgan_api::request::{Body, BodyLimit, Cursor, IdempotencyKey, IfMatch, Limit, Page, Patch, PathId, Query, etag};
use qorgan_api::{query, request};
use qorgan_domain::ids::{CaseId, ChildId, SessionId, SignalId, UserId};
use qorgan_domain::text::Title;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, scope};
use uuid::Uuid;

pub const ID: &str = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";

request! {
    /// A case to open.
    #[schema(example = json!({"child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "title": "Absent for weeks", "opened_on": "2026-03-31"}))]
    pub struct OpenCase {
        /// The child.
        pub child_id: ChildId,
        /// What it is about, in a line.
        pub title: Title,
        /// When.
        pub opened_on: NaiveDate,
        /// The signal it grew from.
        pub signal_id: Option<SignalId>,
        /// What is known.
        #[schema(required = false)]
        pub facts: Vec<NewFact>,
    }

    /// A fact.
    pub struct NewFact {
        /// How often.
        pub count: i32,
        /// Whether it was seen.
        pub seen: bool,
    }

    /// A change of a case.
    #[schema(example = json!({"title": null}))]
    pub struct ChangeCase {
        /// The new title; `null` removes it.
        #[schema(value_type = Option<String>)]
        pub title: Patch<Title>,
    }
}

query! {
    /// Which cases to list.
    pub struct CaseFilter {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where to go on.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<(String, i64)>>,
        /// Only these children.
        #[param(value_type = Option<Vec<String>>, style = Form, explode = false)]
        pub child_id: Vec<ChildId>,
    }
}

/// A case as clients see it.
#[derive(Serialize, ToSchema)]
pub struct CaseView {
    /// Its id.
    id: CaseId,
    /// Its version.
    version: i64,
}

/// Open a case
///
/// Only to have an operation with everything.
#[utoipa::path(
    tag = "cases",
    params(IdempotencyKey),
    request_body = OpenCase,
    responses(
        (status = 201, description = "The case.", body = CaseView),
        (status = 409, description = "already_participant"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case.open"))),
)]
#[post("/cases")]
async fn case_open(caller: Bearer, key: IdempotencyKey, body: Body<OpenCase>) -> Result<HttpResponse, Problem> {
    let Body { value, sha256 } = body;
    Ok(HttpResponse::Created().insert_header(etag(1)).json(json!({
        "session": caller.0.session,
        "key": key.0,
        "child_id": value.child_id,
        "title": value.title,
        "opened_on": value.opened_on,
        "signal_id": value.signal_id,
        "facts": value.facts.iter().map(|fact| json!([fact.count, fact.seen])).collect::<Vec<_>>(),
        "sha256": sha256,
    })))
}

/// List cases
#[utoipa::path(
    tag = "cases",
    params(CaseFilter),
    responses((status = 200, description = "A page.", body = Page<CaseView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case.read"))),
)]
#[get("/cases")]
async fn case_list(filter: Query<CaseFilter>) -> Result<HttpResponse, Problem> {
    let next_cursor = Cursor(("2026".to_owned(), filter.0.limit.unwrap_or_default().get())).encode();
    let next_cursor = next_cursor.map_err(|error| Problem::internal(&error))?;
    let items = filter.0.child_id.iter().map(|_| CaseView { id: CaseId::from_uuid(Uuid::nil()), version: 1 });
    let next_cursor = filter.0.cursor.is_none().then_some(next_cursor);
    Ok(HttpResponse::Ok().json(Page { items: items.collect(), next_cursor }))
}

/// Change a case
#[utoipa::path(
    tag = "cases",
    params(("id" = CaseId, Path, description = "The case."), IfMatch),
    request_body = ChangeCase,
    responses((status = 200, description = "The case.", body = CaseView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case.change"))),
)]
#[patch("/cases/{id}")]
async fn case_change(id: PathId<CaseId>, version: IfMatch, body: Body<ChangeCase>) -> Result<HttpResponse, Problem> {
    if version.0 != 3 {
        return Err(Problem::new(ProblemCode::StaleVersion).with("current_version", 3));
    }
    let title = match body.value.title {
        Patch::Absent => json!("absent"),
        Patch::Null => Value::Null,
        Patch::Value(title) => json!(title),
    };
    Ok(HttpResponse::Ok().insert_header(etag(4)).json(json!({ "id": id.0, "title": title })))
}

/// Panics
#[utoipa::path(tag = "service", responses((status = 204, description = "Never.")), extensions(("x-permission" = json!("none"))))]
#[get("/panic")]
async fn panic() -> HttpResponse {
    panic!("secret of a handler");
}

/// Fails by a type of actix
#[utoipa::path(tag = "service", responses((status = 204, description = "Never.")), extensions(("x-permission" = json!("none"))))]
#[get("/foreign")]
async fn foreign() -> Result<HttpResponse, Error> {
    Err(actix_web::error::ErrorBadGateway("secret of a library"))
}

pub fn tokens() -> Tokens {
    let keys = SigningKeys::from_pems([("test", generate_pem().unwrap())]).unwrap();
    Tokens::new(keys, TokenSettings::default())
}

pub fn authorization(tokens: &Tokens) -> (header::HeaderName, String) {
    let (user, session) = (UserId::from_uuid(Uuid::now_v7()), SessionId::from_uuid(Uuid::now_v7()));
    (header::AUTHORIZATION, format!("Bearer {}", tokens.issue(user, session, Utc::now()).unwrap().token))
}

macro_rules! routes {
    () => {
        App::new().into_utoipa_app().openapi(openapi::base()).service(
            scope("/api/v1").service(case_open).service(case_list).service(case_change).service(panic).service(foreign),
        )
    };
}

/// The document of the application.
pub fn document() -> OpenApi {
    let (_, mut document) = routes!().split_for_parts();
    openapi::complete(&mut document);
    document
}

/// The application with these tokens, and with these limits of requests if any.
macro_rules! application {
    ($tokens:expr, $limits:expr) => {{
        let (app, mut document) = routes!().split_for_parts();
        openapi::complete(&mut document);
        let mut app = app
            .app_data(web::Data::new($tokens))
            .app_data(BodyLimit(4096))
            .app_data(web::Data::new(MethodTable::new(&document).with("/openapi.json", &["GET"])));
        if let Some(limits) = $limits {
            app = app.app_data(web::Data::new(limits));
        }
        app.configure(openapi::serve(Document::new(&document).unwrap()))
            .default_service(web::to(fallback))
            .wrap(from_fn(rate_limit))
            .wrap(from_fn(edge))
            .wrap(Compress::default())
    }};
}

/// The application as a service that tests call.
pub async fn service(
    tokens: &Tokens,
    limits: Option<RequestLimits>,
) -> impl Service<Request, Response = ServiceResponse<impl MessageBody + use<> + 'static>, Error = Error> + use<> {
    init_service(application!(tokens.clone(), limits)).await
}

/// The application behind a real server on this machine; it stops with the test.
pub fn listen() -> SocketAddr {
    let tokens = tokens();
    let server = HttpServer::new(move || application!(tokens.clone(), None::<RequestLimits>)).workers(1);
    let server = server.disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

/// What a client sees.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The status and code of a problem, after checking what every problem has.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        assert_eq!(problem["type"], format!("/problems/{}", problem["code"].as_str().unwrap()));
        for member in ["title", "detail", "instance"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        (self.status.as_u16(), problem["code"].as_str().unwrap().to_owned())
    }

    /// `pointer: code` of every wrong field.
    pub fn errors(&self) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let line = |error: &Value| {
            assert!(error["message"].as_str().is_some_and(|text| !text.is_empty() && !text.contains('{')), "{error}");
            format!("{}: {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())
        };
        errors.iter().map(line).collect()
    }
}

/// Calls the application as the server would: an error becomes the response that it writes.
pub async fn call<S, B>(app: &S, request: TestRequest) -> Answer
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let (status, headers, body) = match app.call(request.to_request()).await {
        Ok(response) => {
            let (status, headers) = (response.status(), response.headers().clone());
            (status, headers, response.into_body().boxed())
        }
        Err(error) => {
            let response = error.as_response_error().error_response();
            let (status, headers) = (response.status(), response.headers().clone());
            (status, headers, response.into_body())
        }
    };
    Answer { status, headers, text: text(body).await }
}

async fn text(body: BoxBody) -> String {
    let bytes = actix_web::body::to_bytes(body).await.unwrap_or_else(|_| panic!("the body broke"));
    String::from_utf8_lossy(&bytes).into_owned()
}
