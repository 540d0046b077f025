-- Version 1. Rows that come often are appended under an integer key: on an SD card the keys decide how much is written.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Short numbers for what readings repeat.
CREATE TABLE devices (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE signals (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;

-- What was said, in the order in which it came. at: UTC ms. retained: the broker's memory, no sign of life.
CREATE TABLE readings (
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  signal INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value ANY NOT NULL,
  retained INTEGER NOT NULL
) STRICT;

-- The readings up to meta 'snapshot', folded: what is known then is this plus the readings after it.
CREATE TABLE latest (
  device INTEGER NOT NULL,
  signal INTEGER NOT NULL,
  at INTEGER NOT NULL,
  since INTEGER NOT NULL,
  value ANY NOT NULL,
  retained INTEGER NOT NULL,
  PRIMARY KEY (device, signal)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen (device INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;

-- What tells how full a battery is: its first value of each of the last days since 1970.
CREATE TABLE trends (
  device TEXT NOT NULL,
  signal TEXT NOT NULL,
  day INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (device, signal, day)
) STRICT, WITHOUT ROWID;

-- body: the whole hub.domain.alarms.Alarm as JSON. stored_at: when it was first committed.
CREATE TABLE alarms (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  type TEXT NOT NULL,
  open INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX alarms_open ON alarms (id) WHERE open = 1;
CREATE INDEX alarms_of_device ON alarms (device, id);

-- Each press once. Plain devices number nothing: boot and seq are null, and nulls are never equal. alarm 0: a test.
CREATE TABLE presses (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  event TEXT NOT NULL,
  at INTEGER NOT NULL,
  boot INTEGER,
  seq INTEGER,
  alarm INTEGER NOT NULL,
  UNIQUE (device, boot, seq)
) STRICT;

-- What has to reach each channel. settled is null until delivered, accepted or refused. rank: 0 critical .. 2 medium.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  event_id TEXT NOT NULL,
  alarm INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  reason TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  sent_at INTEGER,
  outcome TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  settled TEXT CHECK (settled IN ('delivered', 'accepted', 'refused')),
  settled_at INTEGER,
  UNIQUE (channel, event_id)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (channel, rank, alarm DESC, id) WHERE settled IS NULL;
CREATE INDEX outbox_of_alarm ON outbox (alarm);

CREATE TABLE channels (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- How far each database has been written, and the points it would not take.
CREATE TABLE cursors (name TEXT PRIMARY KEY, reading INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- body: hub.store.store.DatabaseState as JSON, written when it changes; a success moves the cursor only.
CREATE TABLE databases (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE quarantined (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  reading INTEGER NOT NULL,
  at INTEGER NOT NULL,
  line TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- The last refused messages (a ring) and the count of all of them.
CREATE TABLE rejected (
  slot INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  device TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  payload BLOB NOT NULL
) STRICT;
CREATE TABLE rejected_counts (reason TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What happened, for ever: each entry's hash covers the one before it.
CREATE TABLE journal (
  no INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_is_append_only_1 BEFORE UPDATE ON journal BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_is_append_only_2 BEFORE DELETE ON journal BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;
