"""Tests of the sandbox's core, without the server."""
