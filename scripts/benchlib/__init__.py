"""What the measuring scripts share. Python 3.11 and its standard library; only `peers.py` runs in the peers' own
virtual environment."""
