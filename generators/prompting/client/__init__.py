"""Talking to an OpenAI-compatible server: how much at a time, what it can do, what to do when it fails."""
