"""From the bytes of one page to its text and official fields. No Scrapy in here."""
