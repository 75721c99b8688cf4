"""Packages of the release build, and that each runs where it is installed alone."""
