-- Step 3: the table of store/sqlite/schema/kept.sql, which says what it is for.

CREATE TABLE kept (
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  until bigint NOT NULL,           -- microseconds since 1970
  text text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, name));
CREATE INDEX kept_until ON kept (until);
