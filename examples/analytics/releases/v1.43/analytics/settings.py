import os
from urllib.parse import unquote, urlparse

SECRET_KEY = "only for the example"
INSTALLED_APPS = ["teams", "people", "plugins", "dashboards"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

_url = urlparse(os.environ.get("DATABASE_URL", "postgres://localhost/analytics"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.lstrip("/"),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _url.hostname or "",
        "PORT": _url.port or "",
    }
}
