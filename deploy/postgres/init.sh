#!/usr/bin/env bash
# Run once by the PostgreSQL image, on an empty volume: a role and a database for each service, closed to the others.
set -euo pipefail
for service in registry allocation agreements; do
  password="${service^^}_DATABASE_PASSWORD"
  psql -v ON_ERROR_STOP=1 -v name="$service" -v password="${!password}" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
