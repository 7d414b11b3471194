"""Speed of one replica run beside raw Scrapy and Scrapy with trafilatura; prints ratios."""
