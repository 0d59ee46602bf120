-- What the audit trail is vouched for and searched by (heads.cpp, audit_reading.cpp). Beside version 3:
-- made where it is absent, and an older program leaves it alone.

-- Ends of the chain with a signature. Never removed while the rows stand.
CREATE TABLE IF NOT EXISTS signed_head (
  number INTEGER PRIMARY KEY,      -- audit
  signed INTEGER NOT NULL,         -- when; microseconds since 1970
  chain BLOB NOT NULL,
  public_key BLOB NOT NULL,
  signature BLOB NOT NULL) STRICT;

-- Made from the rows, behind them and not with them: an ingest pays nothing for it.
CREATE TABLE IF NOT EXISTS audit_patient (
  patient TEXT NOT NULL,           -- id of a Patient
  number INTEGER NOT NULL,         -- audit
  PRIMARY KEY (patient, number)) STRICT, WITHOUT ROWID;
-- Between which rows lie those of a minute: clocks may go back, so minutes overlap.
CREATE TABLE IF NOT EXISTS audit_minute (
  minute INTEGER PRIMARY KEY,      -- since 1970
  first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS audit_listed (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  number INTEGER NOT NULL) STRICT; -- up to which row both are made
INSERT OR IGNORE INTO audit_listed VALUES (1, 0);

-- Up to which row a receiver of the trail (audit.syslog) has it.
CREATE TABLE IF NOT EXISTS handed_on (
  receiver TEXT PRIMARY KEY,
  number INTEGER NOT NULL) STRICT, WITHOUT ROWID; -- audit
