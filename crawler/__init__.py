"""ACQUIRE: the Scrapy project, the runs and the command line. The top layer."""
