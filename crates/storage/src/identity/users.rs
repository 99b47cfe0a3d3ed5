//! Accounts of people and of programs, their roles.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::identity::{AccountKind, Scope, Username};
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::table::{Relation, TABLE};
use qorgan_domain::policy::{
    Action, Actor, OrganisationRef, ResourceKind, RoleGrant, Subject, Verdict, decide, may_ever,
};
use uuid::Uuid;

use super::PasswordHash;
use crate::page::Page;
use crate::reference::organisation_ref;
use crate::schema::{organisations, user_roles, users};
use crate::unit_of_work::Attempt;
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx, rows};

/// An account.
#[derive(Debug, Clone)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The name it logs in with.
    pub username: Username,
    /// The name that colleagues see.
    pub display_name: String,
    /// A person's or a program's.
    pub kind: AccountKind,
    /// Its organisation.
    pub organisation: OrganisationRef,
    /// That organisation's name.
    pub organisation_name: String,
    /// Its roles, by code, each with its scope.
    pub roles: Vec<RoleGrant>,
    /// Since when it may not be used.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Its version, for `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl User {
    /// Refuses a change made on another version than this one.
    ///
    /// # Errors
    /// [`StorageError::Stale`].
    pub const fn at_version(&self, expected: i64) -> Result<(), StorageError> {
        if self.version == expected { Ok(()) } else { Err(StorageError::Stale) }
    }
}

/// An account to add. That its organisation may give its roles the caller has checked.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// The name it logs in with.
    pub username: Username,
    /// The name that colleagues see.
    pub display_name: String,
    /// A person's or a program's.
    pub kind: AccountKind,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Its roles, no role twice.
    pub roles: Vec<RoleGrant>,
    /// Of the initial password or of the client secret.
    pub password_hash: PasswordHash,
}

/// What changes of an account; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// The name that colleagues see.
    pub display_name: Option<String>,
    /// Its organisation.
    pub organisation: Option<OrganisationId>,
    /// All its roles, no role twice.
    pub roles: Option<Vec<RoleGrant>>,
    /// Whether it may not be used any more.
    pub disabled: Option<bool>,
}

/// Which accounts to list.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
    /// The user name of the last account of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct UserColumns {
    display_name: Option<String>,
    organisation_id: Option<Uuid>,
    /// Outer: whether it changes; inner: the column.
    disabled_at: Option<Option<DateTime<Utc>>>,
    version: i64,
    updated_at: DateTime<Utc>,
}

/// How far the actor may read accounts, derived from the permission table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    /// All of them.
    Everything,
    /// Those of the actor's organisation, and of its agency where the territory's code starts so.
    Colleagues { prefix: Option<String> },
    /// None.
    Nothing,
}

impl Reach {
    fn of(actor: &Actor) -> Self {
        let rules = TABLE.iter().filter(|rule| rule.action == Action::UserRead);
        let grants = rules.flat_map(|rule| {
            let held = actor.roles.iter().filter(|grant| rule.roles.contains(&grant.role));
            held.map(|grant| (rule.relation, grant.scope))
        });
        grants.fold(Self::Nothing, |reach, grant| match (reach, grant) {
            (Self::Everything, _) | (_, (Relation::Anyone, _)) => Self::Everything,
            (Self::Nothing, (Relation::Colleague, scope)) if scope != Scope::Own => {
                Self::Colleagues { prefix: actor.organisation.kato.prefix_of_scope(scope) }
            }
            (Self::Colleagues { prefix }, (Relation::Colleague, scope)) => {
                // All prefixes are of one code, so the shorter one holds the longer.
                let wider = actor.organisation.kato.prefix_of_scope(scope);
                Self::Colleagues { prefix: prefix.into_iter().chain(wider).min_by_key(String::len) }
            }
            (reach, _) => reach,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct AccountRow {
    id: Uuid,
    username: String,
    display_name: String,
    kind: String,
    disabled_at: Option<DateTime<Utc>>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations)]
struct OrganisationRow {
    id: Uuid,
    agency_code: String,
    kato: String,
    name: String,
}

type UserRow = (AccountRow, OrganisationRow);

impl Tx<'_> {
    /// Accounts that the actor may read, by user name.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn user_list(&mut self, filter: &UserFilter) -> Result<Page<User, String>, AccessError> {
        let action = Action::UserRead;
        self.attempt = Attempt { action, resource: None, case: None };
        if !may_ever(&self.actor, action) {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let listed = self.user_rows(filter)?;
        let page = Page::of(listed, filter.limit, |(account, _)| account.username.clone());
        let mut found = self.users_of(page.items)?;
        found.retain(|user| {
            let allowed = decide(&self.actor, action, &Subject::Account(&user.organisation)) == Verdict::Allowed;
            if !allowed {
                tracing::error!(user = %user.id, actor = %self.actor.user, "the list held what the policy refuses");
            }
            allowed
        });
        self.audit_many(action, found.iter().map(|user| user.id.as_uuid()).collect());
        Ok(Page { items: found, next: page.next })
    }

    fn user_rows(&mut self, filter: &UserFilter) -> Result<Vec<UserRow>, StorageError> {
        let mut query = users::table
            .inner_join(organisations::table)
            .select((AccountRow::as_select(), OrganisationRow::as_select()))
            .into_boxed();
        let own = &self.actor.organisation;
        query = match Reach::of(&self.actor) {
            Reach::Everything => query,
            Reach::Nothing => return Ok(Vec::new()),
            Reach::Colleagues { prefix: None } => query.filter(organisations::id.eq(own.id.as_uuid())),
            Reach::Colleagues { prefix: Some(prefix) } => query.filter(
                organisations::id
                    .eq(own.id.as_uuid())
                    // The prefix is digits only.
                    .or(organisations::agency_code
                        .eq(own.agency.as_str())
                        .and(organisations::kato.like(format!("{prefix}%")))),
            ),
        };
        if let Some(organisation) = filter.organisation {
            query = query.filter(users::organisation_id.eq(organisation.as_uuid()));
        }
        if let Some(after) = &filter.after {
            query = query.filter(users::username.gt(after));
        }
        Ok(query.order(users::username).limit(filter.limit + 1).load(self.connection)?)
    }

    /// Loads an account with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn user_for(&mut self, id: UserId, action: Action) -> Result<Authorized<User>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let user = self.user_load(id)?.ok_or(AccessError::Denied(Denial::NotFound))?;
        let actor = &self.actor;
        let user = self.decide(action, user, |user| decide(actor, action, &Subject::Account(&user.organisation)))?;
        if action == Action::UserRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(user)
    }

    fn user_load(&mut self, id: UserId) -> Result<Option<User>, StorageError> {
        let row: Option<UserRow> = users::table
            .inner_join(organisations::table)
            .filter(users::id.eq(id.as_uuid()))
            .select((AccountRow::as_select(), OrganisationRow::as_select()))
            .first(self.connection)
            .optional()?;
        Ok(self.users_of(row.into_iter().collect())?.pop())
    }

    /// Puts accounts together with their roles, in one more query for all of them.
    fn users_of(&mut self, found: Vec<UserRow>) -> Result<Vec<User>, StorageError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = found.iter().map(|(account, _)| account.id).collect();
        let roles: Vec<(Uuid, String, String)> = user_roles::table
            .filter(user_roles::user_id.eq_any(&ids))
            .order((user_roles::user_id, user_roles::role))
            .select((user_roles::user_id, user_roles::role, user_roles::scope))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|row| {
                let own = roles.iter().filter(|(user, _, _)| *user == row.0.id);
                let own = own.map(|(user, role, scope)| role_grant(*user, role, scope)).collect::<Result<_, _>>()?;
                user_of(row, own)
            })
            .collect()
    }

    /// Adds an account with its first password or client secret.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] of `users_username_key` or `users_pkey`, [`StorageError::MissingReference`].
    pub fn user_insert(&mut self, permit: &Permit, new: &NewUser) -> Result<(), StorageError> {
        diesel::insert_into(users::table)
            .values((
                users::id.eq(new.id.as_uuid()),
                users::username.eq(new.username.as_str()),
                users::display_name.eq(&new.display_name),
                users::organisation_id.eq(new.organisation.as_uuid()),
                users::kind.eq(new.kind.as_str()),
                users::version.eq(1_i64),
                users::created_at.eq(self.now),
                users::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.roles_insert(new.id, &new.roles)?;
        self.password_write(new.id, &new.password_hash)?;
        self.audit(permit.action(), new.id.as_uuid(), None);
        self.publish("user.added", ResourceKind::User, new.id.as_uuid())
    }

    /// Changes an account as it was read; answers the account as it is now.
    ///
    /// # Errors
    /// [`StorageError::Stale`], [`StorageError::MissingReference`].
    pub fn user_update(&mut self, user: &Authorized<User>, change: UserChange) -> Result<User, StorageError> {
        let columns = UserColumns {
            display_name: change.display_name,
            organisation_id: change.organisation.map(Into::into),
            disabled_at: change.disabled.map(|disabled| disabled.then(|| user.disabled_at.unwrap_or(self.now))),
            version: user.version + 1,
            updated_at: self.now,
        };
        let changed = diesel::update(users::table.find(user.id.as_uuid()))
            .filter(users::version.eq(user.version))
            .set(&columns)
            .execute(self.connection)?;
        if changed == 0 {
            return Err(StorageError::Stale);
        }
        if let Some(roles) = &change.roles {
            diesel::delete(user_roles::table.filter(user_roles::user_id.eq(user.id.as_uuid())))
                .execute(self.connection)?;
            self.roles_insert(user.id, roles)?;
        }
        self.audit(user.action(), user.id.as_uuid(), None);
        self.publish("user.updated", ResourceKind::User, user.id.as_uuid())?;
        self.user_load(user.id)?.ok_or(StorageError::Stale)
    }

    fn roles_insert(&mut self, user: UserId, roles: &[RoleGrant]) -> Result<(), StorageError> {
        let values: Vec<_> = roles
            .iter()
            .map(|grant| {
                (
                    user_roles::user_id.eq(user.as_uuid()),
                    user_roles::role.eq(grant.role.as_str()),
                    user_roles::scope.eq(grant.scope.as_str()),
                )
            })
            .collect();
        diesel::insert_into(user_roles::table).values(&values).execute(self.connection)?;
        Ok(())
    }
}

fn user_of((account, organisation): UserRow, roles: Vec<RoleGrant>) -> Result<User, StorageError> {
    let id = account.id;
    Ok(User {
        id: id.into(),
        username: rows::parse(&account.username, "users", "username", id)?,
        display_name: account.display_name,
        kind: rows::parse(&account.kind, "users", "kind", id)?,
        organisation: organisation_ref(organisation.id, &organisation.agency_code, &organisation.kato)?,
        organisation_name: organisation.name,
        roles,
        disabled_at: account.disabled_at,
        version: account.version,
        created_at: account.created_at,
        updated_at: account.updated_at,
    })
}

pub(super) fn role_grant(user: Uuid, role: &str, scope: &str) -> Result<RoleGrant, StorageError> {
    Ok(RoleGrant {
        role: rows::parse(role, "user_roles", "role", user)?,
        scope: rows::parse(scope, "user_roles", "scope", user)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::identity::Role;

    fn reach(roles: &[(Role, Scope)]) -> Reach {
        let organisation = OrganisationRef {
            id: Uuid::now_v7().into(),
            agency: "UO".parse().unwrap(),
            kato: "351000000".parse().unwrap(),
        };
        Reach::of(&Actor {
            session: Uuid::now_v7().into(),
            user: Uuid::now_v7().into(),
            username: "a.b".into(),
            display_name: "А. Б.".into(),
            account_kind: AccountKind::Person,
            organisation,
            organisation_name: "Школа".into(),
            roles: roles.iter().map(|(role, scope)| RoleGrant { role: *role, scope: *scope }).collect(),
        })
    }

    #[test]
    fn the_list_reaches_as_far_as_the_policy() {
        use Role::{Administrator, Psychologist, SocialPedagogue, Statistician, Supervisor};
        let colleagues = |prefix: Option<&str>| Reach::Colleagues { prefix: prefix.map(str::to_owned) };
        assert_eq!(reach(&[]), Reach::Nothing);
        assert_eq!(reach(&[(Statistician, Scope::Region)]), Reach::Nothing);
        assert_eq!(reach(&[(SocialPedagogue, Scope::Own)]), Reach::Nothing);
        assert_eq!(reach(&[(SocialPedagogue, Scope::Organisation)]), colleagues(None));
        assert_eq!(reach(&[(Supervisor, Scope::Territory)]), colleagues(Some("3510")));
        let several = [(Psychologist, Scope::Own), (Supervisor, Scope::Region), (SocialPedagogue, Scope::Organisation)];
        assert_eq!(reach(&several), colleagues(Some("35")));
        assert_eq!(
            reach(&[(SocialPedagogue, Scope::Organisation), (Supervisor, Scope::Territory)]),
            colleagues(Some("3510"))
        );
        assert_eq!(reach(&[(Supervisor, Scope::Region), (Administrator, Scope::Own)]), Reach::Everything);
    }
}
