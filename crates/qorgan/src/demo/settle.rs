//! Organisations, accounts and duties, made as the owner of the database.

use diesel::PgConnection;
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::OrganisationRef;
use qorgan_storage::StorageError;
use qorgan_storage::identity::NewOrganisation;
use qorgan_storage::identity::accounts::{self, NewAccount};

use super::calendar::{date, opening};
use super::region::PlannedOrganisation;
use super::{DemoError, PasswordHasher, World, spoken};

/// Organisations and accounts as they stand in the database, in the order of the plan.
pub(super) struct Settled {
    pub(super) organisations: Vec<OrganisationRef>,
    pub(super) users: Vec<UserId>,
}

/// Makes what is missing of them.
pub(super) fn settle(
    owner: &mut PgConnection,
    world: &World,
    password_hash: &PasswordHasher<'_>,
) -> Result<Settled, DemoError> {
    let organisations = world
        .region
        .organisations
        .iter()
        .map(|planned| organisation(owner, planned))
        .collect::<Result<Vec<_>, StorageError>>()?;
    let mut users = Vec::with_capacity(world.staff.accounts.len());
    for planned in &world.staff.accounts {
        let organisation = organisations[planned.organisation].id;
        let wanted = NewAccount {
            username: spoken(&planned.username),
            display_name: planned.display_name.clone(),
            kind: planned.kind,
            organisation,
            roles: vec![planned.grant],
            password_hash: planned.named.then(password_hash).transpose().map_err(DemoError::Password)?,
        };
        let (user, of) = accounts::ensure_account(owner, planned.id, &wanted, opening(date(2023, 12, 4)))?;
        if of != organisation {
            return Err(DemoError::AccountTaken(planned.username.clone()));
        }
        users.push(user);
    }
    Ok(Settled { organisations, users })
}

/// The organisation, perhaps with its duty.
fn organisation(owner: &mut PgConnection, planned: &PlannedOrganisation) -> Result<OrganisationRef, StorageError> {
    let now = opening(date(2023, 12, 1));
    let mut reference = OrganisationRef { id: planned.id, agency: spoken(planned.agency), kato: spoken(planned.kato) };
    let wanted = NewOrganisation {
        reference: reference.clone(),
        kind: planned.kind,
        name: planned.name.clone(),
        name_kk: Some(planned.name_kk.clone()),
    };
    reference.id = accounts::ensure_organisation(owner, &wanted, now)?;
    if planned.on_duty {
        accounts::set_duty_organisation(owner, &reference, &reference.kato, now.date_naive(), now)?;
    }
    Ok(reference)
}
