"""The clock: when things happen, and who may ask."""
