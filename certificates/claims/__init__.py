"""The claims: one file a kind, each with its ``Claim`` and ``Evidence``."""
