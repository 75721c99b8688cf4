"""Logs of the real test tools, and what is true of them."""
