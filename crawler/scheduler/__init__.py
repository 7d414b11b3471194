"""Scheduling: what a schedule's text means, which slots are due, and the service that runs them."""
