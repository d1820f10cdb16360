"""Settings shared by all tests."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["pytester"]

# Timing is no property of the code under test, and examples must not differ between runs.
settings.register_profile("gradcert", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("gradcert")
