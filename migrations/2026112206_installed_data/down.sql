DROP TABLE installed_data;
