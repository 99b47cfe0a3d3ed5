//! Accounts, sessions and organisations against a real PostgreSQL.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use qorgan_domain::identity::{AccountKind, OrganisationKind, Role, Scope};
use qorgan_domain::ids::{OrganisationId, SessionId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef, RoleGrant};
use qorgan_storage::cluster::{ClusterSettings, PrivateCluster};
use qorgan_storage::identity::accounts::{self, NewAccount};
use qorgan_storage::identity::{
    Exchange, NewOrganisation, NewSession, NewUser, OrganisationChange, OrganisationFilter, PasswordHash, Rotation,
    UserChange, UserFilter,
};
use qorgan_storage::{AccessError, Database, DatabaseSettings, Denial, Entry, EntryRefusal, Failure, StorageError, Tx};
use tempfile::TempDir;
use uuid::Uuid;

struct World {
    database: Database,
    owner: PgConnection,
    // Dropped last: PostgreSQL stops before its folder goes.
    _cluster: PrivateCluster,
    _folder: TempDir,
}

#[derive(Debug)]
enum Trouble {
    Entry(EntryRefusal),
    Access(AccessError),
}

impl From<EntryRefusal> for Trouble {
    fn from(refusal: EntryRefusal) -> Self {
        Self::Entry(refusal)
    }
}

impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        Self::Access(error.into())
    }
}

impl Failure for Trouble {
    fn refusal(&self) -> Option<&str> {
        match self {
            Self::Access(AccessError::Denied(Denial::Forbidden)) => Some("forbidden"),
            Self::Access(AccessError::Denied(Denial::NotFound)) => Some("not_found"),
            _ => None,
        }
    }
}

fn world() -> World {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("temporary folder");
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("permissions");
    let cluster = PrivateCluster::start(ClusterSettings::for_tests(folder.path().join("data"))).expect("cluster");
    qorgan_storage::migrate::migrate(&cluster.owner_url()).expect("migrated");
    let settings = DatabaseSettings { url: cluster.server_url(), connections: 4, wait: Duration::from_secs(10) };
    let owner = PgConnection::establish(&cluster.owner_url()).expect("owner");
    World { database: Database::new(&settings), owner, _cluster: cluster, _folder: folder }
}

fn now() -> DateTime<Utc> {
    "2026-03-31T09:00:00Z".parse().unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

fn grant(role: Role, scope: Scope) -> RoleGrant {
    RoleGrant { role, scope }
}

fn place(agency: &str, kato: &str) -> OrganisationRef {
    OrganisationRef { id: Uuid::now_v7().into(), agency: agency.parse().unwrap(), kato: kato.parse().unwrap() }
}

impl World {
    fn school(&mut self, name: &str, kato: &str) -> OrganisationId {
        let wanted = NewOrganisation {
            reference: place("UO", kato),
            kind: OrganisationKind::School,
            name: name.to_owned(),
            name_kk: None,
        };
        accounts::ensure_organisation(&mut self.owner, &wanted, now()).unwrap()
    }

    fn account(&mut self, username: &str, organisation: OrganisationId, roles: &[RoleGrant]) -> UserId {
        let account = NewAccount {
            username: username.parse().unwrap(),
            display_name: format!("Имя {username}"),
            kind: AccountKind::Person,
            organisation,
            roles: roles.to_vec(),
            password_hash: Some(hash(username)),
        };
        accounts::create_account(&mut self.owner, &account, now()).unwrap()
    }

    fn administrator(&mut self) -> UserId {
        let name = "admin".parse().unwrap();
        accounts::create_administrator(&mut self.owner, name, "А".into(), hash("admin"), now()).unwrap()
    }

    fn open(&self, user: UserId, refresh: Option<&[u8; 32]>) -> SessionId {
        let session = SessionId::from(Uuid::now_v7());
        let expires = now() + TimeDelta::hours(1);
        let new =
            NewSession { session, user, now: now(), expires, refresh_hash: refresh, action: "login", request_id: "r" };
        self.database.session_open(&new).unwrap();
        session
    }

    fn rotate(&self, old_hash: &[u8; 32], new_hash: &[u8; 32], at: DateTime<Utc>) -> Rotation {
        let expires = now() + TimeDelta::days(30);
        let exchange = Exchange { old_hash, new_hash, now: at, expires, request_id: "r" };
        self.database.refresh_rotate(&exchange).unwrap()
    }

    fn run<T>(&self, session: SessionId, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let entry = Entry { session, now: now(), request_id: "r".into(), idempotency: None };
        self.database.run(&entry, work)
    }

    fn enters(&self, session: SessionId) -> Result<(), EntryRefusal> {
        match self.run(session, |_| Ok(())) {
            Ok(()) => Ok(()),
            Err(Trouble::Entry(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn refresh_tokens_rotate_and_a_reused_one_ends_its_session() {
    let world = &mut world();
    let user = world.administrator();
    let [one, two, three] = [[1; 32], [2; 32], [3; 32]];
    let session = world.open(user, Some(&one));
    let rotate = |old, new, at| world.rotate(old, new, at);

    assert_eq!(rotate(&[9; 32], &three, now()), Rotation::Unknown);
    let Rotation::Rotated(owner) = rotate(&one, &two, now()) else { panic!("not rotated") };
    assert_eq!((owner.session, owner.user), (session, user));
    assert_eq!(world.enters(session), Ok(()));
    assert_eq!(rotate(&one, &three, now()), Rotation::Reused(owner));
    assert_eq!(world.enters(session), Err(EntryRefusal::Ended), "the refusal ended the session for good");
    assert_eq!(rotate(&two, &three, now()), Rotation::Expired(owner), "and its newest token with it");

    world.open(user, Some(&three));
    assert!(matches!(rotate(&three, &[4; 32], now() + TimeDelta::hours(1)), Rotation::Expired(_)));
    let session = world.open(user, Some(&[5; 32]));
    world.database.session_revoke(session, now(), "logout").unwrap();
    assert_eq!(world.enters(session), Err(EntryRefusal::Ended));
    assert!(matches!(rotate(&[5; 32], &[6; 32], now()), Rotation::Expired(_)));
}

#[test]
fn every_log_in_and_refresh_is_audited() {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let world = &mut world();
    let user = world.administrator();
    world.open(user, Some(&[1; 32]));
    for _ in 0..2 {
        world.rotate(&[1; 32], &[2; 32], now());
    }
    world.rotate(&[9; 32], &[8; 32], now());
    let lines: Vec<Line> = diesel::sql_query(
        "SELECT concat_ws(' ', action, outcome, reason, (resource_id IS NOT NULL)::text) AS line FROM audit_events \
         WHERE resource_kind = 'session' ORDER BY seq",
    )
    .load(&mut world.owner)
    .unwrap();
    let lines: Vec<_> = lines.iter().map(|row| row.line.as_str()).collect();
    assert_eq!(
        lines,
        ["login done true", "refresh done true", "refresh refused reused true", "refresh refused unknown false"]
    );
}

#[test]
fn a_password_or_a_disabled_account_takes_effect_at_once() {
    let world = &mut world();
    let user = world.administrator();
    let (here, elsewhere) = (world.open(user, None), world.open(user, Some(&[7; 32])));
    let account = world.database.account_for_login("admin").unwrap().unwrap();
    assert_eq!((account.user, account.kind, account.disabled), (user, AccountKind::Person, false));
    assert_eq!(account.password_hash, hash("admin"));
    assert!(!format!("{account:?}").contains("\"admin\""));
    assert!(world.database.account_for_login("nobody").unwrap().is_none());

    world.run(here, |tx| Ok(tx.own_password_set(&hash("new"))?)).unwrap();
    assert_eq!(world.enters(here), Ok(()), "one's own session goes on");
    assert_eq!(world.enters(elsewhere), Err(EntryRefusal::Ended));
    assert_eq!(world.database.account_for_login("admin").unwrap().unwrap().password_hash, hash("new"));

    world.run(here, |tx| Ok(tx.own_session_end()?)).unwrap();
    assert_eq!(world.enters(here), Err(EntryRefusal::Ended));

    let session = world.open(user, Some(&[8; 32]));
    let name = "admin".parse().unwrap();
    world.owner.batch_execute("UPDATE users SET disabled_at = now()").unwrap();
    assert_eq!(world.enters(session), Err(EntryRefusal::Disabled));
    assert!(matches!(world.rotate(&[8; 32], &[9; 32], now()), Rotation::Disabled(_)));
    assert!(world.database.account_for_login("admin").unwrap().unwrap().disabled);
    assert!(accounts::set_disabled(&mut world.owner, &name, false, now()).unwrap());
    assert_eq!(world.enters(session), Err(EntryRefusal::Ended), "enabling does not bring old sessions back");
    let session = world.open(user, None);
    assert_eq!(world.enters(session), Ok(()));
    assert!(accounts::reset_password(&mut world.owner, &name, &hash("reset"), now()).unwrap());
    assert_eq!(world.enters(session), Err(EntryRefusal::Ended));
    assert!(!accounts::reset_password(&mut world.owner, &"nobody".parse().unwrap(), &hash("x"), now()).unwrap());
}

#[test]
fn an_administrator_keeps_accounts_and_others_see_their_colleagues() {
    let world = &mut world();
    let administrator = world.administrator();
    let (karaganda, temirtau) = (world.school("Школа 1", "351000000"), world.school("Школа 2", "352400000"));
    let pedagogue = [grant(Role::SocialPedagogue, Scope::Organisation)];
    let colleague = world.account("pedagogue", karaganda, &pedagogue);
    let foreign = world.account("pedagogue2", temirtau, &pedagogue);
    let statistician = world.account("statistician", temirtau, &[grant(Role::Statistician, Scope::Region)]);
    let admin = world.open(administrator, None);

    let new = NewUser {
        id: Uuid::now_v7().into(),
        username: "new.user".parse().unwrap(),
        display_name: "Новая".into(),
        kind: AccountKind::Person,
        organisation: karaganda,
        roles: vec![grant(Role::Psychologist, Scope::Organisation), grant(Role::Analyst, Scope::Region)],
        password_hash: hash("first"),
    };
    let insert = |new: &NewUser| {
        world.run(admin, |tx| {
            let permit = tx.authorize(Action::UserManage)?;
            Ok(tx.user_insert(&permit, new)?)
        })
    };
    insert(&new).unwrap();
    assert_eq!(world.database.account_for_login("new.user").unwrap().unwrap().password_hash, hash("first"));
    let twin = NewUser { id: Uuid::now_v7().into(), ..new.clone() };
    let Err(Trouble::Access(AccessError::Storage(StorageError::Duplicate { constraint }))) = insert(&twin) else {
        panic!("the name is taken")
    };
    assert_eq!(constraint, "users_username_key");

    let list = |session, filter: &UserFilter| {
        let page = world.run(session, |tx| Ok(tx.user_list(filter)?))?;
        Ok::<_, Trouble>((page.items.iter().map(|user| user.username.to_string()).collect::<Vec<_>>(), page.next))
    };
    let three = UserFilter { limit: 3, ..UserFilter::default() };
    let (names, next) = list(admin, &three).unwrap();
    assert_eq!(names, ["admin", "new.user", "pedagogue"]);
    let (names, next) = list(admin, &UserFilter { after: next, ..three }).unwrap();
    assert_eq!((names, next), (vec!["pedagogue2".into(), "statistician".into()], None));
    let all = UserFilter { limit: 50, ..UserFilter::default() };
    let (names, _) = list(world.open(colleague, None), &all).unwrap();
    assert_eq!(names, ["new.user", "pedagogue"], "only the own organisation");
    let refused = list(world.open(statistician, None), &all).unwrap_err();
    assert!(matches!(refused, Trouble::Access(AccessError::Denied(Denial::Forbidden))));

    let load = |session, id, action| world.run(session, move |tx| Ok(tx.user_for(id, action)?));
    let seen = load(world.open(colleague, None), new.id, Action::UserRead).unwrap();
    assert_eq!((seen.roles.len(), seen.version, seen.organisation.id), (2, 1, karaganda));
    let refusals = [
        (load(world.open(colleague, None), new.id, Action::UserManage), Denial::Forbidden),
        (load(world.open(foreign, None), new.id, Action::UserRead), Denial::NotFound),
        (load(world.open(foreign, None), new.id, Action::UserManage), Denial::NotFound),
        (load(world.open(statistician, None), new.id, Action::UserRead), Denial::Forbidden),
        (load(admin, Uuid::now_v7().into(), Action::UserManage), Denial::NotFound),
    ];
    for (result, expected) in refusals {
        assert!(matches!(result, Err(Trouble::Access(AccessError::Denied(denial))) if denial == expected));
    }

    let session = world.open(new.id, None);
    let roles = vec![grant(Role::Psychologist, Scope::Own)];
    let change = UserChange { roles: Some(roles.clone()), disabled: Some(true), ..UserChange::default() };
    let changed = world.run(admin, |tx| {
        let user = tx.user_for(new.id, Action::UserManage)?;
        let changed = tx.user_update(&user, change)?;
        let stale = tx.user_update(&user, UserChange::default());
        assert!(matches!(stale, Err(StorageError::Stale)), "the version that was read has passed");
        Ok(changed)
    });
    let changed = changed.unwrap();
    assert_eq!((changed.roles, changed.version, changed.disabled_at), (roles, 2, Some(now())));
    assert_eq!(changed.display_name, "Новая", "what is not named stays");
    assert_eq!(world.enters(session), Err(EntryRefusal::Disabled));
    let names: Vec<_> = accounts::list_accounts(&mut world.owner).unwrap();
    let listed = names.iter().find(|account| account.username == "new.user").unwrap();
    assert!(listed.disabled && listed.roles.len() == 1 && listed.agency == "UO");
}

#[test]
fn organisations_are_kept_by_administrators_and_read_by_all() {
    let world = &mut world();
    let administrator = world.administrator();
    let again = accounts::ensure_office(
        &mut world.owner,
        &"UIOGUIA".parse().unwrap(),
        &"350000000".parse().unwrap(),
        now() + TimeDelta::days(1),
    );
    let admin = world.open(administrator, None);
    let actor = world.run(admin, |tx| Ok(tx.actor().clone())).unwrap();
    assert_eq!(actor.organisation.id, again.unwrap(), "the office is made once");

    let school = world.school("Школа", "351000000");
    assert_eq!(world.school("Школа", "351000000"), school);
    let other = world.school("Школа", "352400000");
    let reader = world.account("pedagogue", school, &[grant(Role::SocialPedagogue, Scope::Organisation)]);
    let reader = world.open(reader, None);

    let new = NewOrganisation {
        reference: place("UZ", "351011100"),
        kind: OrganisationKind::Clinic,
        name: "Поликлиника".into(),
        name_kk: Some("Емхана".into()),
    };
    let insert = |session, new: &NewOrganisation| {
        world.run(session, |tx| {
            let permit = tx.authorize(Action::OrganisationManage)?;
            Ok(tx.organisation_insert(&permit, new)?)
        })
    };
    assert!(matches!(insert(reader, &new), Err(Trouble::Access(AccessError::Denied(Denial::Forbidden)))));
    insert(admin, &new).unwrap();
    let nowhere = NewOrganisation { reference: place("XX", "351000000"), ..new.clone() };
    assert!(matches!(
        insert(admin, &nowhere),
        Err(Trouble::Access(AccessError::Storage(StorageError::MissingReference { constraint })))
            if constraint == "organisations_agency_code_fkey"
    ));

    let list = |filter: OrganisationFilter| {
        let page = world.run(reader, |tx| Ok(tx.organisation_list(&filter)?)).unwrap();
        (page.items.iter().map(|organisation| organisation.reference.id).collect::<Vec<_>>(), page.next)
    };
    let schools =
        OrganisationFilter { kind: Some(OrganisationKind::School), limit: 1, ..OrganisationFilter::default() };
    let (first, next) = list(schools.clone());
    let (second, last) = list(OrganisationFilter { after: next, ..schools });
    assert_eq!((first, second, last), (vec![school], vec![other], None), "the same name, told apart by id");
    let karaganda = Some("351000000".parse().unwrap());
    let (inside, _) = list(OrganisationFilter { territory: karaganda, limit: 50, ..OrganisationFilter::default() });
    assert_eq!(inside, [new.reference.id, school], "a district of the city lies in it");

    let change = OrganisationChange { name_kk: Some(None), active: Some(false), ..OrganisationChange::default() };
    let changed = world.run(admin, |tx| {
        let organisation = tx.organisation_for(school, Action::OrganisationManage)?;
        Ok(tx.organisation_update(&organisation, change)?)
    });
    let changed = changed.unwrap();
    assert_eq!((changed.version, changed.active, changed.name.as_str()), (2, false, "Школа"));
    assert_eq!(world.enters(reader), Err(EntryRefusal::Disabled), "its people are out at once");
}

#[test]
fn the_organisation_on_duty_changes_from_a_day_on() {
    let world = &mut world();
    let administrator = world.administrator();
    let session = world.open(administrator, None);
    let region = "350000000".parse().unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (one, two) = (world.school("1", "351000000"), world.school("2", "351000000"));
    for (id, from) in [(one, "2026-01-01"), (one, "2026-02-01"), (two, "2026-03-01")] {
        let organisation = OrganisationRef { id, ..place("UO", "351000000") };
        accounts::set_duty_organisation(&mut world.owner, &organisation, &region, day(from), now()).unwrap();
    }
    let karaganda = "351000000".parse().unwrap();
    let on = |at: &str| {
        let found = world.run(session, |tx| Ok(tx.duty_organisation("UO", &karaganda, day(at))?)).unwrap();
        found.map(|organisation| organisation.id)
    };
    assert_eq!([on("2025-12-31"), on("2026-02-28"), on("2026-03-01")], [None, Some(one), Some(two)]);
}
