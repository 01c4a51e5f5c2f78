"""What lies outside this home: copies of wrapped keys, and the journal of what must stay destroyed."""
