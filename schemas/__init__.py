"""The records and settings that every floor speaks."""
