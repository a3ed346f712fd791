"""The settings of Django. Those of an installation come from the environment:

CENTRAL_DATA   directory of all data of this installation (keys, pages, the SQLite file), 0700.
               Default: $XDG_DATA_HOME/damrongdham-central, which is ~/.local/share/damrongdham-central.
CENTRAL_URL    the URL for citizens and kiosks, such as https://track.example.go.th. With https, cookies are sent over
               TLS only. Default: none, the service answers requests for localhost only.
CENTRAL_HOSTS  further host names the service answers to, separated by commas.
CENTRAL_SILENT_MINUTES  minutes without a heartbeat until a kiosk raises an alarm. Default: 15 (a kiosk sends one each
                        minute).
CENTRAL_REQUIRE_SECOND_FACTOR  no: officers without a second factor sign in with their password alone. Default: yes.
CENTRAL_FEED_HOSTS      hosts in the own network from which feeds may be fetched, separated by commas. Default: none,
                        only addresses of the Internet.
CENTRAL_ALERT_TO        mail addresses for new alarms, separated by commas. Default: none, the desk shows the alarms.
CENTRAL_ALERT_FROM      the sender of every mail. Default: damrongdham@ and the host of CENTRAL_URL.
CENTRAL_SMTP            smtp://user:password@host:port, or smtps://. Default: smtp://localhost:25. Invitations are
                        mailed only when it is set. none: nothing is mailed, and pages say so.
CENTRAL_PICTURES        s3://bucket/prefix?endpoint_url=https://…&region_name=…: the pictures in an S3-compatible
                        store (extra [s3]; keys in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY). Default: on disk.
CENTRAL_VIRUS_SCANNER   tcp://host:port or unix:///run/clamav/clamd.ctl: the clamd of ClamAV that scans every incoming
                        file. While it does not answer, files are refused. Default: none, files are not scanned.
CENTRAL_TASKS           the queue of background tasks, a backend of django-tasks. Default:
                        django_tasks_db.DatabaseBackend, the database; `central worker` runs its tasks.
CENTRAL_WORKER_LEASE_SECONDS  seconds without a sign of life until the tasks of a worker are taken again. Default: 60.
CENTRAL_METRICS_FROM    addresses or networks that may read /metrics, separated by commas. Default: none.
CENTRAL_METRICS_TOKEN   a token that may read it from anywhere (Authorization: Bearer …), 16 characters or more.
CENTRAL_MAP_TILES       the URL of map tiles, such as https://tiles.example.go.th/{z}/{x}/{y}.png. Browsers of officers
                        load them from there. Default: none, maps show boundaries only.
CENTRAL_MAP_TILES_ATTRIBUTION  whose work the tiles are, shown on the map.
CENTRAL_LOG             plain or json: the form of a log line. Default: plain.
DATABASE_URL   postgres://user:password@host/name. Default: SQLite in the data directory.

Importing this module writes nothing; `central migrate` creates the keys.
"""

import os
import re
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from central import pictures
from protocol.desk_bridge import DEFAULT_PORT

_DATA_HOME = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
DATA_DIR = Path(os.environ.get("CENTRAL_DATA") or _DATA_HOME / "damrongdham-central").absolute()
PUBLIC_URL = os.environ.get("CENTRAL_URL", "").rstrip("/")
try:
    _PUBLIC_URL_PARTS = urlsplit(PUBLIC_URL)
except ValueError:
    _PUBLIC_URL_PARTS = urlsplit("")
if PUBLIC_URL and not (_PUBLIC_URL_PARTS.scheme in ("http", "https") and _PUBLIC_URL_PARTS.hostname):
    raise ImproperlyConfigured(f"CENTRAL_URL is not a URL such as https://track.example.go.th: {PUBLIC_URL}")
_HTTPS = _PUBLIC_URL_PARTS.scheme == "https"

# Before the first `central migrate` there is no key file: a random key is used, which signs nothing permanent.
DJANGO_SECRET_FILE = DATA_DIR / "keys" / "django.secret"
SECRET_KEY = DJANGO_SECRET_FILE.read_text("ascii") if DJANGO_SECRET_FILE.exists() else secrets.token_urlsafe(48)

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += [_PUBLIC_URL_PARTS.hostname] if _PUBLIC_URL_PARTS.hostname else []
ALLOWED_HOSTS += [host.strip() for host in os.environ.get("CENTRAL_HOSTS", "").split(",") if host.strip()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "central.background",
    "django_otp",
    "django_otp_webauthn",
    "central.centres",
    "central.people",
    "central.agencies",
    "central.deadlines",
    "central.classification",
    "central.messages",
    "central.alarms",
    "central.fleet",
    "central.cases",
    "central.notices",
    "central.filing",
    "central.surveys",
    "central.earlier_cases",
    "central.intake",
    "central.tracking",
    "central.line_account",
    "central.documents",
    "central.search",
    "central.duplicates",
    "central.activities",
    "central.investigation",
    "central.mailboxes",
    "central.scan_batches",
    "central.insight",
    "central.wall_screens",
    "central.privacy",
    "central.letters",
    "central.knowledge",
    "central.listening",
    "central.desk",
    "central.agency_desk",
]
MIDDLEWARE = [
    "central.monitoring.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "central.middleware.SecurityHeadersMiddleware",
    "central.middleware.ProtocolVersionsMiddleware",
    "central.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "central.people.middleware.OfficerSessionMiddleware",
]
ROOT_URLCONF = "central.urls"
WSGI_APPLICATION = "central.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["central.language", "central.word_wrap"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]

_DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'central.sqlite3'}"
try:
    _database: dict[str, Any] = {**dj_database_url.parse(_DATABASE_URL, conn_max_age=60)}
except ValueError:
    _database = {"ENGINE": ""}
if not _database["ENGINE"].endswith(("sqlite3", "postgresql")):  # not shown: it may contain a password
    raise ImproperlyConfigured("DATABASE_URL is not postgres://user:password@host/name; without it SQLite is used")
DATABASES = {"default": _database}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # After a signed receipt the kiosk deletes its copy, so a commit must have reached the disk: FULL.
        # What is erased is overwritten with zeros: secure_delete.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
        "transaction_mode": "IMMEDIATE",  # takes the write lock at the start: no upgrade of a lock that fails half-way
        "timeout": 20,
    }
else:
    # Values are sent separately from the statement. PostgreSQL logs every failed statement, so that a duplicate number
    # or a full disk would write names and complaints into the server's log.
    DATABASES["default"].setdefault("OPTIONS", {})["server_side_binding"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts of lookups and enrolments; attempts to sign in are counted by central.people.shared_throttle. With Django's
# default of 300 entries, 300 callers would displace the entry of a caller who guesses codes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

AUTH_USER_MODEL = "centres.Officer"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
_REQUIRE_SECOND_FACTOR_TEXT = os.environ.get("CENTRAL_REQUIRE_SECOND_FACTOR") or "yes"
if _REQUIRE_SECOND_FACTOR_TEXT not in ("yes", "no"):
    raise ImproperlyConfigured("CENTRAL_REQUIRE_SECOND_FACTOR is not yes or no")
REQUIRE_SECOND_FACTOR = _REQUIRE_SECOND_FACTOR_TEXT == "yes"
# Passkeys (central.people.passkeys) take the host from the request: it is one of ALLOWED_HOSTS.
OTP_WEBAUTHN_RP_ID_CALLABLE = "central.people.passkeys.relying_party_id"
OTP_WEBAUTHN_RP_NAME = "ศูนย์ดำรงธรรม · Damrongdham Centre"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [PUBLIC_URL if _HTTPS else "http://localhost"]  # read by the library's checks only
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:home"
SESSION_COOKIE_AGE = 10 * 3600  # a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_PATH = "/desk"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_PATH = "/desk"
CSRF_FAILURE_VIEW = "central.error_pages.csrf_failed"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer the Origin of a form is null, which the CSRF check refuses
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# With what is done instead; those named security are of `check --deploy`.
SILENCED_SYSTEM_CHECKS = [
    "models.W040",  # columns beside the keys of an index are for PostgreSQL; SQLite leaves them out
    "security.W002",  # central.middleware sends X-Frame-Options
    "security.W005",  # an office's other names below this host are not this service's to decide
    "security.W008",  # nginx redirects; a redirect here would loop behind a proxy whose scheme is not trusted
    "security.W021",  # the same names would enter the browsers' own list
]

_SILENT_MINUTES_TEXT = os.environ.get("CENTRAL_SILENT_MINUTES") or "15"
if not re.fullmatch("[1-9][0-9]{0,4}", _SILENT_MINUTES_TEXT):
    raise ImproperlyConfigured("CENTRAL_SILENT_MINUTES is not a number of minutes, 1 to 99999")
SILENT_MINUTES = int(_SILENT_MINUTES_TEXT)
_SMTP_TEXT = os.environ.get("CENTRAL_SMTP", "")
MAIL_IS_OFF = _SMTP_TEXT == "none"
try:
    _SMTP = urlsplit("smtp://localhost:25" if MAIL_IS_OFF or not _SMTP_TEXT else _SMTP_TEXT)
    EMAIL_PORT = _SMTP.port or (465 if _SMTP.scheme == "smtps" else 25)
except ValueError:
    _SMTP = urlsplit("")
if _SMTP.scheme not in ("smtp", "smtps") or not _SMTP.hostname:  # not shown: it may contain a password
    raise ImproperlyConfigured("CENTRAL_SMTP is not smtp://user:password@host:port, smtps://… or none")
FEED_HOSTS = {host.strip() for host in os.environ.get("CENTRAL_FEED_HOSTS", "").split(",") if host.strip()}
ALERT_TO = [address.strip() for address in os.environ.get("CENTRAL_ALERT_TO", "").split(",") if address.strip()]
ALERT_FROM = os.environ.get("CENTRAL_ALERT_FROM") or f"damrongdham@{_PUBLIC_URL_PARTS.hostname or 'localhost'}"
EMAIL_HOST = _SMTP.hostname
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_HOST not in ("localhost", "127.0.0.1", "::1")
EMAIL_TIMEOUT = 20
MAIL_IS_CONFIGURED = bool(_SMTP_TEXT) and not MAIL_IS_OFF

# Host and port, or the path of a socket; None without a scanner.
VIRUS_SCANNER: tuple[str, int] | str | None = None
if _SCANNER_TEXT := os.environ.get("CENTRAL_VIRUS_SCANNER", ""):
    try:
        _SCANNER = urlsplit(_SCANNER_TEXT)
        if _SCANNER.scheme == "tcp" and _SCANNER.hostname and _SCANNER.port:
            VIRUS_SCANNER = (_SCANNER.hostname, _SCANNER.port)
        elif _SCANNER.scheme == "unix" and _SCANNER.path.startswith("/") and not _SCANNER.netloc:
            VIRUS_SCANNER = _SCANNER.path
    except ValueError:
        pass
    if VIRUS_SCANNER is None:
        raise ImproperlyConfigured("CENTRAL_VIRUS_SCANNER is neither tcp://host:port nor unix:///path of a socket")

TASKS = {"default": {"BACKEND": os.environ.get("CENTRAL_TASKS") or "django_tasks_db.DatabaseBackend", "QUEUES": []}}
_LEASE_TEXT = os.environ.get("CENTRAL_WORKER_LEASE_SECONDS") or "60"
if not re.fullmatch("[1-9][0-9]{0,3}", _LEASE_TEXT):
    raise ImproperlyConfigured("CENTRAL_WORKER_LEASE_SECONDS is not a number of seconds, 1 to 9999")
WORKER_LEASE_S = int(_LEASE_TEXT)
RETRY_DELAY_FACTOR = 1.0  # shortens the pauses between attempts in tests

# The push services of browsers; a name with a dot at its start stands for all hosts below it. Addresses of other hosts
# are refused: a stranger writes them, and this service sends requests there.
PUSH_SERVICES = ("fcm.googleapis.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")

# The bridge on an officer's own computer (`kiosk desk-bridge`): card reader and receipt printer.
DESK_BRIDGE_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
# Only the page of points loads tiles; the policy of that page allows this origin.
MAP_TILES = os.environ.get("CENTRAL_MAP_TILES", "")
MAP_TILES_ATTRIBUTION = os.environ.get("CENTRAL_MAP_TILES_ATTRIBUTION", "")
_TILES_MATCH = re.match(r"(https://[A-Za-z0-9.-]+(?::\d{1,5})?)/[^\s;,]*$", MAP_TILES)
if MAP_TILES and not (_TILES_MATCH and all(part in MAP_TILES for part in ("{z}", "{x}", "{y}"))):
    raise ImproperlyConfigured(
        f"CENTRAL_MAP_TILES is not a URL such as https://tiles.example.go.th/{{z}}/{{x}}/{{y}}.png: {MAP_TILES}"
    )
MAP_TILES_ORIGIN = _TILES_MATCH[1] if _TILES_MATCH else ""
METRICS_TOKEN = os.environ.get("CENTRAL_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:  # not shown
    raise ImproperlyConfigured("CENTRAL_METRICS_TOKEN has under 16 characters: it could be guessed")
try:
    METRICS_FROM = [
        ip_network(part.strip()) for part in os.environ.get("CENTRAL_METRICS_FROM", "").split(",") if part.strip()
    ]
except ValueError as error:
    raise ImproperlyConfigured(f"CENTRAL_METRICS_FROM: {error}") from None

LANGUAGE_CODE = "th"
TIME_ZONE = "Asia/Bangkok"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
WHITENOISE_USE_FINDERS = True  # files are served from the package: nothing to collect
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 365 * 24 * 3600  # a changed file gets a new name

MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "central.pictures.DurableFileStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if os.environ.get("CENTRAL_PICTURES"):
    STORAGES["default"] = pictures.s3_storage_setting(os.environ["CENTRAL_PICTURES"])
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Limits. The largest valid submission has a text and twenty pages of 20,000 Thai characters each: 3.4 MB in base64.
MAX_SUBMISSION_BYTES = 4 * 1024 * 1024
MAX_PART_BYTES = 4 * 1024 * 1024
MAX_SMALL_BODY_BYTES = 64 * 1024  # heartbeats, enrolments, lookups, forms
# A form of the desk with 2,000 selected rows is refused with a sentence (decision 0060); the body limits the rest.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
MAX_UPLOAD_BYTES = 24 * 1024 * 1024  # files of one form: five photos of a telephone, 3 to 5 MB each
MAX_LETTER_BYTES = 32 * 1024 * 1024  # all parts of one submission; twenty pages of a kiosk take 6 MB (decision 0028)
MAX_UNCLAIMED_PART_BYTES = 200 * 1024 * 1024  # per kiosk: two visits of twenty pages at full size
MAX_UNCLAIMED_PARTS = 200  # per kiosk: ten visits of twenty pages
UNCLAIMED_PART_DAYS = 30
MAX_QUARANTINE_BYTES = 1024 * 1024 * 1024  # per kiosk: a thousand letters, in case a key is missing for months
MAX_QUARANTINED_DELIVERIES = 20_000  # per kiosk: the same months of submissions without letters
MAX_IMPORT_ROWS = 10_000  # rows of one `central import`: far more than a kiosk stores
MAX_JSON_VALUES = 20_000  # in one request; a delivery of twenty pages has about 100
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_SUBMISSION_BYTES + 1024
MAX_PENDING_ENROLMENTS = 1000
# Hours. A kiosk repeats its request for half an hour; older ones are deleted when too many are pending.
PENDING_ENROLMENT_HOURS = 1

_LOG_FORM = os.environ.get("CENTRAL_LOG") or "plain"
if _LOG_FORM not in ("plain", "json"):
    raise ImproperlyConfigured("CENTRAL_LOG is neither plain nor json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "central.logs.SingleLineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "central.logs.JsonFormatter"},
    },
    "filters": {"route": {"()": "central.logs.RouteFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if _LOG_FORM == "json" else "line",
            "filters": ["route"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Refused requests are not logged: a URL that somebody typed may contain a tracking code, and `django.security`
    # adds a traceback to each. `waitress.queue` warns of every request that waits for a thread, which on a busy day is
    # most of them.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        "waitress.queue": {"level": "ERROR"},
        # These log every start and end of a task, and the whole traceback of a failed one, with values in its message.
        # central.background.worker logs failures.
        "django_tasks": {"level": "CRITICAL"},
        "django_tasks_db": {"level": "WARNING"},
        # One line for each step of each letter.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
