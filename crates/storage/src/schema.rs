//! The tables as diesel sees them; `migrations/` is the truth, and the tests run every query.
//!
//! Left out: columns that only followers read (`txid`), and tables that the server reaches only
//! through functions (`sessions`, `refresh_tokens`, `user_credentials`).

#![allow(missing_docs, reason = "columns are documented in migrations/")]

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    agencies (code) {
        code -> Text,
        abbr_ru -> Text,
        name_ru -> Text,
        name_kk -> Nullable<Text>,
        name_en -> Nullable<Text>,
        kind -> Text,
        by_agreement -> Bool,
        executor -> Bool,
        provisional -> Bool,
    }
}

table! {
    audit_events (id) {
        id -> Uuid,
        seq -> BigInt,
        at -> Timestamptz,
        actor_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        action -> Text,
        resource_kind -> Text,
        resource_id -> Nullable<Uuid>,
        case_id -> Nullable<Uuid>,
        outcome -> Text,
        reason -> Nullable<Text>,
        request_id -> Nullable<Text>,
        subjects -> Array<Uuid>,
    }
}

table! {
    calendar_days (day) {
        day -> Date,
        working -> Bool,
        title_ru -> Text,
        title_kk -> Nullable<Text>,
        title_en -> Nullable<Text>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    case_assessments (id) {
        id -> Uuid,
        case_id -> Uuid,
        section -> Text,
        risk_level -> Text,
        content_id -> Uuid,
        author_id -> Uuid,
        organisation_id -> Uuid,
        completed_at -> Timestamptz,
    }
}

table! {
    case_contents (id) {
        id -> Uuid,
        case_id -> Uuid,
        section -> Text,
        organisation_id -> Uuid,
        author_id -> Uuid,
        body -> Jsonb,
        created_at -> Timestamptz,
    }
}

table! {
    case_events (id) {
        id -> Uuid,
        seq -> BigInt,
        case_id -> Uuid,
        kind -> Text,
        section -> Nullable<Text>,
        subject_id -> Nullable<Uuid>,
        data -> Jsonb,
        actor_id -> Uuid,
        organisation_id -> Uuid,
        at -> Timestamptz,
    }
}

table! {
    case_goals (id) {
        id -> Uuid,
        plan_id -> Uuid,
        case_id -> Uuid,
        position -> Integer,
        title -> Text,
    }
}

table! {
    case_notes (id) {
        id -> Uuid,
        case_id -> Uuid,
        section -> Text,
        content_id -> Uuid,
        author_id -> Uuid,
        organisation_id -> Uuid,
        created_at -> Timestamptz,
    }
}

table! {
    case_participants (case_id, organisation_id) {
        case_id -> Uuid,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        role -> Text,
        assigned_user_id -> Nullable<Uuid>,
        reason -> Text,
        added_by -> Uuid,
        added_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

table! {
    case_plans (id) {
        id -> Uuid,
        case_id -> Uuid,
        revision -> Integer,
        status -> Text,
        author_id -> Uuid,
        created_at -> Timestamptz,
        approved_by -> Nullable<Uuid>,
        approved_at -> Nullable<Timestamptz>,
    }
}

table! {
    case_reviews (id) {
        id -> Uuid,
        case_id -> Uuid,
        section -> Text,
        conclusion -> Text,
        next_review_on -> Nullable<Date>,
        content_id -> Uuid,
        author_id -> Uuid,
        organisation_id -> Uuid,
        created_at -> Timestamptz,
    }
}

table! {
    case_tasks (id) {
        id -> Uuid,
        case_id -> Uuid,
        plan_id -> Nullable<Uuid>,
        goal_id -> Nullable<Uuid>,
        title -> Text,
        section -> Text,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        due_on -> Date,
        mandatory -> Bool,
        status -> Text,
        content_id -> Nullable<Uuid>,
        finished_by -> Nullable<Uuid>,
        finished_at -> Nullable<Timestamptz>,
        waive_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        origin -> Text,
        due_at -> Timestamptz,
        code -> Nullable<Text>,
        source_id -> Nullable<Uuid>,
        after -> Array<Uuid>,
    }
}

table! {
    cases (id) {
        id -> Uuid,
        number -> Text,
        child_id -> Uuid,
        signal_id -> Nullable<Uuid>,
        title -> Text,
        description -> Text,
        grounds -> Nullable<Text>,
        stage -> Text,
        stage_since -> Timestamptz,
        risk_level -> Text,
        kato -> Text,
        lead_organisation_id -> Uuid,
        manager_id -> Nullable<Uuid>,
        review_due_on -> Nullable<Date>,
        escalated_to -> Array<Text>,
        closure_outcome -> Nullable<Text>,
        closure_reason -> Nullable<Text>,
        closure_proposed_by -> Nullable<Uuid>,
        closed_at -> Nullable<Timestamptz>,
        opened_at -> Timestamptz,
        opened_by -> Uuid,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

table! {
    children (id) {
        id -> Uuid,
        last_name -> Text,
        first_name -> Text,
        patronymic -> Nullable<Text>,
        birth_date -> Date,
        sex -> Text,
        iin -> Nullable<Text>,
        name_key -> Text,
        name_tokens -> Array<Text>,
        kato -> Text,
        organisation_id -> Nullable<Uuid>,
        organisation_agency -> Nullable<Text>,
        organisation_kato -> Nullable<Text>,
        registered_organisation_id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Uuid,
        updated_at -> Timestamptz,
    }
}

table! {
    deadline_rules (code, risk_level, valid_from) {
        code -> Text,
        risk_level -> Text,
        days -> SmallInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    duty_organisations (agency_code, kato, valid_from) {
        agency_code -> Text,
        kato -> Text,
        organisation_id -> Uuid,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

table! {
    idempotency_records (user_id, key) {
        user_id -> Uuid,
        key -> Text,
        request_hash -> Binary,
        status -> SmallInt,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

table! {
    organisations (id) {
        id -> Uuid,
        agency_code -> Text,
        kato -> Text,
        kind -> Text,
        name -> Text,
        name_kk -> Nullable<Text>,
        active -> Bool,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    outbox (id) {
        id -> Uuid,
        seq -> BigInt,
        topic -> Text,
        subject_kind -> Text,
        subject_id -> Uuid,
        created_at -> Timestamptz,
    }
}

table! {
    policy_mirror (role, agency, grant_kind, name) {
        role -> Text,
        agency -> Text,
        grant_kind -> Text,
        name -> Text,
    }
}

table! {
    register_fact_versions (fact_id, version) {
        fact_id -> Uuid,
        version -> Integer,
        kind -> Text,
        main_form -> Nullable<Text>,
        forms -> Array<Text>,
        level -> Nullable<Text>,
        occurred_on -> Date,
        kato -> Text,
        setting -> Text,
        relation -> Nullable<Text>,
        sex -> Text,
        age_years -> SmallInt,
        agency_code -> Text,
        status -> Text,
        actor_id -> Uuid,
        reason -> Nullable<Text>,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

table! {
    register_facts (id) {
        id -> Uuid,
        number -> Text,
        child_id -> Uuid,
        current_version -> Integer,
        created_at -> Timestamptz,
    }
}

table! {
    register_reports (id) {
        id -> Uuid,
        fact_id -> Uuid,
        child_id -> Uuid,
        child_role -> Text,
        occurred_on -> Date,
        description -> Text,
        external_refs -> Jsonb,
        case_id -> Nullable<Uuid>,
        reported_by -> Uuid,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        created_at -> Timestamptz,
    }
}

table! {
    signals (id) {
        id -> Uuid,
        channel -> Text,
        description -> Text,
        occurred_on -> Nullable<Date>,
        kato -> Text,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        child_id -> Nullable<Uuid>,
        reported_child -> Nullable<Jsonb>,
        urgency -> Text,
        status -> Text,
        filed_by -> Uuid,
        filed_organisation_id -> Uuid,
        received_at -> Timestamptz,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Uuid>,
        decision_reason -> Nullable<Text>,
        case_id -> Nullable<Uuid>,
        version -> BigInt,
        updated_at -> Timestamptz,
    }
}

table! {
    territories (kato) {
        kato -> Text,
        parent_kato -> Nullable<Text>,
        kind -> Text,
        name_ru -> Text,
        name_kk -> Nullable<Text>,
        name_en -> Nullable<Text>,
        seat_lat -> Nullable<Double>,
        seat_lon -> Nullable<Double>,
        population -> Nullable<Integer>,
        provisional -> Bool,
    }
}

table! {
    user_roles (user_id, role) {
        user_id -> Uuid,
        role -> Text,
        scope -> Text,
    }
}

table! {
    users (id) {
        id -> Uuid,
        username -> Text,
        display_name -> Text,
        organisation_id -> Uuid,
        kind -> Text,
        disabled_at -> Nullable<Timestamptz>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

joinable!(duty_organisations -> organisations (organisation_id));
joinable!(register_reports -> register_facts (fact_id));
joinable!(case_goals -> case_plans (plan_id));
joinable!(case_tasks -> case_plans (plan_id));
joinable!(signals -> children (child_id));
joinable!(user_roles -> users (user_id));
joinable!(users -> organisations (organisation_id));

allow_tables_to_appear_in_same_query!(
    agencies,
    audit_events,
    calendar_days,
    case_assessments,
    case_contents,
    case_events,
    case_goals,
    case_notes,
    case_participants,
    case_plans,
    case_reviews,
    case_tasks,
    cases,
    children,
    deadline_rules,
    duty_organisations,
    idempotency_records,
    organisations,
    outbox,
    policy_mirror,
    register_fact_versions,
    register_facts,
    register_reports,
    signals,
    territories,
    user_roles,
    users,
);
