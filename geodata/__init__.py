"""Files to tables and grids. Imports nothing else of this package."""
