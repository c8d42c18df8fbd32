"""The composition root: settings, wiring, routes, command line."""
