-- Version 7. What people write about a device: body is the newest hub.domain.state.DeviceNote as JSON. Earlier ones are
-- in the journal.
CREATE TABLE device_notes (device TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
