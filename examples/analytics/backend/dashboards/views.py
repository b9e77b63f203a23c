from .models import Dashboard


def dashboards_of(team):
    """What the start page lists, newest first."""
    return [{"name": d.name} for d in Dashboard.objects.filter(team=team).order_by("-created_at")[:50]]
