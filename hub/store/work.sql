-- Version 6. body: a hub.domain.work.Task, Round or PosterState as JSON. A task is open until its alarm is over, a
-- round until it is finished. A task that nobody has touched has no row.
CREATE TABLE tasks (alarm INTEGER PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX tasks_open ON tasks (alarm) WHERE open = 1;
CREATE TABLE rounds (id INTEGER PRIMARY KEY, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE posters (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Where devices are on the plan of their floor: thousandths of its width and height, from the upper left corner.
CREATE TABLE positions (device TEXT PRIMARY KEY, x INTEGER NOT NULL, y INTEGER NOT NULL) STRICT, WITHOUT ROWID;
