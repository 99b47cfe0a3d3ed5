//! The tables as diesel sees them; `migrations/` is the truth, and the tests run every query.
//!
//! Left out: columns that only followers read (`txid`), and tables that the server reaches only
//! through functions (`sessions`, `refresh_tokens`, `user_credentials`).
//!
//! Long, and one file: diesel has to see all tables together that one query may join.

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
    approval_rules (risk_level, valid_from) {
        risk_level -> Text,
        supervisor -> Bool,
        other_than_author -> Bool,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    assessment_instruments (code, version) {
        code -> Text,
        version -> Integer,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        definition -> Jsonb,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
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
        withdrawn -> Bool,
        version -> BigInt,
        edited_by -> Nullable<Uuid>,
        edited_at -> Nullable<Timestamptz>,
    }
}

table! {
    case_appointments (id) {
        id -> Uuid,
        case_id -> Uuid,
        service_id -> Uuid,
        starts_at -> Timestamptz,
        member_id -> Nullable<Uuid>,
        section -> Text,
        content_id -> Uuid,
        consent_id -> Nullable<Uuid>,
        status -> Text,
        outcome_id -> Nullable<Uuid>,
        author_id -> Uuid,
        organisation_id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    case_assessment_drafts (id) {
        id -> Uuid,
        case_id -> Uuid,
        section -> Text,
        instrument_code -> Text,
        instrument_version -> Integer,
        answers -> Jsonb,
        author_id -> Uuid,
        organisation_id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
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
        instrument_code -> Nullable<Text>,
        instrument_version -> Nullable<Integer>,
        scored_risk -> Nullable<Text>,
        risk_override -> Nullable<Text>,
        states_needs -> Bool,
    }
}

table! {
    case_attachment_chunks (attachment_id, position) {
        attachment_id -> Uuid,
        position -> Integer,
        bytes -> Binary,
    }
}

table! {
    case_attachments (id) {
        id -> Uuid,
        case_id -> Uuid,
        section -> Text,
        content_id -> Uuid,
        kind -> Text,
        size_bytes -> BigInt,
        sha256 -> Binary,
        store -> Text,
        object_key -> Nullable<Text>,
        chunks -> Integer,
        author_id -> Uuid,
        organisation_id -> Uuid,
        created_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_by -> Nullable<Uuid>,
        withdrawn_content_id -> Nullable<Uuid>,
        version -> BigInt,
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
    case_deadline_steps (deadline_id, step) {
        deadline_id -> Uuid,
        step -> Text,
        case_id -> Uuid,
        at -> Timestamptz,
        told -> Nullable<Text>,
        recipients -> Integer,
    }
}

table! {
    case_deadlines (id) {
        id -> Uuid,
        case_id -> Uuid,
        kind -> Text,
        task_id -> Nullable<Uuid>,
        rule_id -> Uuid,
        state -> Text,
        started_at -> Timestamptz,
        base_due_at -> Timestamptz,
        due_at -> Timestamptz,
        remind_at -> Nullable<Timestamptz>,
        manager_at -> Nullable<Timestamptz>,
        supervisor_at -> Nullable<Timestamptz>,
        region_at -> Nullable<Timestamptz>,
        told -> Array<Text>,
        settled_at -> Nullable<Timestamptz>,
        paused_at -> Nullable<Timestamptz>,
        paused_seconds -> BigInt,
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
        actor_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        at -> Timestamptz,
        version -> Nullable<BigInt>,
    }
}

table! {
    case_family_consents (id) {
        id -> Uuid,
        seq -> BigInt,
        case_id -> Uuid,
        member_id -> Uuid,
        status -> Text,
        decided_on -> Date,
        form -> Text,
        service_id -> Nullable<Uuid>,
        author_id -> Uuid,
        organisation_id -> Uuid,
        recorded_at -> Timestamptz,
    }
}

table! {
    case_family_members (id) {
        id -> Uuid,
        case_id -> Uuid,
        version -> BigInt,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    case_family_versions (member_id, version) {
        member_id -> Uuid,
        version -> BigInt,
        case_id -> Uuid,
        relation -> Text,
        content_id -> Uuid,
        perpetrator_id -> Nullable<Uuid>,
        author_id -> Uuid,
        organisation_id -> Uuid,
        recorded_at -> Timestamptz,
    }
}

table! {
    case_follow_up_checks (id) {
        id -> Uuid,
        case_id -> Uuid,
        checked_on -> Date,
        safe -> Text,
        reopen_proposed -> Bool,
        content_id -> Uuid,
        section -> Text,
        author_id -> Uuid,
        organisation_id -> Uuid,
        created_at -> Timestamptz,
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
    case_linked_children (id) {
        id -> Uuid,
        case_id -> Uuid,
        child_id -> Uuid,
        role -> Text,
        reason -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        end_reason -> Nullable<Text>,
    }
}

table! {
    case_links (id) {
        id -> Uuid,
        case_id -> Uuid,
        other_case_id -> Uuid,
        kind -> Text,
        reason -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        end_reason -> Nullable<Text>,
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
        written_at -> Nullable<Timestamptz>,
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
        returned_by -> Nullable<Uuid>,
        returned_at -> Nullable<Timestamptz>,
        return_reason -> Nullable<Text>,
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
        written_at -> Nullable<Timestamptz>,
    }
}

table! {
    case_seen (user_id, case_id) {
        user_id -> Uuid,
        case_id -> Uuid,
        seen_at -> Timestamptz,
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
        continues -> Nullable<Uuid>,
        service -> Nullable<Text>,
        family_member -> Nullable<Text>,
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
        merged_into -> Nullable<Uuid>,
        follow_up_due_on -> Nullable<Date>,
    }
}

table! {
    child_match_reviews (id) {
        id -> Uuid,
        one_id -> Uuid,
        other_id -> Uuid,
        fact_id -> Uuid,
        status -> Text,
        one_confirmed_by -> Nullable<Uuid>,
        other_confirmed_by -> Nullable<Uuid>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    child_match_review_words (review_id, version) {
        review_id -> Uuid,
        version -> BigInt,
        same -> Bool,
        read_one -> Bool,
        read_other -> Bool,
        reason -> Text,
        said_by -> Uuid,
        said_at -> Timestamptz,
    }
}

table! {
    child_names (id) {
        id -> Uuid,
        child_id -> Uuid,
        last_name -> Text,
        first_name -> Text,
        patronymic -> Nullable<Text>,
        source -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Uuid,
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
        merged_into -> Nullable<Uuid>,
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
    clock_rules (id) {
        id -> Uuid,
        code -> Text,
        risk_level -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        allowance -> Nullable<Jsonb>,
        at_latest -> Nullable<Jsonb>,
        remind_before -> Jsonb,
        escalation -> Jsonb,
        pause_stages -> Array<Text>,
        source -> Text,
        provisional -> Bool,
        published_by -> Nullable<Uuid>,
        published_at -> Nullable<Timestamptz>,
    }
}

table! {
    consilium_conflicts (item_id, user_id) {
        item_id -> Uuid,
        user_id -> Uuid,
        ground -> Text,
        reason -> Nullable<Text>,
        told_by -> Uuid,
        told_at -> Timestamptz,
    }
}

table! {
    consilium_decisions (id) {
        id -> Uuid,
        item_id -> Uuid,
        session_id -> Uuid,
        organisation_id -> Uuid,
        case_id -> Uuid,
        outcome -> Text,
        section -> Text,
        content_id -> Uuid,
        recorded_by -> Uuid,
        decided_at -> Timestamptz,
    }
}

table! {
    consilium_items (id) {
        id -> Uuid,
        session_id -> Uuid,
        organisation_id -> Uuid,
        case_id -> Uuid,
        case_number -> Text,
        position -> Integer,
        section -> Text,
        content_id -> Uuid,
        created_by -> Uuid,
        created_at -> Timestamptz,
    }
}

table! {
    consilium_members (session_id, user_id) {
        session_id -> Uuid,
        user_id -> Uuid,
        organisation_id -> Uuid,
        agency_code -> Text,
        role -> Text,
        present -> Nullable<Bool>,
        added_at -> Timestamptz,
    }
}

table! {
    consilium_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        present_percent -> SmallInt,
        agencies_present -> SmallInt,
        preparation_days -> SmallInt,
        longest_days -> SmallInt,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    consilium_sessions (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        title -> Text,
        place -> Nullable<Text>,
        scheduled_at -> Timestamptz,
        status -> Text,
        access_from -> Timestamptz,
        access_until -> Timestamptz,
        present_percent -> SmallInt,
        agencies_present -> SmallInt,
        preparation_days -> SmallInt,
        longest_days -> SmallInt,
        opened_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        cancel_reason -> Nullable<Text>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

table! {
    consilium_votes (decision_id, user_id) {
        decision_id -> Uuid,
        user_id -> Uuid,
        vote -> Text,
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
    child_population (kato, valid_from) {
        kato -> Text,
        valid_from -> Date,
        children -> Integer,
        source -> Text,
        source_ru -> Nullable<Text>,
        source_kk -> Nullable<Text>,
        provisional -> Bool,
    }
}

table! {
    disclosure_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        max_noise -> SmallInt,
        variance -> Double,
        threshold -> SmallInt,
        hidden_below -> SmallInt,
        max_attributes -> SmallInt,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    risk_map_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        history_years -> SmallInt,
        months_around -> SmallInt,
        least_history -> SmallInt,
        alert_probability -> Double,
        region_probability -> Double,
        least_facts -> SmallInt,
        interval_z -> Double,
        sufficient_error -> Double,
        limited_error -> Double,
        spread_degrees -> Double,
        parts -> Jsonb,
        source -> Text,
        source_ru -> Nullable<Text>,
        source_kk -> Nullable<Text>,
        provisional -> Bool,
    }
}

table! {
    operations_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        smallest_for_time -> SmallInt,
        recurrence_months -> SmallInt,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    workload_norms (role, valid_from) {
        role -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        open_cases -> SmallInt,
        high_risk_cases -> SmallInt,
        children -> Nullable<Integer>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    duty_contacts (organisation_id, user_id, valid_from) {
        organisation_id -> Uuid,
        user_id -> Uuid,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        named_by -> Nullable<Uuid>,
        named_at -> Timestamptz,
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
    legal_regimes (subject, code) {
        subject -> Text,
        code -> Text,
        name_ru -> Text,
        name_kk -> Text,
        name_en -> Nullable<Text>,
        basis -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    notifications (id) {
        id -> Uuid,
        recipient_id -> Uuid,
        kind -> Text,
        case_id -> Nullable<Uuid>,
        subject_id -> Nullable<Uuid>,
        data -> Jsonb,
        created_at -> Timestamptz,
        read_at -> Nullable<Timestamptz>,
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
        part_kind -> Nullable<Text>,
        part_id -> Nullable<Uuid>,
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
    protocol_applications (id) {
        id -> Uuid,
        case_id -> Uuid,
        code -> Text,
        protocol_version -> Integer,
        cause -> Text,
        fact_id -> Nullable<Uuid>,
        applied_by -> Uuid,
        applied_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

table! {
    protocol_versions (code, version) {
        code -> Text,
        version -> Integer,
        kind -> Nullable<Text>,
        risk_levels -> Array<Text>,
        definition -> Jsonb,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
        published_at -> Timestamptz,
        published_by -> Nullable<Uuid>,
    }
}

table! {
    qualification_answers (material_id) {
        material_id -> Uuid,
        item_id -> Uuid,
        organisation_id -> Uuid,
        answer -> Nullable<Text>,
        document -> Nullable<Text>,
        answered_by -> Uuid,
        answered_at -> Timestamptz,
    }
}

table! {
    qualification_items (id) {
        id -> Uuid,
        session_id -> Uuid,
        fact_id -> Uuid,
        fact_number -> Text,
        position -> Integer,
        created_by -> Uuid,
        created_at -> Timestamptz,
        outcome -> Nullable<Text>,
        level -> Nullable<Text>,
        reason -> Nullable<Text>,
        voters -> Nullable<Array<Uuid>>,
        settled_by -> Nullable<Uuid>,
        settled_at -> Nullable<Timestamptz>,
    }
}

table! {
    qualification_materials (id) {
        id -> Uuid,
        session_id -> Uuid,
        item_id -> Uuid,
        fact_number -> Text,
        organisation_id -> Uuid,
        request -> Text,
        due_on -> Date,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        answered_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

table! {
    qualification_members (session_id, user_id) {
        session_id -> Uuid,
        user_id -> Uuid,
        organisation_id -> Uuid,
        agency_code -> Text,
        role -> Text,
        present -> Nullable<Bool>,
        added_at -> Timestamptz,
    }
}

table! {
    qualification_opinions (item_id, user_id) {
        item_id -> Uuid,
        user_id -> Uuid,
        outcome -> Text,
        level -> Nullable<Text>,
        reasons -> Text,
        given_at -> Timestamptz,
    }
}

table! {
    qualification_recusals (item_id, user_id) {
        item_id -> Uuid,
        user_id -> Uuid,
        reason -> Nullable<Text>,
        told_by -> Uuid,
        told_at -> Timestamptz,
    }
}

table! {
    qualification_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        present_percent -> SmallInt,
        bodies_present -> SmallInt,
        preparation_days -> SmallInt,
        longest_days -> SmallInt,
        material_days -> SmallInt,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    qualification_sessions (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        title -> Text,
        place -> Nullable<Text>,
        scheduled_at -> Timestamptz,
        status -> Text,
        access_from -> Timestamptz,
        access_until -> Timestamptz,
        present_percent -> SmallInt,
        bodies_present -> SmallInt,
        preparation_days -> SmallInt,
        longest_days -> SmallInt,
        material_days -> SmallInt,
        protocol_number -> Nullable<Text>,
        opened_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        cancel_reason -> Nullable<Text>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
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
        change -> Text,
        merged_into -> Nullable<Uuid>,
        protocol_number -> Nullable<Text>,
        channel -> Text,
        organisation_kato -> Text,
    }
}

table! {
    register_facts (id) {
        id -> Uuid,
        number -> Text,
        child_id -> Uuid,
        current_version -> Integer,
        created_at -> Timestamptz,
        merged_into -> Nullable<Uuid>,
        merged_at -> Nullable<Timestamptz>,
        signal_id -> Nullable<Uuid>,
    }
}

table! {
    register_external_references (report_id, position) {
        report_id -> Uuid,
        position -> SmallInt,
        system -> Text,
        number -> Text,
        number_key -> Text,
    }
}

table! {
    register_import_rows (report_id) {
        report_id -> Uuid,
        import_id -> Uuid,
        organisation_id -> Uuid,
        source -> Text,
        external_id -> Nullable<Text>,
        content_hash -> Binary,
        reported_on -> Nullable<Date>,
    }
}

table! {
    register_imports (id) {
        id -> Uuid,
        source -> Text,
        file_sha256 -> Binary,
        user_id -> Uuid,
        organisation_id -> Uuid,
        new_facts -> Integer,
        matched -> Integer,
        review -> Integer,
        repeated -> Integer,
        rejected -> Integer,
        started_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

table! {
    register_list_rules (code, valid_from) {
        code -> Text,
        days -> Nullable<Integer>,
        probability -> Nullable<Double>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    register_match_reviews (id) {
        id -> Uuid,
        older_id -> Uuid,
        newer_id -> Uuid,
        report_id -> Uuid,
        score -> Double,
        evidence -> Jsonb,
        rules_from -> Date,
        status -> Text,
        assigned_to -> Nullable<Uuid>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
        version -> BigInt,
        read_older -> Bool,
        read_newer -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    register_match_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        definition -> Jsonb,
        source -> Text,
        provisional -> Bool,
        learned -> Nullable<Jsonb>,
        learned_on -> Nullable<Date>,
        published_by -> Nullable<Uuid>,
        published_at -> Nullable<Timestamptz>,
    }
}

table! {
    register_reconciliation_items (id) {
        id -> Uuid,
        reconciliation_id -> Uuid,
        position -> Integer,
        origin -> Text,
        row_number -> Nullable<Integer>,
        external_id -> Nullable<Text>,
        content -> Nullable<Jsonb>,
        outcome -> Text,
        fact_id -> Nullable<Uuid>,
        fact_number -> Nullable<Text>,
        score -> Nullable<Double>,
        differing -> Array<Text>,
        problems -> Jsonb,
        resolution -> Nullable<Text>,
        resolution_reason -> Nullable<Text>,
        resolution_fact_id -> Nullable<Uuid>,
        resolution_number -> Nullable<Text>,
        report_id -> Nullable<Uuid>,
        resolved_by -> Nullable<Uuid>,
        resolved_at -> Nullable<Timestamptz>,
        version -> BigInt,
        same_number -> Bool,
    }
}

table! {
    register_reconciliations (id) {
        id -> Uuid,
        title -> Text,
        list_agency -> Text,
        period_from -> Date,
        period_to -> Date,
        kind -> Nullable<Text>,
        kato -> Nullable<Text>,
        file_sha256 -> Binary,
        status -> Text,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Uuid>,
        erase_after -> Nullable<Timestamptz>,
        erased_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

table! {
    register_report_links (report_id, fact_id, since) {
        report_id -> Uuid,
        fact_id -> Uuid,
        since -> Timestamptz,
        until -> Nullable<Timestamptz>,
        cause -> Text,
        ended_by -> Nullable<Text>,
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
        case_id -> Nullable<Uuid>,
        reported_by -> Uuid,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        created_at -> Timestamptz,
        kind -> Text,
        main_form -> Nullable<Text>,
        forms -> Array<Text>,
        level -> Nullable<Text>,
        kato -> Text,
        setting -> Text,
        relation -> Nullable<Text>,
        match_outcome -> Text,
    }
}

table! {
    release_rules (valid_from) {
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        confirm_days -> SmallInt,
        other_than_proposer -> Bool,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    release_tables (code, valid_from) {
        code -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        place -> SmallInt,
        dimensions -> Array<Text>,
        name_ru -> Text,
        name_kk -> Text,
        name_en -> Text,
        in_parts -> Bool,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    statistics_releases (id) {
        id -> Uuid,
        period_kind -> Text,
        period_from -> Date,
        period_to -> Date,
        edition -> Integer,
        supersedes -> Nullable<Uuid>,
        as_of -> Date,
        max_noise -> SmallInt,
        variance -> Double,
        threshold -> SmallInt,
        hidden_below -> SmallInt,
        max_attributes -> SmallInt,
        status -> Text,
        confirm_by -> Date,
        other_than_proposer -> Bool,
        proposed_by -> Uuid,
        proposed_at -> Timestamptz,
        settled_by -> Nullable<Uuid>,
        settled_at -> Nullable<Timestamptz>,
        withdraw_reason -> Nullable<Text>,
        version -> BigInt,
    }
}

table! {
    statistics_release_tables (release_id, method, code) {
        release_id -> Uuid,
        method -> Text,
        code -> Text,
        place -> SmallInt,
        dimensions -> Array<Text>,
        name_ru -> Text,
        name_kk -> Text,
        name_en -> Text,
        cells -> Jsonb,
        total -> BigInt,
    }
}

table! {
    statistics_release_parts (id) {
        id -> Uuid,
        release_id -> Uuid,
        agency_code -> Text,
        kato -> Text,
        facts -> BigInt,
        tables -> Jsonb,
    }
}

table! {
    statistics_release_answers (part_id, number) {
        part_id -> Uuid,
        number -> Integer,
        answer -> Text,
        comment -> Nullable<Text>,
        answered_by -> Uuid,
        organisation_id -> Uuid,
        answered_at -> Timestamptz,
    }
}

table! {
    statistics_release_outcomes (part_id) {
        part_id -> Uuid,
        outcome -> Text,
        reason -> Nullable<Text>,
    }
}

table! {
    statistics_release_documents (release_id, method) {
        release_id -> Uuid,
        method -> Text,
        content -> Text,
        sha256 -> Bytea,
        jws -> Text,
        jwk -> Jsonb,
    }
}

table! {
    school_placement_versions (placement_id, version) {
        placement_id -> Uuid,
        version -> BigInt,
        change -> Text,
        child_id -> Uuid,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        ground -> Text,
        placed_on -> Date,
        decided_on -> Date,
        protocol_number -> Text,
        submitted_by -> Text,
        parents_informed_on -> Nullable<Date>,
        review_on -> Nullable<Date>,
        decision -> Nullable<Text>,
        plan -> Nullable<Text>,
        removed_on -> Nullable<Date>,
        removal_ground -> Nullable<Text>,
        removal_decided_on -> Nullable<Date>,
        removal_protocol_number -> Nullable<Text>,
        annulled -> Bool,
        reason -> Nullable<Text>,
        author_id -> Uuid,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

table! {
    school_placements (id) {
        id -> Uuid,
        child_id -> Uuid,
        case_id -> Nullable<Uuid>,
        organisation_id -> Uuid,
        organisation_agency -> Text,
        organisation_kato -> Text,
        placed_on -> Date,
        removed_on -> Nullable<Date>,
        annulled -> Bool,
        version -> BigInt,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    school_register_grounds (usage, code, valid_from) {
        usage -> Text,
        code -> Text,
        title_ru -> Text,
        title_kk -> Text,
        title_en -> Nullable<Text>,
        regimes -> Array<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
    }
}

table! {
    services (id) {
        id -> Uuid,
        kind -> Text,
        name_ru -> Text,
        name_kk -> Nullable<Text>,
        name_en -> Nullable<Text>,
        organisation_id -> Nullable<Uuid>,
        organisation_agency -> Nullable<Text>,
        organisation_kato -> Nullable<Text>,
        kato -> Text,
        served -> Array<Text>,
        phones -> Array<Text>,
        address -> Nullable<Text>,
        languages -> Array<Text>,
        age_from -> Nullable<SmallInt>,
        age_to -> Nullable<SmallInt>,
        capacity -> Nullable<Integer>,
        capacity_period -> Nullable<Text>,
        consent_required -> Bool,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        source -> Text,
        provisional -> Bool,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    signal_imports (id) {
        id -> Uuid,
        source -> Text,
        file_sha256 -> Binary,
        user_id -> Uuid,
        organisation_id -> Uuid,
        accepted -> Integer,
        repeated -> Integer,
        rejected -> Integer,
        started_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
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
        external_source -> Nullable<Text>,
        external_id -> Nullable<Text>,
        content_hash -> Nullable<Binary>,
        import_id -> Nullable<Uuid>,
        match_name_key -> Nullable<Text>,
        match_iin -> Nullable<Text>,
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

joinable!(case_goals -> case_plans (plan_id));
joinable!(case_tasks -> case_plans (plan_id));
joinable!(duty_organisations -> organisations (organisation_id));
joinable!(register_reports -> register_facts (fact_id));
joinable!(signals -> children (child_id));
joinable!(user_roles -> users (user_id));
joinable!(users -> organisations (organisation_id));

allow_tables_to_appear_in_same_query!(
    agencies,
    approval_rules,
    assessment_instruments,
    audit_events,
    calendar_days,
    case_appointments,
    case_assessment_drafts,
    case_assessments,
    case_attachment_chunks,
    case_attachments,
    case_contents,
    case_deadline_steps,
    case_deadlines,
    case_events,
    case_family_consents,
    case_family_members,
    case_family_versions,
    case_follow_up_checks,
    case_goals,
    case_linked_children,
    case_links,
    case_notes,
    case_participants,
    case_plans,
    case_reviews,
    case_seen,
    case_tasks,
    cases,
    child_match_reviews,
    child_match_review_words,
    child_names,
    children,
    clock_rules,
    consilium_conflicts,
    consilium_decisions,
    consilium_items,
    consilium_members,
    consilium_rules,
    consilium_sessions,
    consilium_votes,
    deadline_rules,
    duty_contacts,
    duty_organisations,
    idempotency_records,
    legal_regimes,
    notifications,
    organisations,
    outbox,
    policy_mirror,
    protocol_applications,
    protocol_versions,
    qualification_answers,
    qualification_items,
    qualification_materials,
    qualification_members,
    qualification_opinions,
    qualification_recusals,
    qualification_rules,
    qualification_sessions,
    register_external_references,
    register_fact_versions,
    register_facts,
    register_import_rows,
    register_imports,
    register_list_rules,
    register_match_reviews,
    register_match_rules,
    register_reconciliation_items,
    register_reconciliations,
    register_report_links,
    register_reports,
    release_rules,
    release_tables,
    school_placement_versions,
    school_placements,
    school_register_grounds,
    services,
    signal_imports,
    signals,
    statistics_release_answers,
    statistics_release_documents,
    statistics_release_outcomes,
    statistics_release_parts,
    statistics_release_tables,
    statistics_releases,
    territories,
    user_roles,
    users,
);
