from .models import Dashboard


def dashboards_of(team):
    """What the start page lists, newest first, with the names of the tags."""
    found = Dashboard.objects.filter(team=team).prefetch_related("tags").order_by("-created_at")[:50]
    return [{"name": d.name, "tags": [tag.name for tag in d.tags.all()]} for d in found]
