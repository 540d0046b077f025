"""School safety hub: from a sensor's message to a proven alert at headquarters."""

__version__ = "0.1.0"
