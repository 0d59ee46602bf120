-- Step 2: the tables of store/sqlite/schema/audit.sql, spent.sql and outbox.sql, which say what each is for.

CREATE TABLE signed_head (
  number bigint PRIMARY KEY,       -- audit
  signed bigint NOT NULL,          -- when; microseconds since 1970
  chain bytea NOT NULL,
  public_key bytea NOT NULL,
  signature bytea NOT NULL);
CREATE TABLE audit_patient (
  patient text COLLATE "C" NOT NULL,  -- id of a Patient
  number bigint NOT NULL,          -- audit
  PRIMARY KEY (patient, number));
CREATE TABLE audit_minute (
  minute bigint PRIMARY KEY,       -- since 1970
  first bigint NOT NULL, last bigint NOT NULL);
CREATE TABLE audit_listed (
  one bigint PRIMARY KEY CHECK (one = 1),
  number bigint NOT NULL);         -- up to which row both are made
INSERT INTO audit_listed VALUES (1, 0);
CREATE TABLE handed_on (
  receiver text COLLATE "C" PRIMARY KEY,
  number bigint NOT NULL);         -- audit

CREATE TABLE spent (
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  until bigint NOT NULL,           -- microseconds since 1970
  PRIMARY KEY (kind, name));
CREATE INDEX spent_until ON spent (until);

CREATE TABLE trouble (
  sequence bigint PRIMARY KEY,
  fatal_since bigint,
  crashes bigint NOT NULL,
  retried bigint NOT NULL);
CREATE TABLE part (sequence bigint PRIMARY KEY, own bigint NOT NULL);
CREATE TABLE owed (
  target bigint NOT NULL, patient bigint NOT NULL, sequence bigint NOT NULL,
  key bytea NOT NULL, version bigint NOT NULL,
  PRIMARY KEY (target, patient, sequence, key));
CREATE TABLE sent_version (
  target bigint NOT NULL, key bytea NOT NULL,
  version bigint NOT NULL, tag text COLLATE "C" NOT NULL,
  PRIMARY KEY (target, key));
