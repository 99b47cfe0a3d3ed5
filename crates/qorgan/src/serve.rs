//! `qorgan serve`: database, migrations, demonstration data, keys, HTTP; and all of it back again.

use std::fmt::Write;
use std::net::{SocketAddr, TcpListener};

use crate::database::OpenDatabase;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::worker::RunningWorker;
use crate::{Failure, keys, output, wiring};

/// Runs the server until it is asked to stop. The private PostgreSQL stops last, also when something fails.
///
/// # Errors
/// [`Failure::Failed`] when something cannot be started, or does not stop.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    let stop = Stop::watch().map_err(Failure::of("watching for signals"))?;
    // Tried before the database is started, which may take a while: a taken port is told at once.
    drop(TcpListener::bind(settings.listen).map_err(Failure::of(format!("listening on {}", settings.listen)))?);
    let database = OpenDatabase::for_server(settings)?;
    let served = serve(settings, &stop, &database);
    let closed = database.close();
    served.and(closed)
}

fn serve(settings: &Settings, stop: &Stop, database: &OpenDatabase) -> Result<(), Failure> {
    prepare(settings, database)?;
    // With a folder of one's own choice a missing key is a mistake: a made one would differ from server to server.
    let is_own_folder = settings.token.keys == settings.data.join("keys");
    let keys = keys::load(&settings.token.keys, is_own_folder)?;
    if stop.asked() {
        return Ok(());
    }
    let pool = wiring::database(settings, &database.server_url);
    wiring::sweep_attachments(settings, &pool);
    let worker = settings
        .worker
        .run
        .then(|| RunningWorker::start(&settings.worker, &database.server_url, pool.worker().clone()))
        .transpose()
        .map_err(Failure::of("starting the worker"))?;
    let served = actix_web::rt::System::new().block_on(async {
        let (server, address) = wiring::http_server(settings, pool, keys)?;
        let handle = server.handle();
        // Graceful: requests under way are answered first.
        stop.then(move || drop(handle.stop(true)));
        output::print(&welcome(settings, database, address))?;
        server.await.map_err(Failure::of("serving HTTP"))
    });
    // Requests are answered; the worker ends its turn before the database does.
    drop(worker);
    served
}

/// Migrations and demonstration data, as far as the program may act as the owner.
fn prepare(settings: &Settings, database: &OpenDatabase) -> Result<(), Failure> {
    if database.owner_url.is_some() {
        let applied = database.migrate()?;
        tracing::info!(migrations = applied.len(), "the database is up to date");
    }
    if settings.demo {
        wiring::load_demo(settings, database)?;
    }
    Ok(())
}

/// What the person at the terminal needs next.
fn welcome(settings: &Settings, database: &OpenDatabase, address: SocketAddr) -> String {
    let url = format!("http://{}", reachable(address));
    let mut text = format!("Qorgan listens on {url}\n");
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  API documents  {url}/docs (OpenAPI: {url}/openapi.json)");
    let _ = writeln!(text, "  log in         POST {url}/api/v1/auth/login");
    if settings.demo {
        let _ = writeln!(text, "                 {}", wiring::DEMO_ACCOUNTS);
        if !address.ip().is_loopback() {
            let _ = writeln!(
                text,
                "  beware         the demo accounts are public knowledge, and this address is not only yours"
            );
        }
    } else {
        let _ = writeln!(text, "                 the first administrator is made by `qorgan user create-admin NAME`");
    }
    let _ = writeln!(text, "  database       {}", database.description());
    for notice in database.notices() {
        let _ = writeln!(text, "  note           {notice}");
    }
    let _ = writeln!(text, "  stop           Ctrl-C");
    text
}

/// An address one can type: the unspecified one stands for all of this machine's.
fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    match address.ip() {
        std::net::IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip([127, 0, 0, 1].into()),
        std::net::IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(std::net::Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
