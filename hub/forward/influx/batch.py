"""One part of a source on its way into a database, halved around what the database refuses."""

from typing import Final

from hub.forward.influx.lines import Line
from hub.forward.influx.sources import Part

Chunk = tuple[Line, ...]


class Batch:
    """What is still to be written of a part. `refused` grows; the part is settled when nothing is left.

    A database may have kept some lines of a refused chunk. They are written again with its halves: a point written
    twice is one point, and so none is lost whatever exactly was kept.
    """

    def __init__(self, part: Part, source: int) -> None:
        self.part: Final = part
        self.source: Final = source
        self.refused: list[tuple[Line, str]] = []
        self._left: list[Chunk] = [part.lines] if part.lines else []

    @property
    def settled(self) -> bool:
        return not self._left

    @property
    def next(self) -> Chunk:
        """The oldest lines that are neither written nor refused."""
        return self._left[-1]

    def written(self) -> None:
        """The next chunk is in the database."""
        self._left.pop()

    def halve(self) -> None:
        """Something in the next chunk, of at least two lines, is refused: it is looked for in its halves."""
        chunk = self._left.pop()
        middle = len(chunk) // 2
        self._left += [chunk[middle:], chunk[:middle]]

    def refuse(self, reason: str) -> None:
        """All of the next chunk is refused for good."""
        self.refused += [(line, reason) for line in self._left.pop()]
