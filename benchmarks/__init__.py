"""How fast it is, always as a ratio against a peer in the same run."""
