DROP TABLE case_appointments, case_family_consents, case_family_versions, case_family_members, services,
    school_placement_versions, school_placements, school_register_grounds, legal_regimes;
DROP FUNCTION service_places_left(uuid, timestamptz, timestamptz), family_consents(uuid),
    school_placement_days(uuid), school_placements_apart(),
    context_reads(text), child_in_visible_case(uuid);
