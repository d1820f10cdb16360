"""Soltanolkotabi, Javanmard and Lee 2018: what is printed, and instances that decide it."""
