"""Certificates by verdict."""
