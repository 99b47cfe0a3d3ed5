DROP FUNCTION register_child_marks(date, date, timestamptz);
DROP FUNCTION child_survivors_at(timestamptz);
DROP TABLE child_population;
