//! Is the server alive, can it serve.

use actix_web::{HttpResponse, get, web};
use qorgan_storage::Database;
use qorgan_storage::worker::WorkerState;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Problem, ProblemCode};

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(healthz).service(readyz);
}

/// The state of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the server can serve, and how its worker is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyView {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// The thread that chases deadlines: `leading` works, `standing_by` waits for another server's to end, `failing`
    /// could not do its last turn, `none` is not run by this server. One that fell silent makes the server not ready.
    #[schema(example = "leading")]
    worker: &'static str,
}

/// Whether the program is alive. Says nothing of the database.
#[utoipa::path(
    tag = "service",
    operation_id = "healthz",
    responses((status = 200, body = HealthView)),
    extensions(("x-permission" = json!("none"))),
)]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(HealthView { status: "ok" })
}

/// Whether the server can serve: the database answers, in the right role, with all migrations, and the worker of this
/// server, if it runs one, has not fallen silent.
#[utoipa::path(
    tag = "service",
    operation_id = "readyz",
    responses((status = 200, body = ReadyView)),
    extensions(("x-permission" = json!("none"))),
)]
#[get("/readyz")]
pub async fn readyz(database: web::Data<Database>) -> Result<HttpResponse, Problem> {
    let worker = database.worker().state();
    if worker == WorkerState::Stalled {
        tracing::warn!("not ready: the worker has fallen silent");
        return Err(Problem::new(ProblemCode::Unavailable).retry_after(2));
    }
    let state = web::block(move || database.ready()).await.map_err(|_| Problem::new(ProblemCode::Internal))?;
    match state {
        Ok(()) => Ok(HttpResponse::Ok().json(ReadyView { status: "ok", worker: worker.as_str() })),
        Err(unready) => {
            tracing::warn!(%unready, "not ready");
            Err(Problem::new(ProblemCode::Unavailable).retry_after(2))
        }
    }
}
