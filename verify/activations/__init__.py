"""Everything about one activation: its table, its certificates, its curves."""
