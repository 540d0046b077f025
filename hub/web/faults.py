"""What can go wrong below a page and is said in plain words on it."""


class StoreUnreadable(Exception):
    """The store is there, but it can't be read now."""
