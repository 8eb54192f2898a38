"""Networks on pictures and sequences: what they are made of, and how they are trained."""
