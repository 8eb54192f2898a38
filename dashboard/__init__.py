"""The web app: reads ``results/``, draws it and predicts uploaded clips. Computes no science."""
