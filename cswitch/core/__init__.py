"""What everything stands on: text, measures, lexicons, errors, seeds, contracts."""
