"""Readings and alarms on their way into time-series databases."""
