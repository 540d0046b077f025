"""What the tests ask about processes that are not their own."""

from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether the process runs. One that has ended and that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
