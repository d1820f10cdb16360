"""Figures of Xia and Shi 2019."""
