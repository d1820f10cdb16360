"""Seeded random instances: data, teachers, initialisations."""
