-- Small texts under names (kept.cpp): accounts of people, their sessions. Beside version 3: made where it is
-- absent, and an older program leaves it alone. Rows go when their time is over.
CREATE TABLE IF NOT EXISTS kept (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  until INTEGER NOT NULL,          -- microseconds since 1970
  text TEXT NOT NULL,
  PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_until ON kept (until);
