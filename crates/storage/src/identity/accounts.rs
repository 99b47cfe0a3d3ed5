//! Accounts and organisations as the owner of the database keeps them: for the command line and for made-up data.
//!
//! The owner is not bound by row security, so nothing here may be reached from a request. Each change is audited
//! without an actor, with the reason `owner`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::identity::{AccountKind, AgencyCode, OrganisationKind, Role, Scope, Username};
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef, RoleGrant};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::organisations::insert as organisation_insert;
use super::users::role_grant;
use super::{NewOrganisation, PasswordHash};
use crate::schema::{agencies, audit_events, duty_organisations, organisations, user_roles, users};
use crate::{StorageError, rows};

/// The agency that keeps users and reference data, and the region it works in.
const ADMINISTRATION: (&str, &str) = ("UIOGUIA", "350000000");

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name it logs in with.
    pub username: Username,
    /// The name that colleagues see.
    pub display_name: String,
    /// A person's or a program's.
    pub kind: AccountKind,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Its roles, no role twice. Whether the agency may give them the caller checks.
    pub roles: Vec<RoleGrant>,
    /// None: nobody can log in until a password is set.
    pub password_hash: Option<PasswordHash>,
}

/// An account in the command line's list.
#[derive(Debug, Clone)]
pub struct AccountSummary {
    /// The name it logs in with.
    pub username: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// A person's or a program's.
    pub kind: AccountKind,
    /// The name of its organisation.
    pub organisation: String,
    /// The organisation's agency.
    pub agency: String,
    /// Its roles, by code.
    pub roles: Vec<RoleGrant>,
    /// Whether it may not be used.
    pub disabled: bool,
}

/// Makes an account.
///
/// # Errors
/// [`StorageError::Duplicate`] of `users_username_key` where the name is taken;
/// [`StorageError::MissingReference`] where there is no such organisation.
pub fn create_account(owner: &mut PgConnection, new: &NewAccount, now: DateTime<Utc>) -> Result<UserId, StorageError> {
    let id = Uuid::now_v7().into();
    owner.transaction(|owner| account_insert(owner, id, new, now))?;
    Ok(id)
}

/// The account of this user name with the organisation it belongs to, whatever else it is; made with the given id if
/// there is none.
///
/// # Errors
/// [`StorageError::MissingReference`] where there is no such organisation.
pub fn ensure_account(
    owner: &mut PgConnection,
    id: UserId,
    wanted: &NewAccount,
    now: DateTime<Utc>,
) -> Result<(UserId, OrganisationId), StorageError> {
    owner.transaction(|owner| {
        let known: Option<(Uuid, Uuid)> = users::table
            .filter(users::username.eq(wanted.username.as_str()))
            .select((users::id, users::organisation_id))
            .first(owner)
            .optional()?;
        if let Some((id, organisation)) = known {
            return Ok((id.into(), organisation.into()));
        }
        account_insert(owner, id, wanted, now)?;
        Ok((id, wanted.organisation))
    })
}

fn account_insert(
    owner: &mut PgConnection,
    id: UserId,
    new: &NewAccount,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let id = id.as_uuid();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::username.eq(new.username.as_str()),
            users::display_name.eq(&new.display_name),
            users::organisation_id.eq(new.organisation.as_uuid()),
            users::kind.eq(new.kind.as_str()),
            users::version.eq(1_i64),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(owner)?;
    let roles = new.roles.iter().map(|grant| {
        (
            user_roles::user_id.eq(id),
            user_roles::role.eq(grant.role.as_str()),
            user_roles::scope.eq(grant.scope.as_str()),
        )
    });
    diesel::insert_into(user_roles::table).values(roles.collect::<Vec<_>>()).execute(owner)?;
    if let Some(hash) = &new.password_hash {
        password_write(owner, id, hash, now)?;
    }
    audit(owner, Action::UserManage, id, now)
}

/// Makes an administrator of the region, in the office of the agency that administers; the office is made if missing.
///
/// # Errors
/// As [`create_account`].
pub fn create_administrator(
    owner: &mut PgConnection,
    username: Username,
    display_name: String,
    password_hash: PasswordHash,
    now: DateTime<Utc>,
) -> Result<UserId, StorageError> {
    owner.transaction(|owner| {
        let agency: AgencyCode = rows::parse(ADMINISTRATION.0, "agencies", "code", Uuid::nil())?;
        let kato: Kato = rows::parse(ADMINISTRATION.1, "territories", "kato", Uuid::nil())?;
        let organisation = ensure_office(owner, &agency, &kato, now)?;
        let account = NewAccount {
            username,
            display_name,
            kind: AccountKind::Person,
            organisation,
            roles: vec![RoleGrant { role: Role::Administrator, scope: Scope::Region }],
            password_hash: Some(password_hash),
        };
        create_account(owner, &account, now)
    })
}

/// All accounts, by user name.
///
/// # Errors
/// [`StorageError`].
pub fn list_accounts(owner: &mut PgConnection) -> Result<Vec<AccountSummary>, StorageError> {
    type Row = (Uuid, String, String, String, Option<DateTime<Utc>>, String, String);
    let found: Vec<Row> = users::table
        .inner_join(organisations::table)
        .order(users::username)
        .select((
            users::id,
            users::username,
            users::display_name,
            users::kind,
            users::disabled_at,
            organisations::name,
            organisations::agency_code,
        ))
        .load(owner)?;
    let roles: Vec<(Uuid, String, String)> =
        user_roles::table.order((user_roles::user_id, user_roles::role)).load(owner)?;
    found
        .into_iter()
        .map(|(id, username, display_name, kind, disabled_at, organisation, agency)| {
            let first = roles.partition_point(|(user, _, _)| *user < id);
            let roles = roles[first..].iter().take_while(|(user, _, _)| *user == id);
            Ok(AccountSummary {
                username,
                display_name,
                kind: rows::parse(&kind, "users", "kind", id)?,
                organisation,
                agency,
                roles: roles.map(|(user, role, scope)| role_grant(*user, role, scope)).collect::<Result<_, _>>()?,
                disabled: disabled_at.is_some(),
            })
        })
        .collect()
}

/// Disables an account, by which its sessions end (a trigger of the migrations), or enables it again. Answers whether
/// there is such an account.
///
/// # Errors
/// [`StorageError`].
pub fn set_disabled(
    owner: &mut PgConnection,
    username: &Username,
    disabled: bool,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    owner.transaction(|owner| {
        let Some(id) = account_id(owner, username)? else { return Ok(false) };
        diesel::update(users::table.find(id))
            .set((
                users::disabled_at.eq(disabled.then_some(now)),
                users::version.eq(users::version + 1),
                users::updated_at.eq(now),
            ))
            .execute(owner)?;
        audit(owner, Action::UserManage, id, now)?;
        Ok(true)
    })
}

/// Sets the password or client secret of an account and ends its sessions. Answers whether there is such an account.
///
/// # Errors
/// [`StorageError`].
pub fn reset_password(
    owner: &mut PgConnection,
    username: &Username,
    hash: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    owner.transaction(|owner| {
        let Some(id) = account_id(owner, username)? else { return Ok(false) };
        password_write(owner, id, hash, now)?;
        end_sessions(owner, id, "password_changed", now)?;
        audit(owner, Action::UserManage, id, now)?;
        Ok(true)
    })
}

/// The organisation of this agency, territory and name; made with the given id if there is none.
///
/// # Errors
/// [`StorageError::MissingReference`] where agency or territory is not known.
pub fn ensure_organisation(
    owner: &mut PgConnection,
    wanted: &NewOrganisation,
    now: DateTime<Utc>,
) -> Result<OrganisationId, StorageError> {
    owner.transaction(|owner| {
        one_at_a_time(owner)?;
        let known: Option<Uuid> = organisations::table
            .filter(organisations::agency_code.eq(wanted.reference.agency.as_str()))
            .filter(organisations::kato.eq(wanted.reference.kato.as_str()))
            .filter(organisations::name.eq(&wanted.name))
            .select(organisations::id)
            .first(owner)
            .optional()?;
        match known {
            Some(id) => Ok(id.into()),
            None => add_organisation(owner, wanted, now),
        }
    })
}

/// The working office of an agency in a territory: the oldest one of the kind `department`, else a new one that is
/// called like the agency.
///
/// # Errors
/// [`StorageError::MissingReference`] where the territory is not known; [`StorageError::Statement`] where the agency is not.
pub fn ensure_office(
    owner: &mut PgConnection,
    agency: &AgencyCode,
    kato: &Kato,
    now: DateTime<Utc>,
) -> Result<OrganisationId, StorageError> {
    owner.transaction(|owner| {
        one_at_a_time(owner)?;
        let known: Option<Uuid> = organisations::table
            .filter(organisations::agency_code.eq(agency.as_str()).and(organisations::kato.eq(kato.as_str())))
            .filter(organisations::kind.eq(OrganisationKind::Department.as_str()).and(organisations::active))
            .order((organisations::created_at, organisations::id))
            .select(organisations::id)
            .first(owner)
            .optional()?;
        if let Some(id) = known {
            return Ok(id.into());
        }
        let (name, name_kk): (String, Option<String>) =
            agencies::table.find(agency.as_str()).select((agencies::name_ru, agencies::name_kk)).first(owner)?;
        let reference = OrganisationRef { id: Uuid::now_v7().into(), agency: agency.clone(), kato: kato.clone() };
        add_organisation(owner, &NewOrganisation { reference, kind: OrganisationKind::Department, name, name_kk }, now)
    })
}

/// Names the organisation on duty for its agency in a territory from a day on; who was on duty until then stays in the
/// record. Naming the one that is on duty already changes nothing.
///
/// # Errors
/// [`StorageError`].
pub fn set_duty_organisation(
    owner: &mut PgConnection,
    organisation: &OrganisationRef,
    kato: &Kato,
    from: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    use duty_organisations as duty;
    owner.transaction(|owner| {
        one_at_a_time(owner)?;
        let of_place = duty::table
            .filter(duty::agency_code.eq(organisation.agency.as_str()).and(duty::kato.eq(kato.as_str())))
            .filter(duty::valid_from.le(from).and(duty::valid_to.is_null().or(duty::valid_to.gt(from))));
        let current: Option<Uuid> = of_place.select(duty::organisation_id).first(owner).optional()?;
        if current == Some(organisation.id.as_uuid()) {
            return Ok(());
        }
        diesel::update(of_place.filter(duty::valid_from.lt(from))).set(duty::valid_to.eq(from)).execute(owner)?;
        diesel::insert_into(duty::table)
            .values((
                duty::agency_code.eq(organisation.agency.as_str()),
                duty::kato.eq(kato.as_str()),
                duty::organisation_id.eq(organisation.id.as_uuid()),
                duty::valid_from.eq(from),
            ))
            .on_conflict((duty::agency_code, duty::kato, duty::valid_from))
            .do_update()
            .set(duty::organisation_id.eq(organisation.id.as_uuid()))
            .execute(owner)?;
        audit(owner, Action::OrganisationManage, organisation.id.as_uuid(), now)
    })
}

fn add_organisation(
    owner: &mut PgConnection,
    new: &NewOrganisation,
    now: DateTime<Utc>,
) -> Result<OrganisationId, StorageError> {
    organisation_insert(owner, new, now)?;
    audit(owner, Action::OrganisationManage, new.reference.id.as_uuid(), now)?;
    Ok(new.reference.id)
}

/// Two commands at once must not both find nothing and add the same thing: organisations have no natural key.
fn one_at_a_time(owner: &mut PgConnection) -> Result<(), StorageError> {
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended('organisations', 4208))").execute(owner)?;
    Ok(())
}

fn account_id(owner: &mut PgConnection, username: &Username) -> Result<Option<Uuid>, StorageError> {
    let account = users::table.filter(users::username.eq(username.as_str())).select(users::id);
    Ok(account.first(owner).optional()?)
}

// The two tables below are not in `schema`: the server never names them.

fn password_write(
    owner: &mut PgConnection,
    user: Uuid,
    hash: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sql_query(
        "INSERT INTO user_credentials (user_id, password_hash, changed_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(hash.as_str())
    .bind::<Timestamptz, _>(now)
    .execute(owner)?;
    Ok(())
}

fn end_sessions(owner: &mut PgConnection, user: Uuid, reason: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
    sql_query("UPDATE sessions SET revoked_at = $2, revoke_reason = $3 WHERE user_id = $1 AND revoked_at IS NULL")
        .bind::<SqlUuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(reason)
        .execute(owner)?;
    Ok(())
}

fn audit(owner: &mut PgConnection, action: Action, resource: Uuid, now: DateTime<Utc>) -> Result<(), StorageError> {
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::id.eq(Uuid::now_v7()),
            audit_events::at.eq(now),
            audit_events::action.eq(action.as_str()),
            audit_events::resource_kind.eq(action.resource().as_str()),
            audit_events::resource_id.eq(resource),
            audit_events::outcome.eq("done"),
            audit_events::reason.eq("owner"),
        ))
        .execute(owner)?;
    Ok(())
}
