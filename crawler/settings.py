"""Scrapy's settings for every seed; what differs per seed is set by its spider class."""

BOT_NAME = "gongwen"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SeedSpiderLoader"
SPIDER_MODULES: list[str] = []

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.middlewares.gating.VettingResolver"
# Names are looked up in these threads: those that hang must not fill them.
REACTOR_THREADPOOL_MAXSIZE = 64
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Anything else than the two web schemes has no handler at all.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "crawler.middlewares.handler.BoundedHandler",
    "https": "crawler.middlewares.handler.BoundedHandler",
}
DOWNLOAD_VERIFY_CERTIFICATES = True
# A proxy from the environment would connect past the address gate.
HTTPPROXY_ENABLED = False
COOKIES_ENABLED = False
# Redirects keep no Referer either, so the policy says it instead of switching it off.
REFERRER_POLICY = "no-referrer"

USER_AGENT = "gongwen"
ROBOTS_AGENT = "gongwen"
# Ours reads robots.txt as RFC 9309 does; Scrapy's would crawl on after an error.
ROBOTSTXT_OBEY = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

DOWNLOADER = "crawler.middlewares.turns.TurnKeepingDownloader"
# Hosts asked at the same time: one that is slow or pauses takes no other's place. How many
# requests one host gets at once is the politeness middleware's business.
CONCURRENT_REQUESTS = 256
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Scrapy starts this many tasks per callback, and ours give one item each.
CONCURRENT_ITEMS = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.25
# Of a whole exchange, from looking up the name to the last byte; a seed may say otherwise.
DOWNLOAD_TIMEOUT = 60
LONGEST_PAUSE = 120
# One file as served, and all large bodies that a run holds at the same time.
CAPTURE_MAX_BODY = 64 * 1024 * 1024
# One page, as served and without its content encoding, and all large ones at the same time.
READ_MAX_PAGE = 32 * 1024 * 1024
# Ours cuts and keeps; Scrapy's own bound would forget what came.
DOWNLOAD_MAXSIZE = 0
DOWNLOAD_WARNSIZE = 0
# A body that breaks off is kept, marked, and retried; it never becomes a version.
DOWNLOAD_FAIL_ON_DATALOSS = False
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32 * 1024 * 1024
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
REDIRECT_MAX_TIMES = 10
# Reading HTML for a refresh is work for a worker; the list reader knows landing pages.
METAREFRESH_ENABLED = False
HTTPERROR_ALLOW_ALL = True

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.gating.GateMiddleware": 60,
    "crawler.middlewares.politeness.PolitenessMiddleware": 70,
    "crawler.middlewares.leases.LeaseMiddleware": 80,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.politeness.GentleRetryMiddleware": 550,
    "crawler.middlewares.decoding.DecodingMiddleware": 590,
    "crawler.middlewares.politeness.BareRedirectMiddleware": 600,
    "crawler.middlewares.capture.CaptureMiddleware": 990,
    "crawler.middlewares.gating.PeerMiddleware": 995,
}
ITEM_PIPELINES = {
    "pipelines.extract.ExtractPipeline": 100,
    "pipelines.archive.ArchivePipeline": 200,
}
EXTENSIONS = {
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.logstats.LogStats": None,
}
LOG_FORMATTER = "crawler.spiders.log.QuietFormatter"
LOG_LEVEL = "INFO"
STATS_DUMP = False
LOG_VERSIONS: list[str] = []

PAGE_READER = "crawler.families.reader.read"
