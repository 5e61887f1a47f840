"""Code-mixed text by language models: proposed, tagged, measured, repaired, and accounted for."""
