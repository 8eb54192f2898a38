"""A clip in, an answer out: uploads, the line they wait in, decoders, loaded models, brokers."""
