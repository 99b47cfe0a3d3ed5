//! One cluster for many test processes: started by the first, used by all, stopped by whoever ends the run.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::ClusterError;
use super::place::Place;
use super::postmaster::Launcher;
use super::{ClusterSettings, OWNER_ROLE, SERVER_ROLE, prepare, setup, urls};

/// How long a process waits for another that is starting or stopping the cluster.
const TURN: Duration = Duration::from_secs(180);

/// A running cluster that stays when this value is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedTestCluster {
    socket_dir: PathBuf,
}

impl SharedTestCluster {
    /// Connection string of a database as the owner (and superuser); `"postgres"` is there from the start.
    pub fn owner_url_for(&self, database: &str) -> String {
        urls::connection(&self.socket_dir, OWNER_ROLE, database)
    }

    /// Connection string of a database as the role of the server's connections.
    pub fn server_url_for(&self, database: &str) -> String {
        urls::connection(&self.socket_dir, SERVER_ROLE, database)
    }
}

/// The cluster for tests in `data_dir`, started if it is not running. It outlives this process; see [`stop_shared`].
///
/// # Errors
/// As [`super::PrivateCluster::start`]; [`ClusterError::InUse`] when another process holds the folder for minutes.
pub fn shared_for_tests(data_dir: &Path) -> Result<SharedTestCluster, ClusterError> {
    let (place, launcher) = turn(data_dir)?;
    if launcher.running().is_some() {
        launcher.wait_until_accepting(TURN)?;
    } else {
        // Not waited for: it is to outlive this process, and the system collects it then.
        drop(launcher.start(TURN)?);
    }
    let mut connection = setup::maintenance(place.socket_dir())?;
    setup::ensure_role(&mut connection).map_err(ClusterError::Setup)?;
    Ok(SharedTestCluster { socket_dir: place.socket_dir().to_owned() })
}

/// Stops the cluster for tests in `data_dir`, if it runs. Its databases stay.
///
/// # Errors
/// [`ClusterError::StopFailed`] when it does not end; [`ClusterError::InUse`] when another process holds the folder.
pub fn stop_shared(data_dir: &Path) -> Result<(), ClusterError> {
    if super::running_on(data_dir)?.is_none() {
        return Ok(());
    }
    let (_place, launcher) = turn(data_dir)?;
    launcher.running().map_or(Ok(()), |pid| launcher.stop_process(pid))
}

/// Waits for the folder's lock; the configuration is written only while no server runs that has read it.
fn turn(data_dir: &Path) -> Result<(Place, Launcher), ClusterError> {
    let settings = ClusterSettings::for_tests(data_dir);
    let deadline = Instant::now() + TURN;
    let place = loop {
        match Place::take(&settings) {
            Err(ClusterError::InUse { .. }) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(20));
            }
            other => break other?,
        }
    };
    let launcher = prepare(&place, &settings)?;
    Ok((place, launcher))
}
