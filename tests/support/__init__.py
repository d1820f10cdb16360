"""Naive twins and random instances that several tests share; nothing here is imported by the packages."""
