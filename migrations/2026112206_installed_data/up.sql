-- Data that the program brings along and loads once, such as the demonstration region. A row says that its load is
-- complete. The owner's only: the server has no grant.
CREATE TABLE installed_data (
    name         text PRIMARY KEY,
    completed_at timestamptz NOT NULL
);
