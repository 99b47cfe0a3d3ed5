-- The risk map: its parameters. What it counts it asks of the statistics.

CREATE TABLE risk_map_rules (
    valid_from         date PRIMARY KEY,
    valid_to           date CHECK (valid_to > valid_from),
    history_years      smallint NOT NULL CHECK (history_years BETWEEN 1 AND 10),
    months_around      smallint NOT NULL CHECK (months_around BETWEEN 0 AND 2),
    least_history      smallint NOT NULL CHECK (least_history >= 2),
    alert_probability  double precision NOT NULL CHECK (alert_probability > 0.5 AND alert_probability < 1),
    region_probability double precision NOT NULL CHECK (region_probability > 0.5 AND region_probability < 1),
    least_facts        smallint NOT NULL CHECK (least_facts >= 0),
    interval_z         double precision NOT NULL CHECK (interval_z > 0 AND interval_z < 5),
    sufficient_error   double precision NOT NULL CHECK (sufficient_error > 0),
    limited_error      double precision NOT NULL CHECK (limited_error > sufficient_error),
    parts              jsonb NOT NULL CHECK (jsonb_typeof(parts) = 'array'),
    source             text NOT NULL,
    provisional        boolean NOT NULL
);
COMMENT ON COLUMN risk_map_rules.parts IS 'the composite index: [{"indicator": …, "weight": …}]';
GRANT SELECT ON risk_map_rules TO qorgan_server;
