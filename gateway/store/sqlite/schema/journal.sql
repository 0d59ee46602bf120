-- What searches of arrivals go by (journal_lists.cpp), beside their numbers and control ids. Beside version 3:
-- made where it is absent, and an older program leaves it alone. Made from the rows of `arrival`, behind them and
-- not with them: an ingest pays nothing for it.

-- Ways: 0 sender (value: name), 1 patient (patient), 2 rejected, 3 came again (0 both).
CREATE TABLE IF NOT EXISTS arrival_found (
  way INTEGER NOT NULL, value INTEGER NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (way, value, number)) STRICT, WITHOUT ROWID;
-- Between which arrivals lie those received in a minute: clocks may go back, so minutes overlap.
CREATE TABLE IF NOT EXISTS arrival_minute (
  minute INTEGER PRIMARY KEY,      -- since 1970
  first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sender_total (
  sender INTEGER PRIMARY KEY,      -- name
  messages INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS arrival_listed (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  number INTEGER NOT NULL) STRICT; -- up to which arrival all three are made
INSERT OR IGNORE INTO arrival_listed VALUES (1, 0);
