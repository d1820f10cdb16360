"""Balls in, conclusion out: theorems that rules share."""
