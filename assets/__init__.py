"""The tables: what exists and how it is made."""
