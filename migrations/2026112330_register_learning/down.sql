DROP FUNCTION reconciliation_numbers(integer[], text[], text[], uuid[]);
ALTER TABLE register_reconciliation_items DROP COLUMN same_number;
DELETE FROM register_list_rules WHERE days IS NULL;
ALTER TABLE register_list_rules DROP COLUMN probability, ALTER COLUMN days SET NOT NULL;

DROP FUNCTION child_match_review_decide(uuid, bigint, boolean, boolean, boolean, uuid, text, timestamptz);
DROP FUNCTION child_match_review_begin(uuid);
DROP FUNCTION child_match_review_open(uuid, uuid, uuid, timestamptz);
DROP TABLE child_match_reviews;

DROP FUNCTION register_match_decisions(date[]);
DROP POLICY register_match_rules_insert ON register_match_rules;
DROP POLICY register_match_rules_read ON register_match_rules;
ALTER TABLE register_match_rules DISABLE ROW LEVEL SECURITY;
REVOKE INSERT ON register_match_rules FROM qorgan_server;
-- Learned rules stay in force: reviews refer to them.
ALTER TABLE register_match_rules
    DROP COLUMN learned, DROP COLUMN learned_on, DROP COLUMN published_by, DROP COLUMN published_at;
