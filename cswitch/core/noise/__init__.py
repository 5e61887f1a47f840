"""Text as people type it: short forms, respellings, slips of the finger; tokens and tags stay as many as they were."""
