-- Version 2. Receipts of heartbeats that carried the journal's head: somebody else's proof of what the journal was.
CREATE TABLE anchors (
  id INTEGER PRIMARY KEY,
  no INTEGER NOT NULL,
  hash TEXT NOT NULL,
  channel TEXT NOT NULL,
  at INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- When each device was first heard live: readings are let go after some months, the inventory is not.
CREATE TABLE first_seen (device INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
INSERT INTO first_seen (device, at) SELECT device, min(at) FROM readings WHERE retained = 0 GROUP BY device;

CREATE INDEX journal_rare ON journal (kind, no) WHERE kind IN ('config', 'inspection');
