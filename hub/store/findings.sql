-- Version 8. body: a hub.domain.work.Finding as JSON.
CREATE TABLE findings (id INTEGER PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
