"""The staff console: server-rendered pages under /console; what they show is computed elsewhere."""
