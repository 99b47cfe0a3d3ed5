//! The role and the database a new cluster needs before migrations.

use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::sql_types::Bool;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::error::ClusterError;
use super::{DATABASE, OWNER_ROLE, SERVER_ROLE, urls};

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// A connection to the maintenance database as the owner.
pub(super) fn maintenance(socket_dir: &Path) -> Result<PgConnection, ClusterError> {
    PgConnection::establish(&urls::connection(socket_dir, OWNER_ROLE, "postgres")).map_err(ClusterError::Connection)
}

/// Makes the server's role and the database where they are missing.
pub(super) fn ensure_role_and_database(socket_dir: &Path) -> Result<(), ClusterError> {
    let mut connection = maintenance(socket_dir)?;
    ensure_role(&mut connection).map_err(ClusterError::Setup)?;
    ensure_database(&mut connection).map_err(ClusterError::Setup)
}

/// The role is brought to these attributes even where it exists: without them row security would not hold.
pub(super) fn ensure_role(connection: &mut PgConnection) -> diesel::QueryResult<()> {
    let found = sql_query("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'qorgan_server') AS found")
        .get_result::<Found>(connection)?
        .found;
    let verb = if found { "ALTER" } else { "CREATE" };
    connection.batch_execute(&format!(
        "{verb} ROLE {SERVER_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
    ))
}

fn ensure_database(connection: &mut PgConnection) -> diesel::QueryResult<()> {
    let found = sql_query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'qorgan') AS found")
        .get_result::<Found>(connection)?
        .found;
    if !found {
        connection.batch_execute(&format!("CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0"))?;
    }
    connection.batch_execute(&format!(
        "REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC; GRANT CONNECT ON DATABASE {DATABASE} TO {SERVER_ROLE}"
    ))
}
