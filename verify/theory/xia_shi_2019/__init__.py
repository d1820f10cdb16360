"""Xia and Shi 2019: what is printed, and instances that decide it."""
