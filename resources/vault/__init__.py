"""Keys and what they lock: master keys, data keys, envelopes and credentials."""
