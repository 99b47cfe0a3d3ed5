-- Facts of ten years, as many as test_facts.wanted says: uneven in every attribute, told of late, one in eight changed later.
-- Triggers and foreign keys are off; the ledger is then made as a migration makes it.
INSERT INTO register_fact_versions (fact_id, version, kind, main_form, forms, level, occurred_on, kato, setting, relation, sex,
    age_years, agency_code, status, actor_id, recorded_at, superseded_at, change, merged_into, channel, organisation_kato)
SELECT id, version, CASE WHEN suicidal THEN 'suicidal_behaviour' ELSE 'violence' END,
       CASE WHEN NOT suicidal THEN form END,
       CASE WHEN suicidal THEN '{}' WHEN second < 0.2 AND other <> form THEN ARRAY[form, other] ELSE ARRAY[form] END,
       CASE WHEN suicidal THEN level END, day, kato, setting, CASE WHEN NOT suicidal AND second < 0.9 THEN relation END,
       sex, age, agency, CASE WHEN version = 1 THEN 'registered' ELSE late_status END, id,
       CASE WHEN version = 1 THEN told ELSE told + later END, CASE WHEN version = 1 AND versions = 2 THEN told + later END,
       CASE WHEN version = 1 THEN 'registered' ELSE 'amended' END, CASE WHEN version = 2 AND late_status = 'merged' THEN id END,
       channel, CASE WHEN second < 0.93 THEN kato ELSE place END
FROM (SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, random() < 0.25 AS suicidal,
             ('{physical,bullying,psychological,neglect,cyberbullying,witnessed,sexual,economic,exploitation,violent_death}'::text[])
                 [1 + floor(random() ^ 2 * 10)::integer] AS form,
             ('{psychological,physical,witnessed,bullying,neglect,economic,sexual,cyberbullying,exploitation}'::text[])
                 [1 + floor(random() ^ 2 * 9)::integer] AS other,
             ('{ideation,self_injury,attempt,preparatory,interrupted,aborted,completed}'::text[])
                 [1 + floor(random() ^ 2 * 7)::integer] AS level,
             date '2016-01-01' + (n * 3653 / wanted)::integer AS day,
             places[1 + floor(random() ^ 1.7 * array_length(places, 1))::integer] AS kato,
             places[1 + floor(random() * array_length(places, 1))::integer] AS place,
             ('{home,school,public_place,online,college,residential,other}'::text[])[1 + floor(random() ^ 2 * 7)::integer] AS setting,
             ('{parent_guardian,peer,other_relative,partner_of_parent,acquaintance,unknown,stranger,staff,partner}'::text[])
                 [1 + floor(random() ^ 1.5 * 9)::integer] AS relation,
             CASE WHEN random() < 0.52 THEN 'female' ELSE 'male' END AS sex, floor(18 * random() ^ 0.7)::integer AS age,
             ('{UO,DP,UZ,UKZSP,CC111,OPEKA,KDN,OO}'::text[])[1 + floor(random() ^ 2 * 8)::integer] AS agency,
             ('{school_staff,police,health_facility,hotline_111,parent,child,balaqorgau_qr,asppm_screening,raid,other}'::text[])
                 [1 + floor(random() ^ 2 * 10)::integer] AS channel,
             random() AS second,
             date '2016-01-01' + (n * 3653 / wanted)::integer + interval '8 hours' + random() ^ 4 * interval '200 days' AS told,
             (1 + 89 * random()) * interval '1 day' AS later,
             ('{confirmed,not_confirmed,under_qualification,registered,annulled,merged}'::text[])[1 + floor(random() * 6)::integer]
                 AS late_status,
             CASE WHEN random() < 0.12 THEN 2 ELSE 1 END AS versions
      FROM test_facts, generate_series(1::bigint, wanted) AS n,
           (SELECT array_agg(kato ORDER BY kato) AS places FROM territories WHERE right(kato, 5) = '00000' AND right(kato, 7) <> '0000000')
               AS known) AS made
CROSS JOIN LATERAL generate_series(1, versions) AS version;
INSERT INTO register_record_keys (fact_id) SELECT fact_id FROM register_fact_versions WHERE version = 1;
