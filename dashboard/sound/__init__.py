"""What a track sounds and looks like: recordings, examples, spectrograms."""
