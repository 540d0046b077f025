-- Version 4. body: a hub.domain.state.Drill, or a hub.domain.state.Probe, as JSON. A drill is open until it has ended.
CREATE TABLE drills (id INTEGER PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
-- latency: ms from the sensor message to headquarters' last receipt, null while it runs and where it failed.
CREATE TABLE probes (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  latency INTEGER,
  body TEXT NOT NULL
) STRICT;
