-- Cases of ten years, as many as test_cases.wanted says, with what is told of their work: eight states, eight deadlines, three
-- tasks and three participants each, a signal, and a fact in the register for every other one. Triggers and foreign keys are off;
-- what the statistics count is then made as a migration makes it.

-- A time-ordered id, as the program makes them.
CREATE FUNCTION pg_temp.v7(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3) || '8'
            || substr(md5(salt), 4, 15))::uuid
$$;
INSERT INTO agencies (code, abbr_ru, name_ru, kind, by_agreement, executor)
SELECT a, a, a, 'x', false, true FROM unnest(ARRAY['UO','UZ','DP','SZ','OPEKA']) a ON CONFLICT DO NOTHING;
INSERT INTO territories (kato, kind, name_ru) SELECT '35' || lpad((10 + d)::text, 2, '0') || lpad((s * 1000)::text, 5, '0'), 'district', 'x'
FROM generate_series(1, 18) d, generate_series(0, 9) s ON CONFLICT DO NOTHING;
CREATE TEMPORARY TABLE g_org AS SELECT n, gen_random_uuid() AS id, CASE WHEN n % 10 < 6 THEN 'UO' WHEN n % 10 = 6 THEN 'UZ' WHEN n % 10 = 7 THEN 'DP' WHEN n % 10 = 8 THEN 'SZ' ELSE 'OPEKA' END AS agency,
  '35' || lpad((11 + floor(power(random(), 2) * 18)::int)::text, 2, '0') || lpad(((n % 10) * 1000)::text, 5, '0') AS kato, gen_random_uuid() AS person FROM generate_series(0, 999) n;
INSERT INTO organisations (id, agency_code, kato, kind, name, created_at, updated_at) SELECT id, agency, kato, 'school', 'o' || n, now(), now() FROM g_org;
INSERT INTO users (id, username, display_name, organisation_id, kind, created_at, updated_at) SELECT person, 'made up ' || n, 'u' || n, id, 'person', now(), now() FROM g_org;
INSERT INTO user_roles (user_id, role, scope) SELECT person, 'social_pedagogue', 'organisation' FROM g_org;
INSERT INTO clock_rules (id, code, risk_level, valid_from, allowance, remind_before, escalation, pause_stages, source, provisional)
SELECT gen_random_uuid(), k, r, '2016-01-01', CASE WHEN k <> 'task_due' THEN '{}'::jsonb END, '{}', '[]', '{}', 'made up', true
FROM unnest(ARRAY['first_contact','assessment','plan','review_interval','task_due','post_closure_check']) k, unnest(ARRAY['low','medium','high','critical']) r;
CREATE TEMPORARY TABLE g AS
SELECT i, opened, pg_temp.v7(opened, 'c' || i) AS id, pg_temp.v7(opened, 'k' || child) AS child_own, child,
       pg_temp.v7(opened - interval '1 day', 's' || i) AS signal, floor(random() * 600)::int AS lead_n, r AS risk,
       opened + (60 + random() * 300) * interval '1 day' AS closed, random() AS x
FROM (SELECT i, floor(random() * wanted * 0.8)::int AS child, '2026-11-20'::timestamptz - random() * interval '3650 days' AS opened,
             (ARRAY['low','low','medium','medium','medium','high','high','critical'])[1 + floor(random() * 8)::int] AS r
      FROM test_cases, generate_series(1, wanted) i) q;
CREATE TEMPORARY TABLE g_child AS SELECT child, min(opened) AS first, pg_temp.v7(min(opened), 'k' || child) AS id FROM g GROUP BY child;
ALTER TABLE g_org ADD COLUMN schools int; UPDATE g_org o SET schools = q.s FROM (SELECT id, row_number() OVER (ORDER BY n) - 1 AS s FROM g_org WHERE agency = 'UO') q WHERE q.id = o.id;
CREATE TEMPORARY TABLE h AS SELECT g.i, g.opened, g.id, c.id AS child, g.signal, o.id AS lead, o.agency, o.kato, o.person, g.risk, g.x,
   CASE WHEN g.closed < '2026-11-20' THEN g.closed END AS closed FROM g JOIN g_child c USING (child) JOIN g_org o ON o.schools = g.lead_n;
DROP TABLE g;
INSERT INTO children (id, last_name, first_name, birth_date, sex, name_key, name_tokens, kato, registered_organisation_id, created_at, created_by, updated_at)
SELECT id, 'L' || child, 'F', '2064-05-17', 'female', 'l' || child, '{}', '351100000', (SELECT id FROM g_org WHERE n = 0), first, (SELECT person FROM g_org WHERE n = 0), first FROM g_child;
-- One of fifty records was merged into another, some of these into a third.
UPDATE children c SET merged_into = k.next FROM (SELECT id, lead(id) OVER (ORDER BY child) AS next, child FROM g_child) k WHERE k.id = c.id AND k.child % 100 < 2 AND k.next IS NOT NULL;
INSERT INTO signals (id, channel, description, kato, organisation_id, organisation_agency, organisation_kato, child_id, urgency, status, filed_by, filed_organisation_id, received_at, decided_at, updated_at, case_id)
SELECT signal, (ARRAY['parent','child','school','hotline','police','medical'])[1 + i % 6], repeat('A sentence of a report. ', 8), kato, lead, agency, kato, child, (ARRAY['routine','urgent','immediate'])[1 + i % 3],
  (ARRAY['accepted','accepted','linked','dismissed'])[1 + i % 4], person, lead, opened - interval '1 day', CASE WHEN i % 7 > 0 THEN opened - (i % 24) * interval '1 hour' END, opened, id
FROM h ORDER BY opened;
INSERT INTO cases (id, number, child_id, signal_id, title, description, stage, stage_since, risk_level, kato, lead_organisation_id, manager_id, closure_outcome, closure_proposed_by, closed_at, opened_at, opened_by, updated_at)
SELECT id, 'N' || i, child, signal, 'Title of a case', repeat('A sentence of a report. ', 8), CASE WHEN closed IS NULL THEN 'implementation' ELSE 'closed' END, opened, risk, kato, lead, person,
  CASE WHEN closed IS NOT NULL THEN (ARRAY['risk_reduced','safety_restored','other','merged'])[1 + (i % 97) / 25] END, CASE WHEN closed IS NOT NULL THEN person END, closed, opened, person, coalesce(closed, opened) FROM h;
INSERT INTO case_record_keys (case_id, record_key, child_id, kato, channel, opened_at)
SELECT h.id, floor(random() * 4294967296)::bigint, h.child, h.kato, s.channel, h.opened FROM h JOIN signals s ON s.id = h.signal ORDER BY h.opened;
INSERT INTO signal_record_keys (signal_id, record_key) SELECT signal, floor(random() * 4294967296)::bigint FROM h;
INSERT INTO case_states (case_id, change, since, until, stage, risk_level, outcome, lead_organisation_id)
SELECT case_id, change, since, until, stage, risk, outcome, lead FROM (
SELECT h.id AS case_id, s.change, s.since, lead(s.since) OVER (PARTITION BY h.i ORDER BY s.n) AS until, s.stage, h.risk, s.outcome, h.lead
FROM h CROSS JOIN LATERAL (VALUES
  (1, 'opened', h.opened, 'registered', NULL::text), (2, 'moved', h.opened + interval '2 days', 'assessment', NULL), (3, 'moved', h.opened + interval '9 days', 'planning', NULL),
  (4, 'moved', h.opened + interval '20 days', 'implementation', NULL), (5, 'moved', h.closed - interval '9 days', 'review', NULL),
  (6, 'closed', h.closed, 'closed', (ARRAY['risk_reduced','safety_restored','other','merged'])[1 + (h.i % 97) / 25]),
  (7, 'reopened', CASE WHEN h.x < 0.05 THEN h.closed + interval '90 days' END, 'assessment', NULL),
  (8, 'closed', CASE WHEN h.x < 0.05 THEN h.closed + interval '150 days' END, 'closed', 'safety_restored')) AS s (n, change, since, stage, outcome)
WHERE s.since IS NOT NULL) q ORDER BY since;
INSERT INTO case_participants (case_id, organisation_id, organisation_agency, organisation_kato, role, assigned_user_id, reason, added_by, added_at)
SELECT id, lead, agency, kato, 'lead', person, 'made', person, opened FROM h;
INSERT INTO case_participants (case_id, organisation_id, organisation_agency, organisation_kato, role, assigned_user_id, reason, added_by, added_at)
SELECT h.id, o.id, o.agency, o.kato, 'participant', NULL, 'made', h.person, h.opened FROM h JOIN LATERAL (VALUES (6), (7)) v (d) ON true
JOIN g_org o ON o.n = ((h.i % 100) * 10 + v.d) ON CONFLICT DO NOTHING;
INSERT INTO case_tasks (id, case_id, title, section, organisation_id, organisation_agency, organisation_kato, due_on, mandatory, status, finished_at, created_at, updated_at, origin, due_at)
SELECT pg_temp.v7(h.opened + v.d * interval '10 days', 't' || v.d || '-' || h.i), h.id, 'A task', 'social', o.id, o.agency, o.kato, (h.opened + interval '40 days')::date, true, 'done', h.opened + interval '30 days', h.opened, h.opened, 'protocol', h.opened + interval '40 days'
FROM h CROSS JOIN (VALUES (6), (7), (8)) v (d) JOIN g_org o ON o.n = ((h.i % 100) * 10 + v.d);
INSERT INTO case_deadlines (id, case_id, kind, task_id, rule_id, state, started_at, base_due_at, due_at, settled_at, paused_at, paused_seconds)
SELECT pg_temp.v7(h.opened, 'd' || v.n || '-' || h.i), h.id, v.kind, CASE WHEN v.kind = 'task_due' THEN pg_temp.v7(h.opened + v.d * interval '10 days', 't' || v.d || '-' || h.i) END, r.id,
  z.state, h.opened + v.after * interval '1 day', z.due, z.due, CASE WHEN z.state IN ('met', 'cancelled') THEN z.settled END,
  CASE WHEN z.state = 'paused' THEN z.due - interval '5 hours' END, CASE WHEN h.i % 9 = 0 THEN 7200 ELSE 0 END
FROM h CROSS JOIN (VALUES (1, 'first_contact', 0, 0, 1), (2, 'assessment', 0, 0, 10), (3, 'plan', 0, 9, 10), (4, 'task_due', 6, 20, 20), (5, 'task_due', 7, 20, 25), (6, 'task_due', 8, 20, 30), (7, 'review_interval', 0, 20, 90), (8, 'post_closure_check', 0, 60, 60)) v (n, kind, d, after, days)
CROSS JOIN LATERAL (
    SELECT *, CASE WHEN (h.i + v.n) % 41 = 0 THEN 'paused' WHEN (h.i + v.n) % 50 = 0 AND settled < '2026-11-20' THEN 'cancelled'
                   WHEN (h.i + v.n) % 47 > 0 AND settled < '2026-11-20' THEN 'met' ELSE 'running' END AS state
    FROM (SELECT h.opened + (v.after + v.days) * interval '1 day' AS due,
                 h.opened + (v.after + v.days * (0.2 + random() * 1.1)) * interval '1 day' AS settled) q) z
JOIN clock_rules r ON r.code = v.kind AND r.risk_level = h.risk AND r.source = 'made up' ORDER BY h.opened;
INSERT INTO register_facts (id, number, child_id, created_at) SELECT pg_temp.v7(opened + x * interval '800 days', 'f' || i), 'F' || i, child, opened + x * interval '800 days' FROM h WHERE i % 2 = 0;
INSERT INTO register_fact_versions (fact_id, version, kind, main_form, forms, occurred_on, kato, setting, sex, age_years, agency_code, status, actor_id, recorded_at, channel, organisation_kato)
SELECT pg_temp.v7(opened + x * interval '800 days', 'f' || i), 1, 'violence', 'physical', '{physical}', (opened + x * interval '799 days')::date, kato, 'home', 'female', 12, agency, 'registered', person, opened + x * interval '800 days', 'parent', kato FROM h WHERE i % 2 = 0;
-- Three in five facts were reported by the agency of the schools.
INSERT INTO register_reports (id, fact_id, child_id, child_role, occurred_on, description, case_id, reported_by, organisation_id,
                              organisation_agency, organisation_kato, created_at, kind, main_form, forms, kato, setting)
SELECT f.id, f.id, f.child_id, 'victim', '2025-01-01', 'D', NULL, o.person, o.id, o.agency, o.kato, f.created_at, 'violence', 'physical', '{physical}',
       o.kato, 'home'
FROM register_facts f JOIN g_org o ON o.n = abs(hashtext(f.id::text)) % 1000;
DROP TABLE g_org, g_child, h;
