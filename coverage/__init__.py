"""Tables to tables: services, dead zones, scores and upgrades."""

if __name__ == "coverage":  # pragma: no cover - a subprocess in the tests runs it
    # A top-level `coverage` would shadow coverage.py, and numba and pytest-cov import that by name.
    # With this refusal they behave as if coverage.py were not installed.
    raise ImportError("this folder is a part of deadzones: import deadzones.coverage")
