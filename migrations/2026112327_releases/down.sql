DROP TABLE statistics_release_documents, statistics_release_outcomes, statistics_release_answers,
    statistics_release_parts, statistics_release_tables, statistics_releases CASCADE;
DROP FUNCTION statistics_release_answerers(uuid);
DROP FUNCTION statistics_release_concerns(uuid);
DROP FUNCTION statistics_release_hold(uuid);
DROP FUNCTION statistics_releases_settle();
DROP TABLE release_tables;
DROP TABLE release_rules;
