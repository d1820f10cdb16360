"""One file a kind: its claim typeset, its symbols, and why its rule accepts; the last line is its ``PAGE``."""
