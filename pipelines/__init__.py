"""TRANSFORM: thin Scrapy item pipelines over pure functions."""
