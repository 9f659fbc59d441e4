"""The gateway: the ASGI application that people's messages reach. It never imports the engine."""
