-- A role with few rights for glasswright on an administrator's PostgreSQL server. Run it once, as a superuser:
--
--   psql -f config/postgres/role.sql                                  role, database and schema are called glasswright
--   psql -v database=glass -v role=alice -f config/postgres/role.sql
--   psql -c '\password glasswright'                                   then give it a password; psql asks, and sends only its hash
--
-- Without a password nobody can log in as it. Users put the password into ~/.pgpass, or into a file that PGPASSFILE names (mode
-- 0600): host:port:database:role:password. In pg_hba.conf one line lets the role in, to this database only, encrypted:
--
--   hostssl  glasswright  glasswright  10.1.0.0/16  scram-sha-256
--
-- Running the script again changes nothing that is already as it should be; it needs psql 10 or later.

\set ON_ERROR_STOP on
\if :{?role}
\else
    \set role glasswright
\endif
\if :{?database}
\else
    \set database glasswright
\endif

-- It can log in and nothing else: it makes no databases and no roles, reads no replication stream, and passes no row policy.
SELECT format('CREATE ROLE %I LOGIN', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- The database belongs to the administrator; others do not get in, and the role makes neither schemas nor temporary tables there.
SELECT format('CREATE DATABASE %I ENCODING ''UTF8'' TEMPLATE template0', :'database')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"role";

\connect :"database"

-- One schema is its own: glasswright makes its tables there, and their versions, by itself. (The URL's parameter schema=NAME picks
-- another one; make it as this one is made.)
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS glasswright AUTHORIZATION :"role";
ALTER SCHEMA glasswright OWNER TO :"role";
ALTER ROLE :"role" IN DATABASE :"database" SET search_path = glasswright;
