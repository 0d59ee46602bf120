-- What deliveries have beside their row of `delivery` (outbox.cpp), each for few of them. Beside
-- version 3: made where it is absent, and an older program leaves it alone.

-- What went wrong with a delivery that is not settled, and whether it is a dead letter sent once more.
CREATE TABLE IF NOT EXISTS trouble (
  sequence INTEGER PRIMARY KEY,
  fatal_since INTEGER,
  crashes INTEGER NOT NULL,
  retried INTEGER NOT NULL) STRICT;
-- Deliveries of a Bundle about several patients that carry the part of one; `own`: its arrival's.
CREATE TABLE IF NOT EXISTS part (sequence INTEGER PRIMARY KEY, own INTEGER NOT NULL) STRICT;
-- What a target was not given, by the dead letter that held it.
CREATE TABLE IF NOT EXISTS owed (
  target INTEGER NOT NULL, patient INTEGER NOT NULL, sequence INTEGER NOT NULL,
  key BLOB NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (target, patient, sequence, key)) STRICT, WITHOUT ROWID;
-- What a target calls the version it has, where that is not W/"1" of our version 1.
CREATE TABLE IF NOT EXISTS sent_version (
  target INTEGER NOT NULL, key BLOB NOT NULL,
  version INTEGER NOT NULL, tag TEXT NOT NULL,
  PRIMARY KEY (target, key)) STRICT, WITHOUT ROWID;
