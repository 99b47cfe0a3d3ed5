//! A small world: for every agency an organisation at home (Karaganda) and abroad (Temirtau), and in each a
//! user for every role that it may give. Names are made up.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use qorgan_domain::identity::{AccountKind, AgencyCode, OrganisationKind, Role, Scope, Username, may_hold};
use qorgan_domain::ids::{OrganisationId, SessionId, UserId};
use qorgan_domain::policy::{OrganisationRef, RoleGrant};
use qorgan_domain::territory::Kato;
use qorgan_storage::identity::NewOrganisation;
use qorgan_storage::identity::accounts::{NewAccount, create_account, ensure_organisation, set_duty_organisation};
use uuid::Uuid;

/// Territory of the organisations at home.
pub const HOME: &str = "351000000";
/// Territory of the foreign ones.
pub const ABROAD: &str = "352400000";

/// Agencies of the world, with the kind of their organisation. The first UO organisation is the office on duty.
const AGENCIES: &[(&str, OrganisationKind)] = &[
    ("UO", OrganisationKind::Department),
    ("UZ", OrganisationKind::Hospital),
    ("DP", OrganisationKind::PoliceUnit),
    ("UKZSP", OrganisationKind::SocialCentre),
    ("OPEKA", OrganisationKind::GuardianshipBody),
    ("KDN", OrganisationKind::Commission),
    ("DKPSISU", OrganisationKind::StatisticsOffice),
    ("PROKURATURA", OrganisationKind::ProsecutionOffice),
    ("UIOGUIA", OrganisationKind::Department),
    ("UPR", OrganisationKind::Other),
    ("AKIMAT_OBL", OrganisationKind::Department),
    ("CC111", OrganisationKind::ContactCentre),
];

/// Where a user of the world works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// In Karaganda.
    Home,
    /// In Temirtau.
    Abroad,
}

/// A user of the world with a session that is open.
#[derive(Debug, Clone)]
pub struct Person {
    /// The user.
    pub user: UserId,
    /// Its open session.
    pub session: SessionId,
    /// Its organisation.
    pub organisation: OrganisationId,
    /// Its agency.
    pub agency: String,
}

/// What stands in the template database, read back.
#[derive(Debug, Clone)]
pub struct World {
    people: BTreeMap<String, Person>,
    organisations: BTreeMap<String, OrganisationId>,
}

impl World {
    /// Reads the world of a test's database.
    #[must_use]
    pub fn read(owner: &mut PgConnection) -> Self {
        let people: Vec<PersonRow> = sql_query(
            "SELECT u.username, u.id AS user_id, s.id AS session_id, o.id AS organisation_id, o.agency_code AS agency
             FROM users u JOIN sessions s ON s.user_id = u.id JOIN organisations o ON o.id = u.organisation_id",
        )
        .load(owner)
        .expect("read the people of the world");
        let organisations: Vec<OrganisationRow> =
            sql_query("SELECT id, name FROM organisations").load(owner).expect("read the organisations of the world");
        Self {
            people: people
                .into_iter()
                .map(|row| {
                    let person = Person {
                        user: row.user_id.into(),
                        session: row.session_id.into(),
                        organisation: row.organisation_id.into(),
                        agency: row.agency,
                    };
                    (row.username, person)
                })
                .collect(),
            organisations: organisations.into_iter().map(|row| (row.name, row.id.into())).collect(),
        }
    }

    /// A user by name, such as `social_pedagogue.home`; see [`username`].
    #[must_use]
    pub fn person(&self, username: &str) -> &Person {
        self.people.get(username).unwrap_or_else(|| panic!("nobody in the world is called {username}"))
    }

    /// Somebody more, with a role in an organisation of the world (by its name) and an open session.
    pub fn hire(&mut self, owner: &mut PgConnection, username: &str, organisation: &str, role: Role) -> &Person {
        let place = self.organisation(organisation);
        let side = if organisation.ends_with(Side::Abroad.word()) { Side::Abroad } else { Side::Home };
        let reference = OrganisationRef {
            id: place,
            agency: AgencyCode::new("UO").expect("an agency code"),
            kato: Kato::new(side.kato()).expect("a KATO code"),
        };
        account(owner, username, &reference, role, scope(role), Utc::now());
        *self = Self::read(owner);
        self.person(username)
    }

    /// An organisation by name: `UZ home`, `school abroad`.
    #[must_use]
    pub fn organisation(&self, name: &str) -> OrganisationId {
        *self.organisations.get(name).unwrap_or_else(|| panic!("no organisation of the world is called {name}"))
    }
}

/// The name of the user who holds a role on a side.
#[must_use]
pub fn username(role: Role, side: Side) -> String {
    format!("{role}.{}", side.word())
}

impl Side {
    const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Abroad => "abroad",
        }
    }

    /// The territory of its organisations.
    #[must_use]
    pub const fn kato(self) -> &'static str {
        match self {
            Self::Home => HOME,
            Self::Abroad => ABROAD,
        }
    }
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    username: String,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Text)]
    agency: String,
}

#[derive(QueryableByName)]
struct OrganisationRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Builds the world in a migrated database.
pub fn build(owner: &mut PgConnection) {
    let now = Utc::now();
    for side in [Side::Home, Side::Abroad] {
        let mut offices: BTreeMap<&str, OrganisationRef> = BTreeMap::new();
        for (agency, kind) in AGENCIES {
            let office = organisation(owner, agency, side, *kind, &format!("{agency} {}", side.word()), now);
            let kato = office.kato.clone();
            let from = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
            set_duty_organisation(owner, &office, &kato, from, now).expect("name the duty organisation");
            offices.insert(agency, office);
        }
        let school = organisation(owner, "UO", side, OrganisationKind::School, &format!("school {}", side.word()), now);
        for role in Role::ALL {
            // Those who work with children of a school work in it; so does the supervisor that the
            // tests of foreign organisations use. Everybody else works in the office of an agency.
            let place = if school_role(*role) {
                &school
            } else {
                AGENCIES
                    .iter()
                    .filter_map(|(agency, _)| offices.get(agency))
                    .find(|office| may_hold(*role, &office.agency))
                    .unwrap_or_else(|| panic!("no agency of the world may have a {role}"))
            };
            account(owner, &username(*role, side), place, *role, scope(*role), now);
        }
        account(
            owner,
            &format!("supervisor.office.{}", side.word()),
            &offices["UO"],
            Role::Supervisor,
            Scope::Territory,
            now,
        );
        account(
            owner,
            &format!("pedagogue.second.{}", side.word()),
            &school,
            Role::SocialPedagogue,
            Scope::Organisation,
            now,
        );
    }
}

const fn school_role(role: Role) -> bool {
    matches!(role, Role::SocialPedagogue | Role::Psychologist | Role::Supervisor)
}

/// The scope in which the users of the world hold a role.
#[must_use]
pub const fn scope(role: Role) -> Scope {
    match role {
        Role::HotlineOperator => Scope::Own,
        Role::Statistician | Role::Administrator | Role::Auditor => Scope::Region,
        _ => Scope::Organisation,
    }
}

fn organisation(
    owner: &mut PgConnection,
    agency: &str,
    side: Side,
    kind: OrganisationKind,
    name: &str,
    now: DateTime<Utc>,
) -> OrganisationRef {
    let reference = OrganisationRef {
        id: Uuid::now_v7().into(),
        agency: AgencyCode::new(agency).expect("an agency code"),
        kato: Kato::new(side.kato()).expect("a KATO code"),
    };
    let new = NewOrganisation { reference: reference.clone(), kind, name: name.to_owned(), name_kk: None };
    let id = ensure_organisation(owner, &new, now).expect("make an organisation");
    OrganisationRef { id, ..reference }
}

fn account(
    owner: &mut PgConnection,
    username: &str,
    place: &OrganisationRef,
    role: Role,
    scope: Scope,
    now: DateTime<Utc>,
) {
    let kind = if role == Role::HotlineOperator { AccountKind::Service } else { AccountKind::Person };
    let new = NewAccount {
        username: Username::new(username).expect("a user name"),
        display_name: format!("Made-up {username}"),
        kind,
        organisation: place.id,
        roles: vec![RoleGrant { role, scope }],
        password_hash: None,
    };
    let user = create_account(owner, &new, now).expect("make an account");
    sql_query("INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(user.as_uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now + Duration::days(3650))
        .execute(owner)
        .expect("open a session");
}
