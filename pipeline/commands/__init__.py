"""The command line, one module for each group of commands; ``pipeline.__main__`` joins them."""
