"""The outside: what we reach and did not make."""
