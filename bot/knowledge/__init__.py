"""What Salama knows: the content model, its loading, its lint, and the answers composed from it."""
