"""The encrypted DuckDB files: opened, landed in, built from, published."""
