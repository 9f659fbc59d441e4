"""What keeps people safe: emergency detection and the encryption of who they are."""
