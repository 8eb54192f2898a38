"""Several models asked together: their mean probability, or a model of their answers."""
