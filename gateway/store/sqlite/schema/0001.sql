-- The store, version 3 (1 and 2 were never released). What decides its cost is pages touched per
-- message (rows that are written together lie together), so: one row an arrival that holds every body it wrote; locators ordered
-- by a rotated id; one wide index row a version; token sets interned to one number.
--
-- `partition` is partition_of(patient), for a later shard map. Tables without it are dictionaries
-- of the whole store. `committed`, `started` and `ended` are commit numbers: microseconds since
-- 1970, strictly increasing, so they are `meta.lastUpdated` as well. `ended` 0: still current.
-- Blobs marked (c) are coded: one byte dictionary number (0: as it is), then a zstd frame.

CREATE TABLE dictionary (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
-- Where the journal and the audit chain end, so that a cut tail is seen. One row, one page a commit.
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  arrival INTEGER NOT NULL, audit INTEGER NOT NULL, chain BLOB NOT NULL) STRICT;
INSERT INTO head VALUES (1, 0, 0, zeroblob(32));
CREATE TABLE secret (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Words that recur: senders, listeners, targets, token systems, "Type.parameter".
CREATE TABLE name (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE patient (
  number INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE arrival (
  number INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  sender INTEGER NOT NULL,         -- name
  control_id TEXT NOT NULL,
  mark INTEGER NOT NULL,           -- first 8 bytes of `hash`
  hash BLOB NOT NULL,              -- SHA-256 of the bytes; over the limit: of the first limit + 1
  kept BLOB,                       -- SHA-256 of `raw` where that is only their head
  size INTEGER NOT NULL,           -- bytes `hash` is of
  received INTEGER NOT NULL,
  committed INTEGER NOT NULL,
  listener INTEGER NOT NULL,       -- name
  message_type INTEGER NOT NULL,   -- name
  path TEXT NOT NULL,
  patient INTEGER NOT NULL,        -- patient; 0: none
  deliveries INTEGER NOT NULL,     -- how many were queued with it
  reviews INTEGER NOT NULL,        -- how many review items it gave
  repeats INTEGER NOT NULL,        -- how often it came again
  answer BLOB NOT NULL,            -- (c)
  account BLOB NOT NULL,           -- (c)
  raw BLOB NOT NULL,               -- (c)
  pack BLOB NOT NULL) STRICT;      -- (c) pack.hpp
-- With `mark`, a sender that uses one control id for ever costs no more than another.
CREATE INDEX arrival_by_control ON arrival (sender, control_id, state, mark) WHERE kind = 0;

-- Where the current version of a resource lies. key: keys.hpp. What is new of an order is one row.
CREATE TABLE resource (
  key BLOB PRIMARY KEY,
  partition INTEGER NOT NULL,
  version INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  updated INTEGER NOT NULL,        -- commit number
  deleted INTEGER NOT NULL,
  row INTEGER NOT NULL,            -- of result or entry; 0: none; of a run: the first one's
  source_time INTEGER,
  owner INTEGER NOT NULL,          -- name
  order_number TEXT NOT NULL,
  content BLOB NOT NULL,           -- first 16 bytes of the body's SHA-256; none of what was in a run
  last_row INTEGER,                -- of a run: between `row` and this lie those of its members
  members BLOB                     -- of a run, whose key is a head: locators.hpp
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  key BLOB NOT NULL,
  version INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  row INTEGER NOT NULL,            -- 0: none, or swept
  content BLOB NOT NULL,
  PRIMARY KEY (key, version)) STRICT, WITHOUT ROWID;

-- Each distinct set of codes or facets is one number. A search asks which sets hold its token, then
-- which rows hold one of these sets. A facet also says which systems a resource's identifiers are
-- of, and which references it has: terms with an empty code.
CREATE TABLE term_set (number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE) STRICT;  -- 16 bytes
CREATE TABLE term (
  parameter INTEGER NOT NULL,      -- name
  code TEXT NOT NULL,
  system TEXT NOT NULL,
  number INTEGER NOT NULL,         -- term_set
  PRIMARY KEY (parameter, code, system, number)) STRICT, WITHOUT ROWID;
CREATE INDEX term_of_set ON term (number, parameter, code);

CREATE TABLE unit (
  number INTEGER PRIMARY KEY,
  system TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
  UNIQUE (code, system, text)) STRICT;
CREATE INDEX unit_by_text ON unit (text);

-- One row a version of an Observation: all that nearly every search asks.
CREATE TABLE result (
  row INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  started INTEGER NOT NULL, ended INTEGER NOT NULL,
  arrival INTEGER NOT NULL, slot INTEGER NOT NULL, version INTEGER NOT NULL,
  code INTEGER NOT NULL,           -- term_set of its codes
  facet INTEGER NOT NULL,          -- term_set of type, status, category, tags, sample, context …
  origin INTEGER NOT NULL,         -- order, request and specimen: one number an order; see token
  local_begin INTEGER, local_end INTEGER, instant_begin INTEGER, instant_end INTEGER,
  cycle_day BLOB, cycle_offset BLOB,
  value BLOB, comparator INTEGER, unit INTEGER,
  key BLOB NOT NULL) STRICT;
CREATE INDEX result_by_patient ON result (patient, local_begin);
CREATE INDEX result_by_code ON result (code, local_begin);
CREATE INDEX result_by_facet ON result (facet, local_begin);
CREATE INDEX result_by_origin ON result (origin);
CREATE INDEX result_by_cycle_day ON result (cycle_day) WHERE cycle_day IS NOT NULL;
CREATE INDEX result_by_cycle_offset ON result (cycle_offset) WHERE cycle_offset IS NOT NULL;
CREATE INDEX result_ended ON result (ended) WHERE ended > 0;

-- The same for every other type; `facet` tells the type and its codes.
CREATE TABLE entry (
  row INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  started INTEGER NOT NULL, ended INTEGER NOT NULL,
  arrival INTEGER NOT NULL, slot INTEGER NOT NULL, version INTEGER NOT NULL,
  code INTEGER NOT NULL,
  facet INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  local_begin INTEGER, local_end INTEGER, instant_begin INTEGER, instant_end INTEGER,
  cycle_day BLOB, cycle_offset BLOB,
  value BLOB, comparator INTEGER, unit INTEGER,
  key BLOB NOT NULL) STRICT;
CREATE INDEX entry_by_patient ON entry (patient, local_begin);
CREATE INDEX entry_by_facet ON entry (facet, local_begin);
CREATE INDEX entry_by_origin ON entry (origin);
CREATE INDEX entry_ended ON entry (ended) WHERE ended > 0;

-- What the wide rows have no column for. Tokens and references, of which every result has some,
-- are kept by value alone, one tree each: a sweep derives from the body which to remove. The value
-- leads, so that an order's number lies in one place, whatever carries it. Of ".order", ".based-on"
-- and ".specimen", `row` is the `origin` of the rows that share them (the first one's row), and an
-- id is turned as in a locator. Columns of a key come first: quick_check of SQLite 3.40 takes others
-- for NULL.
CREATE TABLE token (
  code TEXT NOT NULL, parameter INTEGER NOT NULL, system INTEGER NOT NULL, row INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  PRIMARY KEY (code, parameter, system, row)) STRICT, WITHOUT ROWID;
-- What a DiagnosticReport lists of its own order is not here: its body says it (criteria_listed).
CREATE TABLE reference (
  parameter INTEGER NOT NULL, id TEXT NOT NULL, type INTEGER NOT NULL, row INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  PRIMARY KEY (parameter, id, type, row)) STRICT, WITHOUT ROWID;
-- The others, which are few, are appended by row and found by value.
CREATE TABLE string (
  row INTEGER NOT NULL, parameter INTEGER NOT NULL,
  folded TEXT NOT NULL, exact TEXT NOT NULL, partition INTEGER NOT NULL,
  PRIMARY KEY (row, parameter, folded, exact)) STRICT, WITHOUT ROWID;
CREATE INDEX string_by_text ON string (parameter, folded);
CREATE TABLE number (
  row INTEGER NOT NULL, parameter INTEGER NOT NULL,
  value BLOB NOT NULL, partition INTEGER NOT NULL,
  PRIMARY KEY (row, parameter, value)) STRICT, WITHOUT ROWID;
CREATE INDEX number_by_value ON number (parameter, value);
CREATE TABLE quantity (
  row INTEGER NOT NULL, parameter INTEGER NOT NULL,
  value BLOB NOT NULL, comparator INTEGER NOT NULL, unit INTEGER NOT NULL, partition INTEGER NOT NULL,
  PRIMARY KEY (row, parameter, value, comparator, unit)) STRICT, WITHOUT ROWID;
CREATE INDEX quantity_by_value ON quantity (parameter, value);
CREATE TABLE date (
  row INTEGER NOT NULL, parameter INTEGER NOT NULL,
  local_begin INTEGER NOT NULL, local_end INTEGER NOT NULL,
  instant_begin INTEGER NOT NULL, instant_end INTEGER NOT NULL, partition INTEGER NOT NULL,
  PRIMARY KEY (row, parameter, local_begin, local_end, instant_begin, instant_end))
  STRICT, WITHOUT ROWID;
CREATE INDEX date_by_begin ON date (parameter, local_begin);

-- What must leave. state: 0 queued, 1 sending, 2 waiting, 3 delivered, 4 dead, 5 superseded,
-- 6 discarded. `head`: the oldest
-- of its target and patient that is in state 0–2; only heads are claimed, so order per patient
-- holds. due: 0 at once, else end of the lease or time of the next attempt.
CREATE TABLE delivery (
  sequence INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  target INTEGER NOT NULL,         -- name
  patient INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  state INTEGER NOT NULL,
  head INTEGER NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  answer TEXT NOT NULL) STRICT;
CREATE INDEX delivery_heads ON delivery (target, due, sequence) WHERE head = 1;
CREATE INDEX delivery_pending ON delivery (target, patient, sequence) WHERE state < 3;
CREATE INDEX delivery_dead ON delivery (target, sequence) WHERE state = 4;

CREATE TABLE review (
  number INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  state INTEGER NOT NULL,          -- 0 open
  code INTEGER NOT NULL,           -- name
  severity INTEGER NOT NULL,       -- name
  place TEXT NOT NULL, resource TEXT NOT NULL, text TEXT NOT NULL) STRICT;

-- chain = SHA-256(chain of the row before ‖ canonical record), audit.hpp. The first row of an
-- arrival carries its seal (seal.hpp): so the chain holds every column of every arrival that never
-- changes, its deliveries' targets and its review items.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  record BLOB NOT NULL,            -- (c)
  chain BLOB NOT NULL) STRICT;
