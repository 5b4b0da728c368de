"""Outputs: one file, one output. Values in, text out; nothing is decided here."""
