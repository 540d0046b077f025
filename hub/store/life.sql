-- Version 3. Work that goes on: target is device:<id> or zone:<id>, body a hub.domain.state.Maintenance as JSON.
-- Rows leave when the work is over; what happened stays in the journal.
CREATE TABLE maintenance (target TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
