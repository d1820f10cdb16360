"""Mutation testing of the judge: ``python -m tests.mutants``."""
