"""Analysts at home: SQL over the published metrics, each question in a locked process of its own."""
