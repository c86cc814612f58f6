"""Tables to pages. Drawing computes nothing."""
