"""Rights and retention: what a person is owed, what time takes, and the proof of both."""
