"""Pretend vendors over real HTTPS, around one synthetic brand. Imports none of the rooms."""
