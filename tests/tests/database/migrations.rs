//! Migrations go up, down and up again; the role of the server is as small as it must be.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};
use qorgan_storage::migrate::{migrate, revert_all};
use qorgan_storage::{Database, DatabaseSettings, policy_mirror};
use qorgan_tests::TestDatabase;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

fn names(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let rows: Vec<Name> = sql_query(query).load(connection).expect("a query");
    rows.into_iter().map(|row| row.name).collect()
}

fn settings(url: String) -> DatabaseSettings {
    DatabaseSettings { url, connections: 2, wait: std::time::Duration::from_secs(5) }
}

#[test]
fn up_down_and_up_again() {
    let database = TestDatabase::empty();
    assert!(!migrate(&database.owner_url()).expect("up").is_empty());
    assert!(migrate(&database.owner_url()).expect("again").is_empty(), "nothing is run twice");
    revert_all(&database.owner_url()).expect("down");
    let left = names(
        &mut database.owner(),
        "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
         AND relname <> '__diesel_schema_migrations'
         UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    );
    assert_eq!(left, [""; 0], "the down files leave nothing behind");
    migrate(&database.owner_url()).expect("up again");
    assert_eq!(Database::new(&settings(database.server_url())).ready(), Ok(()));
}

/// A database of an older version learns in which languages its sources are told; what an administrator wrote stays.
#[test]
fn sources_of_before_learn_the_languages() {
    const UP: [&str; 2] = [
        include_str!("../../../migrations/2026112334_sources/up.sql"),
        include_str!("../../../migrations/2026112335_risk_map_spread/up.sql"),
    ];
    const DOWN: [&str; 2] = [
        include_str!("../../../migrations/2026112335_risk_map_spread/down.sql"),
        include_str!("../../../migrations/2026112334_sources/down.sql"),
    ];
    let database = TestDatabase::new();
    let mut owner = database.owner();
    owner.batch_execute(&DOWN.concat()).expect("down");
    let own = "UPDATE child_population SET source = 'Бюро' WHERE kato = '350000000'";
    sql_query(own).execute(&mut owner).expect("a source of one's own");
    owner.batch_execute(&UP.concat()).expect("up");
    migrate(&database.owner_url()).expect("reference data are loaded");
    let told = |owner: &mut PgConnection, table: &str| {
        let query = format!("SELECT DISTINCT left(source_ru, 6) || left(source_kk, 4) AS name FROM {table}");
        names(owner, &query)
    };
    assert_eq!(told(&mut owner, "risk_map_rules"), ["Метод:Әдіс"]);
    assert_eq!(told(&mut owner, "child_population WHERE source <> 'Бюро'"), ["ОценкаОсы "]);
    let untold = names(&mut owner, "SELECT source AS name FROM child_population WHERE source_ru IS NULL");
    assert_eq!(untold, ["Бюро"]);
}

#[test]
fn two_programs_migrate_at_once() {
    let database = TestDatabase::empty();
    let url = database.owner_url();
    std::thread::scope(|scope| {
        let both = [scope.spawn(|| migrate(&url)), scope.spawn(|| migrate(&url))];
        for thread in both {
            thread.join().expect("no panic").expect("both succeed");
        }
    });
}

#[test]
fn an_owner_without_createrole_migrates_where_the_servers_role_was_made_beforehand() {
    let database = TestDatabase::empty();
    let mut owner = database.owner();
    // Roles are the cluster's: another run of this test may have left it.
    let _ = sql_query("CREATE ROLE plain_owner NOSUPERUSER NOCREATEROLE").execute(&mut owner);
    let own = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO plain_owner', current_database()); END $$";
    for statement in [own, "GRANT qorgan_server TO plain_owner"] {
        sql_query(statement).execute(&mut owner).expect("give the database away");
    }
    // Acts as that role from the first statement on.
    let as_plain = format!("{}&options=-c%20role%3Dplain_owner", database.owner_url());
    migrate(&as_plain).expect("up, without the right to make roles");
    let owned = names(
        &mut owner,
        "SELECT DISTINCT pg_get_userbyid(relowner)::text AS name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    );
    assert_eq!(owned, ["plain_owner"]);
    assert_eq!(Database::new(&settings(database.server_url())).ready(), Ok(()));
}

#[test]
fn a_database_without_migrations_or_with_a_mighty_role_is_not_ready() {
    let database = TestDatabase::empty();
    assert!(Database::new(&settings(database.server_url())).ready().is_err());
    // The owner's own connection steps down to the server's role, so it is fit to serve too.
    migrate(&database.owner_url()).expect("up");
    assert_eq!(Database::new(&settings(database.owner_url())).ready(), Ok(()));
}

#[test]
fn the_server_owns_nothing_and_reads_no_secret() {
    let database = TestDatabase::new();
    let mut owner = database.owner();
    let role: Answer = sql_query(
        "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole
             OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS answer
         FROM pg_roles r WHERE rolname = 'qorgan_server'",
    )
    .get_result(&mut owner)
    .expect("the role");
    assert!(!role.answer);
    let mut server = database.server();
    for table in ["user_credentials", "sessions", "refresh_tokens"] {
        assert!(sql_query(format!("SELECT 1 FROM {table}")).execute(&mut server).is_err(), "{table} is closed");
    }
    for statement in [
        "UPDATE audit_events SET reason = 'x'",
        "DELETE FROM audit_events",
        "DELETE FROM cases",
        "UPDATE case_contents SET body = '{}'",
        "UPDATE case_assessments SET risk_level = 'low'",
        "DELETE FROM case_assessments",
        "DELETE FROM case_contents",
        "UPDATE case_assessment_drafts SET section = 'general'",
        "UPDATE case_assessment_drafts SET organisation_id = NULL",
        "UPDATE assessment_instruments SET definition = '{}'",
        "DELETE FROM assessment_instruments",
        "INSERT INTO approval_rules VALUES ('low', false, false, now(), NULL, 'x', true)",
        "UPDATE register_fact_versions SET kind = 'x'",
        "DELETE FROM register_reports",
        "UPDATE register_import_rows SET external_id = 'x'",
        "UPDATE register_ledger SET sign = -sign",
        "DELETE FROM register_ledger",
        "UPDATE register_reconciliation_items SET outcome = 'matched'",
        "UPDATE register_reconciliation_items SET content = NULL",
        "DELETE FROM register_reconciliation_items",
        "UPDATE register_list_rules SET days = 1",
        "UPDATE register_reports SET fact_id = fact_id",
        "UPDATE register_report_links SET until = now()",
        "DELETE FROM register_report_links",
        "UPDATE register_external_references SET number = 'x'",
        "UPDATE register_match_reviews SET evidence = '[]'",
        "UPDATE protocol_versions SET source = 'x'",
        "DELETE FROM protocol_versions",
        "DELETE FROM protocol_applications",
        "UPDATE school_placement_versions SET ground = 'x'",
        "DELETE FROM school_placements",
        "UPDATE case_family_consents SET status = 'given'",
        "DELETE FROM case_family_consents",
        "UPDATE case_family_versions SET relation = 'other'",
        "UPDATE case_appointments SET starts_at = now()",
        "UPDATE legal_regimes SET name_ru = 'x'",
        "UPDATE qualification_opinions SET outcome = 'x'",
        "DELETE FROM qualification_opinions",
        "UPDATE qualification_answers SET answer = 'x'",
        "DELETE FROM qualification_items",
        "UPDATE policy_mirror SET name = 'x'",
        "UPDATE release_rules SET other_than_proposer = false",
        "UPDATE release_tables SET dimensions = '{}'",
        "UPDATE statistics_releases SET as_of = as_of",
        "UPDATE statistics_releases SET confirm_by = confirm_by - 30",
        "DELETE FROM statistics_releases",
        "UPDATE statistics_release_tables SET total = 0",
        "DELETE FROM statistics_release_tables",
        "UPDATE statistics_release_parts SET facts = 1",
        "UPDATE statistics_release_answers SET answer = 'confirmed'",
        "DELETE FROM statistics_release_answers",
        "UPDATE statistics_release_outcomes SET outcome = 'confirmed'",
        "UPDATE statistics_release_documents SET jws = 'x'",
        "DELETE FROM statistics_release_documents",
        "CREATE TABLE own (id int)",
        "UPDATE cases SET number = 'x'",
    ] {
        assert!(sql_query(statement).execute(&mut server).is_err(), "refused: {statement}");
    }
}

#[test]
fn every_table_the_server_reads_has_row_security_or_holds_no_person() {
    /// Reference data: the same for everybody.
    const PUBLIC: &[&str] = &[
        "agencies",
        "territories",
        "duty_organisations",
        "deadline_rules",
        "approval_rules",
        "consilium_rules",
        "qualification_rules",
        "child_population",
        "disclosure_rules",
        "risk_map_rules",
        "operations_rules",
        "workload_norms",
        "calendar_days",
        "legal_regimes",
        "register_list_rules",
        "school_register_grounds",
        "register_match_rules",
        "release_rules",
        "release_tables",
        "__diesel_schema_migrations",
    ];
    let database = TestDatabase::new();
    let open = names(
        &mut database.owner(),
        "SELECT relname::text AS name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm') AND NOT relrowsecurity
           AND has_table_privilege('qorgan_server', oid, 'SELECT') ORDER BY 1",
    );
    let unexpected: Vec<&String> = open.iter().filter(|table| !PUBLIC.contains(&table.as_str())).collect();
    assert!(unexpected.is_empty(), "without row security: {unexpected:?}");
}

#[test]
fn row_securitys_copy_of_the_permission_table_is_true() {
    let database = TestDatabase::new();
    let copy = policy_mirror::read(&mut database.owner()).expect("the copy");
    assert_eq!(copy, qorgan_domain::policy::mirror());
}
