DROP FUNCTION attachment_objects_known(text[]);
DROP TABLE case_attachment_chunks, case_attachments;
DROP FUNCTION signals_known(text, text[], bytea[]);
ALTER TABLE signals
    DROP CONSTRAINT signals_external,
    DROP COLUMN external_source,
    DROP COLUMN external_id,
    DROP COLUMN content_hash,
    DROP COLUMN import_id,
    DROP COLUMN match_name_key,
    DROP COLUMN match_iin;
DROP TABLE signal_imports;
