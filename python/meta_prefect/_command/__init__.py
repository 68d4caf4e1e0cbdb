"""Starts the command, which is that of the npm package, on Node.js."""
