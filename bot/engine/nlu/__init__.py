"""Understanding: the components named in config.yml. A trained model remembers their import paths; do not move them."""
