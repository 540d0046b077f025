-- Version 5. What devices are heard through: name is broker, bridge:<base topic> or port:<path>, body a
-- hub.domain.state.Link as JSON; `since` in it holds UTC ms as `wall`. While `up` is false its `devices` are silent.
CREATE TABLE links (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- The message that brought an unnumbered press: the broker redelivers it under the same packet number.
ALTER TABLE presses ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
