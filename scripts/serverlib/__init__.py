"""As much of three CI servers as the steps of docs/ci.md need."""
