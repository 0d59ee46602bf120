-- Step 4: the tables of store/sqlite/schema/journal.sql, which says what each is for.

CREATE TABLE arrival_found (
  way bigint NOT NULL, value bigint NOT NULL, number bigint NOT NULL,
  PRIMARY KEY (way, value, number));
CREATE TABLE arrival_minute (
  minute bigint PRIMARY KEY,       -- since 1970
  first bigint NOT NULL, last bigint NOT NULL);
CREATE TABLE sender_total (
  sender bigint PRIMARY KEY,       -- name
  messages bigint NOT NULL, last bigint NOT NULL);
CREATE TABLE arrival_listed (
  one bigint PRIMARY KEY CHECK (one = 1),
  number bigint NOT NULL);         -- up to which arrival all three are made
INSERT INTO arrival_listed VALUES (1, 0);
