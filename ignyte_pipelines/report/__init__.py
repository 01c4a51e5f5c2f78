"""The metrics of a workspace as one page to send: no script, no request, no one's personal data."""
