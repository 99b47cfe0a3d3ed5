//! Whom a signal goes to that names nobody, and whom one may name.

use qorgan_domain::identity::AGENCIES_WORKING_CASES;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::signals::{DEFAULT_AGENCY, stays_at_home};
use qorgan_domain::territory::Kato;

use crate::{StorageError, Tx};

/// Whether signals may be addressed to an organisation: of an agency that does not work cases nobody would ever see
/// them.
#[must_use]
pub fn takes_signals(organisation: &OrganisationRef) -> bool {
    AGENCIES_WORKING_CASES.contains(&organisation.agency.as_str())
}

impl Tx<'_> {
    /// Whom a signal goes to that names nobody (domain.md "Routing"); none where nobody is on duty there.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn signal_addressee(&mut self, territory: &Kato) -> Result<Option<OrganisationRef>, StorageError> {
        if stays_at_home(&self.actor) {
            return Ok(Some(self.actor.organisation.clone()));
        }
        let today = self.today();
        self.duty_organisation(DEFAULT_AGENCY, territory, today)
    }
}
