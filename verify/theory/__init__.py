"""What the papers state, and where it had to be corrected."""
