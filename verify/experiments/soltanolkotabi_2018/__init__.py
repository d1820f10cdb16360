"""Figures of Soltanolkotabi, Javanmard and Lee 2018."""
