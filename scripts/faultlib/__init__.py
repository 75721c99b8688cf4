"""The fault campaign: small archives, what is done to them, and what must still be read of them."""
