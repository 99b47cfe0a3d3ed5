DROP TABLE protocol_applications;
DROP TABLE protocol_versions;
