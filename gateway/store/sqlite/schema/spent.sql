-- What counts once (spent.cpp): the jti of an assertion, a token that was taken back. Beside version 3:
-- made where it is absent, and an older program leaves it alone. Rows go when their time is over.
CREATE TABLE IF NOT EXISTS spent (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  until INTEGER NOT NULL,          -- microseconds since 1970
  PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spent_until ON spent (until);
