"""Whole runs as a file describes them: cut into shards, done by many processes or machines, safe against any kill."""
