-- What subscriptions are told of (events.cpp). Beside version 3: made where it is absent, and an older
-- program leaves it alone. No row is written where nobody subscribed.

-- Numbered from 1 without a gap for each subscription, in the commit that writes the version.
CREATE TABLE IF NOT EXISTS event (
  subscription TEXT NOT NULL,      -- id of the Subscription
  number INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  PRIMARY KEY (subscription, number)) STRICT, WITHOUT ROWID;
-- Up to which event the receiver of a rest-hook has said yes.
CREATE TABLE IF NOT EXISTS told (
  subscription TEXT NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
