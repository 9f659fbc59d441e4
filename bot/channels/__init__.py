"""Channels: what a message looks like when it comes in, and how a reply is shown on each kind of phone."""
