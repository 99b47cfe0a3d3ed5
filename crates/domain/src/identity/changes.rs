//! What may be made of an account or an organisation: which roles, and what nobody may do to itself.

use super::{AgencyCode, Role, may_hold};
use crate::Invalid;
use crate::ids::{OrganisationId, UserId};
use crate::policy::{Actor, RoleGrant};
use crate::words::words;

words! {
    /// Rules that keep people from locking themselves out, or from passing a check on themselves by.
    pub enum OwnAccountRule {
        /// An administrator disables its own account.
        OwnAccountDisabled = "own_account_disabled",
        /// An administrator takes the administrator's role from itself.
        OwnAdministratorRole = "own_administrator_role",
        /// An administrator deactivates the organisation it belongs to.
        OwnOrganisationInactive = "own_organisation_inactive",
        /// An administrator sets its own password without showing the present one.
        OwnPasswordReset = "own_password_reset",
    }
}

/// Checks the roles of an account of `agency`: at least one, none twice, only such as the agency may give.
///
/// # Errors
/// Every wrong one, by its place; without a place what is wrong with the list: `too_few_items` (`min`),
/// `role_repeated`, `role_not_in_agency` (`role`, `agency`).
pub fn check_roles(roles: &[RoleGrant], agency: &AgencyCode) -> Result<(), Vec<(Option<usize>, Invalid)>> {
    if roles.is_empty() {
        return Err(vec![(None, Invalid::new("too_few_items").with("min", 1))]);
    }
    let wrong = roles.iter().enumerate().filter_map(|(at, grant)| {
        let repeated = roles[..at].iter().any(|earlier| earlier.role == grant.role);
        let invalid = if repeated {
            Invalid::new("role_repeated")
        } else if may_hold(grant.role, agency) {
            return None;
        } else {
            Invalid::new("role_not_in_agency").with("role", grant.role).with("agency", agency)
        };
        Some((Some(at), invalid))
    });
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Refuses what would lock the actor out of its own account.
///
/// # Errors
/// The rule.
pub fn check_own_account(
    actor: &Actor,
    user: UserId,
    roles: Option<&[RoleGrant]>,
    disabled: Option<bool>,
) -> Result<(), OwnAccountRule> {
    if user != actor.user {
        return Ok(());
    }
    if disabled == Some(true) {
        return Err(OwnAccountRule::OwnAccountDisabled);
    }
    let keeps = |roles: &[RoleGrant]| roles.iter().any(|grant| grant.role == Role::Administrator);
    if actor.holds(Role::Administrator) && roles.is_some_and(|roles| !keeps(roles)) {
        return Err(OwnAccountRule::OwnAdministratorRole);
    }
    Ok(())
}

/// Refuses to deactivate the actor's own organisation: it would lock the actor out.
///
/// # Errors
/// [`OwnAccountRule::OwnOrganisationInactive`].
pub fn check_own_organisation(
    actor: &Actor,
    organisation: OrganisationId,
    active: Option<bool>,
) -> Result<(), OwnAccountRule> {
    if organisation == actor.organisation.id && active == Some(false) {
        return Err(OwnAccountRule::OwnOrganisationInactive);
    }
    Ok(())
}

/// Refuses to reset one's own password as somebody else's: the present one must be shown, or a stolen session
/// could take the account over.
///
/// # Errors
/// [`OwnAccountRule::OwnPasswordReset`].
pub fn check_password_reset(actor: &Actor, user: UserId) -> Result<(), OwnAccountRule> {
    if user == actor.user { Err(OwnAccountRule::OwnPasswordReset) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{AccountKind, Scope};
    use crate::policy::OrganisationRef;
    use uuid::Uuid;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn administrator() -> Actor {
        Actor {
            session: id(1).into(),
            user: id(2).into(),
            username: "admin".into(),
            display_name: "А. А.".into(),
            account_kind: AccountKind::Person,
            organisation: OrganisationRef {
                id: id(3).into(),
                agency: "UIOGUIA".parse().unwrap(),
                kato: "350000000".parse().unwrap(),
            },
            organisation_name: "Управление".into(),
            roles: vec![grant(Role::Administrator)],
        }
    }

    fn grant(role: Role) -> RoleGrant {
        RoleGrant { role, scope: Scope::Region }
    }

    #[test]
    fn every_wrong_role_is_named_by_its_place() {
        let agency = AgencyCode::new("UO").unwrap();
        assert_eq!(check_roles(&[grant(Role::Psychologist), grant(Role::Analyst)], &agency), Ok(()));
        assert_eq!(check_roles(&[], &agency).unwrap_err()[0].1.code(), "too_few_items");
        let roles = [Role::Psychologist, Role::Statistician, Role::Psychologist, Role::Administrator].map(grant);
        let wrong = check_roles(&roles, &agency).unwrap_err();
        let wrong: Vec<_> = wrong.iter().map(|(at, invalid)| (at.unwrap(), invalid.code())).collect();
        assert_eq!(wrong, [(1, "role_not_in_agency"), (2, "role_repeated"), (3, "role_not_in_agency")]);
    }

    #[test]
    fn nobody_locks_itself_out() {
        let actor = administrator();
        let (own, other) = (actor.user, id(9).into());
        let auditor = [grant(Role::Auditor)];
        let both = [grant(Role::Auditor), grant(Role::Administrator)];
        let check = |user, roles, disabled| check_own_account(&actor, user, roles, disabled);
        assert_eq!(check(own, None, Some(true)), Err(OwnAccountRule::OwnAccountDisabled));
        assert_eq!(check(own, Some(&auditor), None), Err(OwnAccountRule::OwnAdministratorRole));
        assert_eq!(check(own, Some(&both), Some(false)), Ok(()));
        assert_eq!(check(other, Some(&auditor), Some(true)), Ok(()));
        let organisation = |id, active| check_own_organisation(&actor, id, active);
        assert_eq!(organisation(actor.organisation.id, Some(false)), Err(OwnAccountRule::OwnOrganisationInactive));
        assert_eq!(organisation(actor.organisation.id, Some(true)), Ok(()));
        assert_eq!(organisation(id(9).into(), Some(false)), Ok(()));
        assert_eq!(check_password_reset(&actor, own), Err(OwnAccountRule::OwnPasswordReset));
        assert_eq!(check_password_reset(&actor, other), Ok(()));
    }
}
